import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { SessionBox, TicketBox } from './api/queries.ts';
import { Shell } from './components/Shell.tsx';
import { type SearchFilters, searchFilters } from './format/search-filters.ts';
import type { WorkKind } from './format/work-form.ts';
import { AuditPage } from './pages/Audit.tsx';
import { GatePage } from './pages/Gate.tsx';
import { HomePage } from './pages/Home.tsx';
import { KeysPage } from './pages/Keys.tsx';
import { LocksPage } from './pages/Locks.tsx';
import { LoginPage } from './pages/Login.tsx';
import { BrokenPage, MissingPage } from './pages/Missing.tsx';
import { NotificationsPage } from './pages/Notifications.tsx';
import { PeoplePage } from './pages/People.tsx';
import { ReviewPage } from './pages/Review.tsx';
import { ReviewsPage } from './pages/Reviews.tsx';
import { ReconciliationPage } from './pages/Reconciliation.tsx';
import { SearchPage } from './pages/Search.tsx';
import { SecurityPage } from './pages/Security.tsx';
import { SessionPage } from './pages/Session.tsx';
import { SessionsPage } from './pages/Sessions.tsx';
import { SshSignInPage } from './pages/SshSignIn.tsx';
import { TicketPage } from './pages/Ticket.tsx';
import { TicketNewPage } from './pages/TicketNew.tsx';
import { TicketsPage } from './pages/Tickets.tsx';

/** What stands behind the `?` is as untrusted as any link: unknown values fall back to the plain page. */
function ticketBox(search: Record<string, unknown>): { box?: TicketBox } {
  const { box } = search;
  return box === 'inbox' || box === 'all' || box === 'mine' ? { box } : {};
}

function sessionBox(search: Record<string, unknown>): { box?: SessionBox } {
  const { box } = search;
  return box === 'all' || box === 'mine' || box === 'live' ? { box } : {};
}

function ticketAsked(search: Record<string, unknown>): { act?: string; kind?: WorkKind; draft?: string } {
  const [act, draft] = [textOf(search['act']), textOf(search['draft'])];
  const kind = (['access', 'transfer', 'emergency'] as const).find((one) => one === search['kind']);
  return {
    ...(act === undefined ? {} : { act }),
    ...(kind === undefined ? {} : { kind }),
    ...(draft === undefined ? {} : { draft }),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage, errorComponent: BrokenPage });
const home = createRoute({ getParentRoute: () => root, path: '/', component: HomePage });
const keys = createRoute({ getParentRoute: () => root, path: '/keys', component: KeysPage });
const security = createRoute({ getParentRoute: () => root, path: '/security', component: SecurityPage });
const sshSignIn = createRoute({ getParentRoute: () => root, path: '/ssh/$code', component: SshSignInRoute });
const login = createRoute({ getParentRoute: () => root, path: '/logins/$code', component: LoginRoute });
const tickets = createRoute({
  getParentRoute: () => root,
  path: '/tickets',
  validateSearch: ticketBox,
  component: TicketsRoute,
});
const ticketNew = createRoute({
  getParentRoute: () => root,
  path: '/tickets/new',
  validateSearch: ticketAsked,
  component: TicketNewRoute,
});
const ticket = createRoute({ getParentRoute: () => root, path: '/tickets/$id', component: TicketRoute });
const sessions = createRoute({
  getParentRoute: () => root,
  path: '/sessions',
  validateSearch: sessionBox,
  component: SessionsRoute,
});
const session = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$id',
  validateSearch: ({ at }: Record<string, unknown>): { at?: number } =>
    typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 ? { at } : {},
  component: SessionRoute,
});
const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: (asked: Record<string, unknown>): SearchFilters => searchFilters(asked),
  component: SearchRoute,
});
const notifications = createRoute({
  getParentRoute: () => root,
  path: '/notifications',
  component: NotificationsPage,
});
const people = createRoute({ getParentRoute: () => root, path: '/people', component: PeoplePage });
const reconciliation = createRoute({
  getParentRoute: () => root,
  path: '/reconciliation',
  component: ReconciliationPage,
});
const locks = createRoute({ getParentRoute: () => root, path: '/locks', component: LocksPage });
const reviews = createRoute({ getParentRoute: () => root, path: '/reviews', component: ReviewsPage });
const review = createRoute({ getParentRoute: () => root, path: '/reviews/$id', component: ReviewRoute });
const gate = createRoute({ getParentRoute: () => root, path: '/gate', component: GatePage });
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): { type?: string } => {
    const type = textOf(search['type']);
    return type === undefined ? {} : { type };
  },
  component: AuditRoute,
});

function SshSignInRoute(): ReactElement {
  return <SshSignInPage code={sshSignIn.useParams().code} />;
}
function LoginRoute(): ReactElement {
  return <LoginPage code={login.useParams().code} />;
}
function TicketsRoute(): ReactElement {
  return <TicketsPage box={tickets.useSearch().box ?? 'mine'} />;
}
function TicketNewRoute(): ReactElement {
  const { act, kind, draft } = ticketNew.useSearch();
  return <TicketNewPage act={act} kind={kind} draft={draft} />;
}
function TicketRoute(): ReactElement {
  return <TicketPage id={ticket.useParams().id} />;
}
function SessionsRoute(): ReactElement {
  return <SessionsPage box={sessions.useSearch().box ?? 'mine'} />;
}
function SessionRoute(): ReactElement {
  const { at } = session.useSearch();
  const { id } = session.useParams();
  return <SessionPage key={`${id} ${String(at)}`} id={id} at={at} />;
}
function SearchRoute(): ReactElement {
  return <SearchPage filters={search.useSearch()} />;
}
function ReviewRoute(): ReactElement {
  return <ReviewPage id={review.useParams().id} />;
}
function AuditRoute(): ReactElement {
  return <AuditPage type={audit.useSearch().type} />;
}

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    keys,
    security,
    sshSignIn,
    login,
    tickets,
    ticketNew,
    ticket,
    sessions,
    session,
    search,
    notifications,
    people,
    locks,
    reconciliation,
    reviews,
    review,
    gate,
    audit,
  ]),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
