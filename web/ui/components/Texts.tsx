import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { formatInstant, formatMoment } from '../format/dates.ts';
import { countHidden, visibleRuns } from '../format/visible.ts';
import { useLocale } from './use-locale.ts';

/** A moment in the browser's zone, named. */
export function Moment({ at, seconds = false }: { readonly at: string; readonly seconds?: boolean }) {
  const locale = useLocale();
  return <time dateTime={at}>{seconds ? formatInstant(at, locale) : formatMoment(at, locale)}</time>;
}

/** Hostile text inside a line: nothing in it is hidden, reordered or run. */
export function Visible({ text }: { readonly text: string }) {
  return (
    <bdi className="ordered">
      {visibleRuns(text).map((run, at) =>
        run.kind === 'plain' ? (
          run.text
        ) : (
          <span key={at}>
            <span className="hidden-character">[{run.codePoint}]</span>
            {run.lineEnd ? '\n' : ''}
          </span>
        ),
      )}
    </bdi>
  );
}

/** The exact text of an act, with a warning when some of it could not be seen. */
export function ExactText({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useTranslation();
  const hidden = countHidden(text);
  return (
    <div>
      <pre className="exact" aria-label={label} tabIndex={0} role="group">
        <Visible text={text} />
      </pre>
      {hidden > 0 && (
        <Text fw={600} mt="xs">
          {t('act.hidden', { count: hidden, n: hidden })}
        </Text>
      )}
    </div>
  );
}
