import { Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { type ReactElement, type SubmitEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type Factors,
  type Passkey,
  useAddPasskey,
  useBeginTotp,
  useConfirmTotp,
  useFactors,
  useRemovePasskey,
  useRemoveTotp,
} from '../api/factors.ts';
import { ApiError } from '../api/client.ts';
import { Answer } from '../components/Answer.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { CopyLine } from '../components/CopyLine.tsx';
import { Failure } from '../components/Failure.tsx';
import { Empty, Facts, Page, Part } from '../components/Page.tsx';
import { QrCode } from '../components/QrCode.tsx';
import { CodeForm, Refused } from '../components/StepUp.tsx';
import { Moment } from '../components/Texts.tsx';
import { useLocale } from '../components/use-locale.ts';
import { WebSessions } from '../components/WebSessions.tsx';
import { formatMoment } from '../format/dates.ts';

/** One's own second factors and sign-ins. */
export function SecurityPage(): ReactElement {
  const { t } = useTranslation();
  const factors = useFactors();
  return (
    <Page title={t('security.title')} intro={t('security.intro')}>
      <Answer query={factors}>
        {(own) => (
          <>
            <State own={own} />
            <Part title={t('security.passkeys')}>
              <Passkeys own={own} />
            </Part>
            <Part title={t('security.totp')}>
              <App own={own} />
            </Part>
          </>
        )}
      </Answer>
      <Part title={t('security.sessions')}>
        <WebSessions />
      </Part>
    </Page>
  );
}

function State({ own }: { readonly own: Factors }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { required, servesUntil } = own;
  const state =
    servesUntil === null
      ? t('security.state.none')
      : t('security.state.serves', { time: formatMoment(servesUntil, locale) });
  return (
    <Facts rows={[[t('security.state'), <span>{required ? state : `${state} ${t('security.state.off')}`}</span>]]} />
  );
}

function Passkeys({ own }: { readonly own: Factors }) {
  const { t } = useTranslation();
  return (
    <Stack>
      {own.passkeys.length === 0 && <Empty text={t('security.passkeys.none')} />}
      {own.passkeys.map((passkey) => (
        <PasskeyCard key={passkey.id} passkey={passkey} />
      ))}
      {own.passkeysPossible ? <AddPasskey /> : <Text>{t('security.passkeys.impossible')}</Text>}
    </Stack>
  );
}

function PasskeyCard({ passkey }: { readonly passkey: Passkey }) {
  const { t } = useTranslation();
  const remove = useRemovePasskey();
  return (
    <Paper withBorder p="md" component="article">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Title order={3} size="h4">
          {passkey.label}
        </Title>
        <Confirm
          label={t('security.remove')}
          accessibleName={t('security.removeNamed', { name: passkey.label })}
          title={t('security.remove.title')}
          body={`${passkey.label}: ${t('security.remove.body')}`}
          step={remove}
          value={passkey.id}
          danger
        />
      </Group>
      <Text size="sm">{t(passkey.backedUp ? 'security.passkeys.synced' : 'security.passkeys.bound')}</Text>
      <Facts
        rows={[
          [t('security.added'), <Moment at={passkey.registeredAt} />],
          [
            t('security.lastUsed'),
            passkey.lastUsedAt === null ? t('security.notUsed') : <Moment at={passkey.lastUsedAt} />,
          ],
        ]}
      />
    </Paper>
  );
}

function AddPasskey() {
  const { t } = useTranslation();
  const add = useAddPasskey();
  const [label, setLabel] = useState('');
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    await add.mutateAsync(label.trim());
    setLabel('');
  };
  const isBrowser = add.error instanceof ApiError && add.error.code === 'passkey_not_shown';
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)} noValidate>
      <Stack maw={480}>
        <TextInput
          label={t('security.passkeys.label')}
          description={t('security.passkeys.labelHelp')}
          maxLength={100}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        {add.error !== null && (isBrowser ? <Refused error={add.error} /> : <Failure error={add.error} />)}
        <Group>
          <Button type="submit" loading={add.isPending}>
            {t('security.passkeys.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function App({ own }: { readonly own: Factors }) {
  const { t } = useTranslation();
  const remove = useRemoveTotp();
  if (own.totp === null) return <SetUpApp />;
  const { addedAt, lastUsedAt } = own.totp;
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Facts
        rows={[
          [t('security.added'), <Moment at={addedAt} />],
          [t('security.lastUsed'), lastUsedAt === null ? t('security.notUsed') : <Moment at={lastUsedAt} />],
        ]}
      />
      <Confirm
        label={t('security.remove')}
        accessibleName={t('security.removeNamed', { name: t('security.totp.name') })}
        title={t('security.remove.title')}
        body={`${t('security.totp.name')}: ${t('security.remove.body')}`}
        step={remove}
        danger
      />
    </Group>
  );
}

function SetUpApp() {
  const { t } = useTranslation();
  const begin = useBeginTotp();
  const confirm = useConfirmTotp();
  if (begin.data === undefined) {
    return (
      <Stack align="flex-start">
        <Empty text={t('security.totp.none')} />
        {begin.error !== null && <Failure error={begin.error} />}
        <Button loading={begin.isPending} onClick={() => begin.mutate(undefined)}>
          {t('security.totp.begin')}
        </Button>
      </Stack>
    );
  }
  const { secret, uri } = begin.data;
  return (
    <Stack>
      <Text>{t('security.totp.scan')}</Text>
      <QrCode text={uri} label={t('security.totp.qr')} />
      <Text>{t('security.totp.secret')}</Text>
      <CopyLine line={secret.replace(/(.{4})(?=.)/g, '$1 ')} />
      <Text size="sm">
        <a href={uri}>{t('security.totp.open')}</a>
      </Text>
      <CodeForm label={t('security.totp.confirm')} step={confirm} />
    </Stack>
  );
}
