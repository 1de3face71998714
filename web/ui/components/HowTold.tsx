import { Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type NotificationSettings, useNotificationSettings, useSwitchMail } from '../api/deliveries.ts';
import { Answer } from './Answer.tsx';
import { Failure } from './Failure.tsx';
import { Part } from './Page.tsx';

/** Where one is told of things, and the choice the policy leaves. */
export function HowTold() {
  const { t } = useTranslation();
  const settings = useNotificationSettings();
  return (
    <Part title={t('mail.title')}>
      <Answer query={settings}>{(own) => <Mail own={own} />}</Answer>
    </Part>
  );
}

function Mail({ own }: { readonly own: NotificationSettings }) {
  const { t } = useTranslation();
  const change = useSwitchMail();
  const { mail, address, mailOffered, mayDecline } = own;
  if (!mailOffered) return <Text>{t('mail.notOffered')}</Text>;
  if (address === null) return <Text>{t('mail.noAddress')}</Text>;
  return (
    <Stack gap="xs">
      <Text>{t('mail.address', { address })}</Text>
      {mayDecline ? (
        <Switch
          label={t('mail.switch')}
          description={t('mail.urgent')}
          checked={mail}
          disabled={change.isPending}
          onChange={(event) => change.mutate(event.currentTarget.checked)}
        />
      ) : (
        <Text>{t('mail.noChoice')}</Text>
      )}
      {change.error !== null && <Failure error={change.error} />}
    </Stack>
  );
}
