import { Button, Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { type SessionBox, useSessions } from '../api/queries.ts';
import type { Session } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { BoxTabs } from '../components/BoxTabs.tsx';
import { TextLink } from '../components/Links.tsx';
import { LiveSessions } from '../components/LiveSessions.tsx';
import { Empty, Page } from '../components/Page.tsx';
import { Scroll } from '../components/Scroll.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment, Visible } from '../components/Texts.tsx';
import { useNameOf } from '../components/use-locale.ts';
import { formatDuration } from '../format/dates.ts';

const BOXES: readonly SessionBox[] = ['live', 'mine', 'all'];

export function SessionsPage({ box }: { readonly box: SessionBox }): ReactElement {
  const { t } = useTranslation();
  return (
    <Page title={t('sessions.title')}>
      <BoxTabs label={t('sessions.box')}>
        {BOXES.map((one) => (
          <li key={one}>
            <Link to="/sessions" search={{ box: one }} aria-current={one === box ? 'page' : undefined}>
              {t(`sessions.${one}`)}
            </Link>
          </li>
        ))}
      </BoxTabs>
      {box === 'live' ? <LiveSessions /> : <PastAndPresent box={box} />}
    </Page>
  );
}

function PastAndPresent({ box }: { readonly box: 'mine' | 'all' }) {
  const { t } = useTranslation();
  const sessions = useSessions(box);
  return (
    <>
      <Answer query={sessions}>
        {({ pages }) =>
          pages[0]?.length === 0 ? (
            <Empty text={t('sessions.none')} />
          ) : (
            <SessionTable sessions={pages.flat()} caption={t(`sessions.${box}`)} />
          )
        }
      </Answer>
      {sessions.hasNextPage && (
        <div>
          <Button variant="default" loading={sessions.isFetchingNextPage} onClick={() => void sessions.fetchNextPage()}>
            {t('common.older')}
          </Button>
        </div>
      )}
    </>
  );
}

function SessionTable({ sessions, caption }: { readonly sessions: readonly Session[]; readonly caption: string }) {
  const { t } = useTranslation();
  return (
    <Scroll label={caption}>
      <Table miw={760} verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('sessions.opened')}</Table.Th>
            <Table.Th scope="col">{t('sessions.person')}</Table.Th>
            <Table.Th scope="col">{t('sessions.target')}</Table.Th>
            <Table.Th scope="col">{t('sessions.kind')}</Table.Th>
            <Table.Th scope="col">{t('sessions.duration')}</Table.Th>
            <Table.Th scope="col">{t('sessions.recording')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {sessions.map((session) => (
            <SessionRow key={session.id} session={session} />
          ))}
        </Table.Tbody>
      </Table>
    </Scroll>
  );
}

function SessionRow({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const label = t('sessions.open', { name: session.person.name, target: session.target.name });
  return (
    <Table.Tr>
      <Table.Td>
        <TextLink to="/sessions/$id" params={{ id: session.id }} title={label}>
          <Moment at={session.openedAt} seconds />
        </TextLink>
      </Table.Td>
      <Table.Td>{session.person.name}</Table.Td>
      <Table.Td>
        <span className="mono">{`${session.account}@${session.target.name}`}</span>
      </Table.Td>
      <Table.Td>
        {nameOf('kind', session.kind)}
        {session.command !== null && (
          <div className="mono">
            <Visible text={session.command} />
          </div>
        )}
      </Table.Td>
      <Table.Td>
        {session.closedAt === null ? (
          <Tag tone="live">{t('sessions.stillOpen')}</Tag>
        ) : (
          formatDuration(session.openedAt, session.closedAt)
        )}
      </Table.Td>
      <Table.Td>{session.sealed ? t('sessions.sealed') : t('sessions.notSealed')}</Table.Td>
    </Table.Tr>
  );
}
