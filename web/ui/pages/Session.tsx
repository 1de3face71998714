import { SimpleGrid, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../api/queries.ts';
import type { Session } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { HttpTrail } from '../components/http-trail/HttpTrail.tsx';
import { EventList } from '../components/EventList.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Facts, Page, Part } from '../components/Page.tsx';
import { Replay } from '../components/Replay.tsx';
import { Moment, Visible } from '../components/Texts.tsx';
import { useNameOf } from '../components/use-locale.ts';
import { Verify } from '../components/Verify.tsx';
import { Watch } from '../components/Watch.tsx';
import { formatDuration } from '../format/dates.ts';

type Whole = NonNullable<ReturnType<typeof useSession>['data']>;

interface SessionPageProps {
  readonly id: string;
  /** Milliseconds since the beginning at which a replay begins. */
  readonly at: number | undefined;
}

export function SessionPage({ id, at }: SessionPageProps): ReactElement {
  const { t } = useTranslation();
  const query = useSession(id);
  const target = query.data?.session.target.name;
  return (
    <Page title={target === undefined ? t('sessions.title') : t('session.title', { target })}>
      <Answer query={query}>{(answer) => <SessionParts answer={answer} at={at} />}</Answer>
    </Page>
  );
}

function SessionParts({ answer, at }: { readonly answer: Whole; readonly at: number | undefined }) {
  const { t } = useTranslation();
  const { session, events, ticket } = answer;
  return (
    <>
      <Part title={t('session.facts')}>
        <SessionFacts session={session} ticket={ticket} />
      </Part>
      {session.closedAt === null ? (
        <Part title={t('watch.title')}>
          <Watch sessionId={session.id} />
        </Part>
      ) : (
        <Part title={t('session.replay')}>
          {session.sealed ? <Replay sessionId={session.id} at={at} /> : <Text>{t('session.replay.open')}</Text>}
        </Part>
      )}
      {session.kind === 'web' && session.sealed ? (
        <Part title={t('trail.title')}>
          <HttpTrail sessionId={session.id} />
        </Part>
      ) : null}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" style={{ alignItems: 'start' }}>
        <Part title={t('session.events')}>
          {events.length === 0 ? (
            <Empty text={t('session.events.none')} />
          ) : (
            <EventList events={events} person={session.person} />
          )}
        </Part>
        <Part title={t('verify.title')}>
          <Verify sessionId={session.id} />
        </Part>
      </SimpleGrid>
    </>
  );
}

function SessionFacts({ session, ticket }: { readonly session: Session; readonly ticket: Whole['ticket'] }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  return (
    <Facts
      rows={[
        [t('sessions.person'), session.person.name],
        [t('sessions.account'), <span className="mono">{`${session.account}@${session.target.name}`}</span>],
        [t('sessions.kind'), nameOf('kind', session.kind)],
        ...(session.command === null ? [] : [commandRow(t('sessions.command'), session.command)]),
        [t('sessions.source'), <span className="mono">{session.sourceAddress}</span>],
        [t('sessions.opened'), <Moment at={session.openedAt} seconds />],
        [
          t('sessions.closed'),
          session.closedAt === null ? (
            t('sessions.stillOpen')
          ) : (
            <>
              <Moment at={session.closedAt} seconds /> ({formatDuration(session.openedAt, session.closedAt)})
            </>
          ),
        ],
        [t('sessions.reason'), session.closeReason === null ? '–' : nameOf('close', session.closeReason)],
        [t('sessions.exit'), session.exitStatus === null ? '–' : String(session.exitStatus)],
        [
          t('session.ticket'),
          ticket === null ? (
            t('common.none')
          ) : (
            <TextLink to="/tickets/$id" params={{ id: ticket.id }}>
              {t('tickets.number', { number: ticket.number })}
            </TextLink>
          ),
        ],
      ]}
    />
  );
}

function commandRow(name: string, command: string): readonly [string, ReactElement] {
  return [
    name,
    <span className="mono" key="command">
      <Visible text={command} />
    </span>,
  ];
}
