import { Group, Paper, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useEndAllWebSessions, useEndWebSession, useWebSessions, type WebSession } from '../api/factors.ts';
import { Answer } from './Answer.tsx';
import { Confirm } from './Confirm.tsx';
import { Facts } from './Page.tsx';
import { Moment } from './Texts.tsx';

/** One's own sign-ins at the console; the way out of all of them. */
export function WebSessions() {
  const { t } = useTranslation();
  const sessions = useWebSessions();
  const all = useEndAllWebSessions();
  return (
    <Stack>
      <Answer query={sessions}>
        {(list) => (
          <>
            {list.map((session) => (
              <SignedIn key={session.id} session={session} />
            ))}
          </>
        )}
      </Answer>
      <Group>
        <Confirm
          label={t('security.sessions.all')}
          title={t('security.sessions.all.title')}
          body={t('security.sessions.all.body')}
          step={all}
          danger
        />
      </Group>
    </Stack>
  );
}

function SignedIn({ session }: { readonly session: WebSession }) {
  const { t } = useTranslation();
  const end = useEndWebSession();
  const { sourceAddress } = session;
  return (
    <Paper withBorder p="md" component="article">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Facts
          rows={[
            [
              t('security.sessions.from'),
              <span className="mono">
                {sourceAddress} {session.current && `(${t('security.sessions.current')})`}
              </span>,
            ],
            [t('security.sessions.since'), <Moment at={session.createdAt} />],
          ]}
        />
        {!session.current && (
          <Confirm
            label={t('security.sessions.end')}
            accessibleName={t('security.sessions.endNamed', { address: sourceAddress })}
            title={t('security.sessions.endNamed', { address: sourceAddress })}
            body={t('security.sessions.end')}
            step={end}
            value={session.id}
          />
        )}
      </Group>
      {session.assurance === 'multi' && <Text size="sm">{t('security.sessions.multi')}</Text>}
    </Paper>
  );
}
