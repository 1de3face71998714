import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useDecideLogin } from '../api/commands.ts';
import { useLogin, useMe } from '../api/queries.ts';
import type { Login } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { Failure } from '../components/Failure.tsx';
import { Facts, Page } from '../components/Page.tsx';
import { useNow } from '../components/use-now.ts';
import { formatCountdown } from '../format/dates.ts';

/** The browser's part of `sekisho login`: whoever says yes here is who the certificate will be. */
export function LoginPage({ code }: { readonly code: string }): ReactElement {
  const { t } = useTranslation();
  const login = useLogin(code);
  return (
    <Page title={t('login.title')}>
      <Answer query={login}>{(asked) => <Decision login={asked} />}</Answer>
    </Page>
  );
}

function Decision({ login }: { readonly login: Login }) {
  const now = useNow();
  const decide = useDecideLogin(login.code);
  const until = new Date(login.expiresAt);
  const state = decide.isSuccess ? decide.variables : login.state;
  if (state !== 'pending') return <EndState ended={state === 'issued' ? 'approved' : state} />;
  if (until <= now) return <EndState ended="expired" />;
  return (
    <Question
      login={login}
      remaining={formatCountdown(until, now)}
      pending={decide.isPending}
      error={decide.error}
      onDecide={decide.mutate}
    />
  );
}

function Question(props: {
  readonly login: Login;
  readonly remaining: string;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onDecide: (decision: 'approved' | 'denied') => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const { login } = props;
  return (
    <Paper withBorder p={{ base: 'md', sm: 'xl' }} maw={720}>
      <Stack>
        <Title order={2}>{t('login.question')}</Title>
        <Text component="p" className="code-large" aria-label={`${t('ssh.code')}: ${login.code}`} role="img" m={0}>
          {login.code}
        </Text>
        <Facts
          rows={[
            [t('ssh.source'), <span className="mono">{login.sourceAddress}</span>],
            [t('login.key'), <span className="mono">{login.fingerprint}</span>],
            [t('ssh.you'), me.data?.person.name ?? ''],
            [t('ssh.remaining'), <span role="timer">{props.remaining}</span>],
          ]}
        />
        <Alert color="yellow" variant="outline" bg="var(--sk-sheet)" c="var(--sk-text)">
          {t('login.warning')}
        </Alert>
        {props.error !== null && <Failure error={props.error} />}
        <Group>
          <Button loading={props.pending} onClick={() => props.onDecide('approved')}>
            {t('login.approve')}
          </Button>
          <Button variant="default" disabled={props.pending} onClick={() => props.onDecide('denied')}>
            {t('ssh.deny')}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function EndState({ ended }: { readonly ended: 'approved' | 'denied' | 'expired' }) {
  const { t } = useTranslation();
  const texts = {
    approved: t('login.done.approved'),
    denied: t('login.done.denied'),
    expired: t('login.done.expired'),
  };
  return (
    <Paper withBorder p="xl" maw={720} role="status">
      <Text fw={600} size="lg">
        {texts[ended]}
      </Text>
      {ended === 'denied' && <Text mt="sm">{t('ssh.done.deniedNext')}</Text>}
    </Paper>
  );
}
