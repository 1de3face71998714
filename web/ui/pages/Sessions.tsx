import { Link, useNavigate } from '@tanstack/react-router';
import { type ReactElement, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type SessionBox, useSessions } from '../api/queries.ts';
import type { Session } from '../api/schemas.ts';
import { Answer } from '../components/Answer.tsx';
import { BoxTabs } from '../components/BoxTabs.tsx';
import { type Column, DataTable } from '../components/DataTable.tsx';
import { TextLink } from '../components/Links.tsx';
import { LiveSessions } from '../components/LiveSessions.tsx';
import { Empty, Page } from '../components/Page.tsx';
import { SessionFilter } from '../components/SessionFilter.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment, Visible } from '../components/Texts.tsx';
import { useNameOf, useTitle } from '../components/use-locale.ts';
import { formatDuration } from '../format/dates.ts';
import { type SessionFilters, sessionSearch } from '../format/session-filters.ts';

const BOXES: readonly SessionBox[] = ['live', 'mine', 'all'];

interface SessionsPageProps {
  readonly box: SessionBox;
  readonly filters: SessionFilters;
}

export function SessionsPage({ box, filters }: SessionsPageProps): ReactElement {
  const { t } = useTranslation();
  return (
    <Page title={t('sessions.title')}>
      <BoxTabs label={t('sessions.box')}>
        {BOXES.map((one) => (
          <li key={one}>
            <Link to="/sessions" search={{ ...filters, box: one }} aria-current={one === box ? 'page' : undefined}>
              {t(`sessions.${one}`)}
            </Link>
          </li>
        ))}
      </BoxTabs>
      {box === 'live' ? <LiveSessions /> : <PastAndPresent box={box} filters={filters} />}
    </Page>
  );
}

function PastAndPresent({ box, filters }: { readonly box: 'mine' | 'all'; readonly filters: SessionFilters }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = sessionSearch(filters);
  const sessions = useSessions(box, search.toString());
  const columns = useColumns();
  search.set('box', box);
  return (
    <>
      <SessionFilter
        filters={filters}
        onChange={(changed) => void navigate({ to: '/sessions', search: { ...changed, box }, replace: true })}
      />
      <Answer query={sessions}>
        {({ pages }) =>
          pages[0]?.sessions.length === 0 ? (
            <Empty
              text={t('sessions.none')}
              {...(Object.keys(filters).length === 0 ? {} : { next: t('sessions.none.narrowed') })}
            />
          ) : (
            <DataTable
              caption={t(`sessions.${box}`)}
              columns={columns}
              rows={pages.flatMap((page) => page.sessions)}
              keyOf={({ id }) => id}
              minWidth={860}
              more={sessions}
              exported={{ path: '/api/exports/sessions', search }}
            />
          )
        }
      </Answer>
    </>
  );
}

function useColumns(): readonly Column<Session>[] {
  const { t } = useTranslation();
  const titleOf = useTitle();
  return useMemo(
    () => [
      { name: t('sessions.opened'), cell: (session) => <Opened session={session} /> },
      { name: t('sessions.person'), cell: ({ person }) => person.name },
      {
        name: t('sessions.target'),
        cell: ({ account, target, system }) => (
          <>
            <span className="mono">{`${account}@${target.name}`}</span>
            <div>{titleOf(system.title)}</div>
          </>
        ),
      },
      { name: t('sessions.kind'), cell: (session) => <What session={session} /> },
      { name: t('sessions.duration'), cell: (session) => <Lasted session={session} /> },
      { name: t('sessions.notable'), cell: (session) => <Notable session={session} /> },
    ],
    [t, titleOf],
  );
}

interface Of {
  readonly session: Session;
}

function Opened({ session }: Of) {
  const { t } = useTranslation();
  const label = t('sessions.open', { name: session.person.name, target: session.target.name });
  return (
    <TextLink to="/sessions/$id" params={{ id: session.id }} title={label}>
      <Moment at={session.openedAt} seconds />
    </TextLink>
  );
}

function What({ session }: Of) {
  const nameOf = useNameOf();
  return (
    <>
      {nameOf('kind', session.kind)}
      {session.command !== null && (
        <div className="mono">
          <Visible text={session.command.length > 160 ? `${session.command.slice(0, 160)}…` : session.command} />
        </div>
      )}
    </>
  );
}

function Lasted({ session }: Of) {
  const { t } = useTranslation();
  if (session.closedAt === null) return <Tag tone="live">{t('sessions.stillOpen')}</Tag>;
  return <>{formatDuration(session.openedAt, session.closedAt)}</>;
}

/** Refusals, exports and what the last check of the recording said. */
function Notable({ session }: Of) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const { refusals, exports, verdict, sealed, closedAt } = session;
  return (
    <span className="tags">
      {refusals > 0 && <Tag tone="bad">{t('sessions.refusals', { n: refusals })}</Tag>}
      {exports > 0 && <Tag tone="wait">{t('sessions.exports', { n: exports })}</Tag>}
      {verdict !== null && (
        <Tag tone={verdict.startsWith('VERIFIED') ? 'good' : 'bad'}>{nameOf('sessions.verdict', verdict)}</Tag>
      )}
      {!sealed && closedAt !== null && <Tag tone="wait">{t('sessions.notSealed')}</Tag>}
    </span>
  );
}
