import { Alert, Button, Group, Paper, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { type SubmitEvent, type ReactElement, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEnrolKey, useRevokeKey } from '../api/commands.ts';
import { useSshKeys } from '../api/queries.ts';
import type { SshKey } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { Certificates } from '../components/Certificates.tsx';
import { Confirm } from '../components/Confirm.tsx';
import { Done } from '../components/Done.tsx';
import { Failure } from '../components/Failure.tsx';
import { Empty, Facts, Page, Part } from '../components/Page.tsx';
import { Moment } from '../components/Texts.tsx';
import { recognisePastedKey } from '../format/keys.ts';

export function KeysPage(): ReactElement {
  const { t } = useTranslation();
  const keys = useSshKeys();
  const [revoked, setRevoked] = useState(0);
  return (
    <Page title={t('keys.title')} intro={t('keys.intro')}>
      <Part title={t('keys.list')}>
        <Stack>
          {revoked > 0 && <Done text={t('keys.revoked')} />}
          <Answer query={keys}>
            {(list) =>
              list.length === 0 ? (
                <Empty text={t('keys.none')} />
              ) : (
                <>
                  {list.map((key) => (
                    <KeyCard key={key.fingerprint} sshKey={key} onRevoked={() => setRevoked((count) => count + 1)} />
                  ))}
                </>
              )
            }
          </Answer>
        </Stack>
      </Part>
      <Part title={t('certificates.title')}>
        <Certificates />
      </Part>
      <Part title={t('keys.enrol')}>
        <EnrolForm />
      </Part>
    </Page>
  );
}

function KeyCard({ sshKey, onRevoked }: { readonly sshKey: SshKey; readonly onRevoked: () => void }) {
  const { t } = useTranslation();
  const revoke = useRevokeKey();
  const name = sshKey.label === '' ? sshKey.fingerprint : sshKey.label;
  return (
    <Paper withBorder p="md" component="article">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Title order={3} size="h4">
          {name}
        </Title>
        <Confirm
          label={t('keys.revoke')}
          accessibleName={t('keys.revokeNamed', { label: name })}
          title={t('keys.revoke.title')}
          body={`${name}: ${t('keys.revoke.body')}`}
          step={revoke}
          value={sshKey.fingerprint}
          danger
          onDone={onRevoked}
        />
      </Group>
      <Facts
        rows={[
          [t('keys.fingerprint'), <span className="mono">{`${sshKey.algorithm} ${sshKey.fingerprint}`}</span>],
          [t('keys.enrolledAt'), <Moment at={sshKey.enrolledAt} />],
          [t('keys.expiresAt'), sshKey.expiresAt === null ? t('keys.never') : <Moment at={sshKey.expiresAt} />],
          [t('keys.lastUsed'), sshKey.lastUsedAt === null ? t('keys.notUsed') : <Moment at={sshKey.lastUsedAt} />],
        ]}
      />
    </Paper>
  );
}

function EnrolForm() {
  const { t } = useTranslation();
  const enrol = useEnrolKey();
  const [publicKey, setPublicKey] = useState('');
  const [label, setLabel] = useState('');
  const [tried, setTried] = useState(false);
  const pasted = recognisePastedKey(publicKey);
  const problem = { private: true, unknown: t('keys.notAKey'), empty: t('common.required'), public: false }[pasted];
  const shown = pasted === 'private' || tried ? problem : false;
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (pasted !== 'public') return;
    await enrol.mutateAsync({ publicKey: publicKey.trim(), label: label.trim() });
    setPublicKey('');
    setLabel('');
    setTried(false);
  };
  return (
    <form onSubmit={(event) => void submit(event).catch(() => undefined)} noValidate>
      <Stack maw={720}>
        <Textarea
          label={t('keys.publicKey')}
          description={t('keys.publicKeyHelp')}
          required
          autosize
          minRows={3}
          maxLength={16_384}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: 'mono' }}
          value={publicKey}
          error={shown}
          onChange={(event) => setPublicKey(event.currentTarget.value)}
        />
        {pasted === 'private' && (
          <Alert color="red" variant="outline" bg="var(--sk-sheet)" role="alert" c="var(--sk-text)">
            <Text size="sm">{t('keys.private')}</Text>
          </Alert>
        )}
        <TextInput
          label={t('keys.label')}
          description={t('keys.labelHelp')}
          maxLength={200}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        {enrol.error !== null && <Failure error={enrol.error} />}
        {enrol.data !== undefined && <Done text={t('keys.done', { fingerprint: enrol.data.fingerprint })} />}
        <Group>
          <Button type="submit" loading={enrol.isPending} disabled={pasted === 'private'}>
            {t('keys.enrol')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
