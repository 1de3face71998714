import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Me } from '../api/schemas.ts';
import { formatMoment } from '../format/dates.ts';
import { useLocale } from './use-locale.ts';

/** On every page while too few outside witnesses cosign what is recorded: what that stops, and when it stops more. */
export function WitnessBanner({ delay }: { readonly delay: NonNullable<Me['witnessDelay']> | undefined }) {
  const { t } = useTranslation();
  const locale = useLocale();
  if (delay === undefined) return null;
  const since = formatMoment(delay.since, locale);
  const { minutesLeft: minutes } = delay;
  return (
    <Alert color="red" variant="filled" role="alert" radius={0} title={t('witnesses.title', { since })}>
      {minutes === 0 ? t('witnesses.overdue') : t('witnesses.late', { minutes })}
    </Alert>
  );
}
