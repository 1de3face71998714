import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useProtection } from '../api/queries.ts';
import { formatBytes } from '../format/numbers.ts';
import { useLocale } from './use-locale.ts';

/** Whether recordings are kept from change, or whether it would only be noticed: never the first when it is the second. */
export function ProtectionLine() {
  const { t } = useTranslation();
  const locale = useLocale();
  const { data } = useProtection();
  if (data === undefined) return null;
  const { mode, detail, days = 0, waitingBytes = 0 } = data.protection;
  return (
    <Text size="sm" maw={760}>
      <Text span fw={600} inherit>
        {t(`protection.${mode}`)}
      </Text>{' '}
      {t(`protection.${detail}`, { days })}
      {waitingBytes > 0 && ` ${t('protection.waiting', { size: formatBytes(waitingBytes, locale) })}`}
    </Text>
  );
}
