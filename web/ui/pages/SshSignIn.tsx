import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import type * as z from 'zod/mini';
import { useDecideSignIn } from '../api/commands.ts';
import { useMe, useSignIn } from '../api/queries.ts';
import type { SignIn } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { Failure } from '../components/Failure.tsx';
import { Facts, Page } from '../components/Page.tsx';
import { Visible } from '../components/Texts.tsx';
import { useLocale } from '../components/use-locale.ts';
import { useNow } from '../components/use-now.ts';
import { formatCountdown } from '../format/dates.ts';

type Request = z.infer<typeof SignIn>;
type Ended = 'approved' | 'denied' | 'expired';

export function SshSignInPage({ code }: { readonly code: string }): ReactElement {
  const { t } = useTranslation();
  const signIn = useSignIn(code);
  return (
    <Page title={t('ssh.title')}>
      <Answer query={signIn}>{(request) => <Decision request={request} />}</Answer>
    </Page>
  );
}

function Decision({ request }: { readonly request: Request }) {
  const now = useNow();
  const decide = useDecideSignIn(request.code);
  const until = new Date(request.expiresAt);
  const decided = decide.isSuccess ? decide.variables.decision : request.state;
  if (decided !== 'pending') return <EndState ended={decided} />;
  if (until <= now) return <EndState ended="expired" />;
  return (
    <Question
      request={request}
      remaining={formatCountdown(until, now)}
      pending={decide.isPending}
      error={decide.error}
      onDecide={decide.mutate}
    />
  );
}

function Question(props: {
  readonly request: Request;
  readonly remaining: string;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onDecide: (asked: { decision: 'approved' | 'denied'; words?: readonly number[] }) => void;
}) {
  const { t } = useTranslation();
  const me = useMe();
  const { request } = props;
  const isBudget = request.purpose !== 'sign_in';
  return (
    <Paper withBorder p={{ base: 'md', sm: 'xl' }} maw={720}>
      <Stack>
        <Title order={2}>{t('ssh.question')}</Title>
        {isBudget && <Text>{t(request.purpose === 'session' ? 'ssh.session.what' : 'ssh.budget.what')}</Text>}
        <Text component="p" className="code-large" aria-label={`${t('ssh.code')}: ${request.code}`} role="img" m={0}>
          {request.code}
        </Text>
        <Facts
          rows={[
            [t(isBudget ? 'ssh.budget.target' : 'ssh.loginName'), <Visible text={request.loginName} />],
            [t('ssh.source'), <span className="mono">{request.sourceAddress}</span>],
            [t(isBudget ? 'ssh.budget.you' : 'ssh.you'), me.data?.person.name ?? ''],
            [t('ssh.remaining'), <span role="timer">{props.remaining}</span>],
          ]}
        />
        <Alert color="yellow" variant="outline" bg="var(--sk-sheet)" c="var(--sk-text)">
          {t('ssh.warning')}
        </Alert>
        {props.error !== null && <Failure error={props.error} />}
        {request.choices === null ? (
          <Group>
            <Button loading={props.pending} onClick={() => props.onDecide({ decision: 'approved' })}>
              {t(isBudget ? 'ssh.budget.approve' : 'ssh.approve')}
            </Button>
            <Deny {...props} label={t('ssh.deny')} />
          </Group>
        ) : (
          <Words {...props} choices={request.choices} />
        )}
      </Stack>
    </Paper>
  );
}

interface Deciding {
  readonly pending: boolean;
  readonly onDecide: (asked: { decision: 'approved' | 'denied'; words?: readonly number[] }) => void;
}

/** The words as the terminal has them, among others: whoever sees no terminal can only guess. */
function Words(props: Deciding & { readonly choices: NonNullable<Request['choices']> }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <Stack component="section" gap="sm" aria-label={t('ssh.words.question')}>
      <Text fw={600} size="lg">
        {t('ssh.words.question')}
      </Text>
      <Text size="sm">{t('ssh.words.help')}</Text>
      <Group>
        {props.choices.map((choice) => (
          <Button
            key={choice.en}
            variant="outline"
            size="md"
            disabled={props.pending}
            onClick={() => props.onDecide({ decision: 'approved', words: choice.words })}
          >
            {choice[locale]}
          </Button>
        ))}
      </Group>
      <Group>
        <Deny {...props} label={t('ssh.words.none')} />
      </Group>
    </Stack>
  );
}

function Deny({ pending, onDecide, label }: Deciding & { readonly label: string }) {
  return (
    <Button variant="default" disabled={pending} onClick={() => onDecide({ decision: 'denied' })}>
      {label}
    </Button>
  );
}

function EndState({ ended }: { readonly ended: Ended }) {
  const { t } = useTranslation();
  const texts = {
    approved: t('ssh.done.approved'),
    denied: t('ssh.done.denied'),
    expired: t('ssh.done.expired'),
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
