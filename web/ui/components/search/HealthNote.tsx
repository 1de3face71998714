import { Alert, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SearchHealth } from '../../api/replay.ts';
import { formatInstant } from '../../format/dates.ts';
import { formatCount } from '../../format/numbers.ts';
import { useLocale } from '../use-locale.ts';

/** How far the index can be believed. A gap is said before any result, and never in green. */
export function HealthNote({ health }: { readonly health: SearchHealth }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const until = health.completeUntil === null ? '–' : formatInstant(health.completeUntil, locale);
  const counts = { sessions: formatCount(health.sessions, locale), n: formatCount(health.waiting, locale) };
  const color = health.state === 'failed' ? 'red' : health.state === 'behind' ? 'yellow' : 'gray';
  return (
    <Alert
      color={color}
      variant="outline"
      bg={health.state === 'failed' ? 'red.0' : 'white'}
      c="var(--sk-text)"
      role={health.state === 'failed' ? 'alert' : 'status'}
      data-state={health.state}
    >
      {health.state === 'failed' && (
        <Text fw={700} c="red.9">
          {t('search.health.failed')}
        </Text>
      )}
      {health.state === 'behind' && <Text fw={600}>{t('search.health.behind', counts)}</Text>}
      <Text size="sm">{t('search.health.until', { until, ...counts })}</Text>
      {health.unreadable > 0 && (
        <Text size="sm" fw={600}>
          {t('search.health.unreadable', { n: formatCount(health.unreadable, locale) })}
        </Text>
      )}
    </Alert>
  );
}
