import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { RevealedRun } from '../api/ticket-schemas.ts';

/** A text as the gateway laid it open: what is hidden, turns the order, or only looks like a letter stands by its code. */
export function Revealed({ runs, label }: { readonly runs: readonly RevealedRun[]; readonly label: string }) {
  const { t } = useTranslation();
  const odd = runs.filter(({ kind, text }) => kind !== 'plain' && text !== '\n').length;
  return (
    <div>
      <pre className="exact" aria-label={label} tabIndex={0} role="group">
        <bdi className="ordered">
          {runs.map((run, at) => (
            <Run key={at} run={run} />
          ))}
        </bdi>
      </pre>
      {odd > 0 && (
        <Text fw={600} mt="xs">
          {t('ticket.odd', { count: odd, n: odd })}
        </Text>
      )}
    </div>
  );
}

function Run({ run }: { readonly run: RevealedRun }) {
  const { t } = useTranslation();
  if (run.kind === 'plain') return run.text;
  if (run.text === '\n') return '\n';
  // Only a look-alike is drawn: the others would do to this page what they were put there to do.
  const like = run.like === undefined || run.like === '' ? t('ticket.odd.letter') : run.like;
  const shown = run.kind === 'lookalike' ? t('ticket.odd.like', { text: run.text, like }) : '';
  return (
    <span className="hidden-character">
      [{shown}
      {run.codePoint}]
    </span>
  );
}
