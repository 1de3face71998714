import { useTranslation } from 'react-i18next';
import { formatCount } from '../format/numbers.ts';
import { Visible } from './Texts.tsx';
import { useLocale, useNameOf } from './use-locale.ts';

/** What an event tells, folded away: every field by name, every text with nothing hidden in it. */
export function EventBody({ body }: { readonly body: Readonly<Record<string, unknown>> }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const locale = useLocale();
  const fields = Object.entries(body);
  if (fields.length === 0) return null;
  return (
    <details>
      <summary>{t('audit.details')}</summary>
      <dl className="facts">
        {fields.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{nameOf('field', name)}</dt>
            <dd className="mono">
              <Visible text={typeof value === 'number' ? formatCount(value, locale) : plain(value)} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function plain(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '–' : JSON.stringify(value);
}
