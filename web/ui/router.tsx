import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { SessionBox, TicketBox } from './api/queries.ts';
import { Shell } from './components/Shell.tsx';
import { type SearchFilters, searchFilters } from './format/search-filters.ts';
import { type SessionFilters, sessionFilters } from './format/session-filters.ts';
import type { WorkKind } from './format/work-form.ts';
import { BrokenPage, MissingPage } from './pages/Missing.tsx';

/** Each page is a file of its own: nobody waits for what they do not open. */
const AccountsPage = lazyRouteComponent(() => import('./pages/Accounts.tsx'), 'AccountsPage');
const AuditPage = lazyRouteComponent(() => import('./pages/Audit.tsx'), 'AuditPage');
const DeliveriesPage = lazyRouteComponent(() => import('./pages/Deliveries.tsx'), 'DeliveriesPage');
const CheckPage = lazyRouteComponent(() => import('./pages/Check.tsx'), 'CheckPage');
const ConfigurationPage = lazyRouteComponent(() => import('./pages/Configuration.tsx'), 'ConfigurationPage');
const CustodyPage = lazyRouteComponent(() => import('./pages/Custody.tsx'), 'CustodyPage');
const GatePage = lazyRouteComponent(() => import('./pages/Gate.tsx'), 'GatePage');
const HomePage = lazyRouteComponent(() => import('./pages/Home.tsx'), 'HomePage');
const KeysPage = lazyRouteComponent(() => import('./pages/Keys.tsx'), 'KeysPage');
const LocksPage = lazyRouteComponent(() => import('./pages/Locks.tsx'), 'LocksPage');
const LoginPage = lazyRouteComponent(() => import('./pages/Login.tsx'), 'LoginPage');
const NotificationsPage = lazyRouteComponent(() => import('./pages/Notifications.tsx'), 'NotificationsPage');
const OpenLinkPage = lazyRouteComponent(() => import('./pages/OpenLink.tsx'), 'OpenLinkPage');
const ParcelPage = lazyRouteComponent(() => import('./pages/Parcel.tsx'), 'ParcelPage');
const PeoplePage = lazyRouteComponent(() => import('./pages/People.tsx'), 'PeoplePage');
const RelayPage = lazyRouteComponent(() => import('./pages/Relay.tsx'), 'RelayPage');
const ReviewPage = lazyRouteComponent(() => import('./pages/Review.tsx'), 'ReviewPage');
const ReviewsPage = lazyRouteComponent(() => import('./pages/Reviews.tsx'), 'ReviewsPage');
const ReconciliationPage = lazyRouteComponent(() => import('./pages/Reconciliation.tsx'), 'ReconciliationPage');
const SearchPage = lazyRouteComponent(() => import('./pages/Search.tsx'), 'SearchPage');
const SecurityPage = lazyRouteComponent(() => import('./pages/Security.tsx'), 'SecurityPage');
const SessionPage = lazyRouteComponent(() => import('./pages/Session.tsx'), 'SessionPage');
const SessionsPage = lazyRouteComponent(() => import('./pages/Sessions.tsx'), 'SessionsPage');
const SshSignInPage = lazyRouteComponent(() => import('./pages/SshSignIn.tsx'), 'SshSignInPage');
const SystemsPage = lazyRouteComponent(() => import('./pages/Systems.tsx'), 'SystemsPage');
const TargetPage = lazyRouteComponent(() => import('./pages/Target.tsx'), 'TargetPage');
const TicketPage = lazyRouteComponent(() => import('./pages/Ticket.tsx'), 'TicketPage');
const TicketNewPage = lazyRouteComponent(() => import('./pages/TicketNew.tsx'), 'TicketNewPage');
const TicketsPage = lazyRouteComponent(() => import('./pages/Tickets.tsx'), 'TicketsPage');

/** With its emulator and its letters, it is fetched by those alone who open one. */
const TerminalPage = lazyRouteComponent(() => import('./pages/Terminal.tsx'), 'TerminalPage');

/** What stands behind the `?` is as untrusted as any link: unknown values fall back to the plain page. */
function ticketBox(search: Record<string, unknown>): { box?: TicketBox } {
  const { box } = search;
  return box === 'inbox' || box === 'all' || box === 'mine' ? { box } : {};
}

function sessionsAsked(search: Record<string, unknown>): { box?: SessionBox } & SessionFilters {
  const { box } = search;
  const filters = sessionFilters(search);
  return box === 'all' || box === 'mine' || box === 'live' ? { box, ...filters } : filters;
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
const check = createRoute({ getParentRoute: () => root, path: '/check', component: CheckPage });
const custody = createRoute({ getParentRoute: () => root, path: '/custody', component: CustodyPage });
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
  validateSearch: sessionsAsked,
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
const deliveries = createRoute({ getParentRoute: () => root, path: '/deliveries', component: DeliveriesPage });
const openLink = createRoute({ getParentRoute: () => root, path: '/links/$token', component: OpenLinkRoute });
const people = createRoute({ getParentRoute: () => root, path: '/people', component: PeoplePage });
const reconciliation = createRoute({
  getParentRoute: () => root,
  path: '/reconciliation',
  component: ReconciliationPage,
});
const systems = createRoute({ getParentRoute: () => root, path: '/systems', component: SystemsPage });
const target = createRoute({ getParentRoute: () => root, path: '/systems/targets/$id', component: TargetRoute });
const configuration = createRoute({ getParentRoute: () => root, path: '/configuration', component: ConfigurationPage });
const locks = createRoute({ getParentRoute: () => root, path: '/locks', component: LocksPage });
const reviews = createRoute({ getParentRoute: () => root, path: '/reviews', component: ReviewsPage });
const review = createRoute({ getParentRoute: () => root, path: '/reviews/$id', component: ReviewRoute });
const accounts = createRoute({ getParentRoute: () => root, path: '/accounts', component: AccountsPage });
const relay = createRoute({ getParentRoute: () => root, path: '/relay', component: RelayPage });
const parcel = createRoute({ getParentRoute: () => root, path: '/relay/$number', component: ParcelRoute });
const gate = createRoute({ getParentRoute: () => root, path: '/gate', component: GatePage });
const terminal = createRoute({ getParentRoute: () => root, path: '/terminal/$target', component: TerminalRoute });
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
function OpenLinkRoute(): ReactElement {
  return <OpenLinkPage token={openLink.useParams().token} />;
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
  const { box = 'mine', ...filters } = sessions.useSearch();
  return <SessionsPage box={box} filters={filters} />;
}
function SessionRoute(): ReactElement {
  const { at } = session.useSearch();
  const { id } = session.useParams();
  return <SessionPage key={`${id} ${String(at)}`} id={id} at={at} />;
}
function SearchRoute(): ReactElement {
  return <SearchPage filters={search.useSearch()} />;
}
function ParcelRoute(): ReactElement {
  const number = Number(parcel.useParams().number);
  return <ParcelPage number={Number.isSafeInteger(number) && number > 0 ? number : 0} />;
}
function ReviewRoute(): ReactElement {
  return <ReviewPage id={review.useParams().id} />;
}
function TargetRoute(): ReactElement {
  return <TargetPage id={target.useParams().id} />;
}
function TerminalRoute(): ReactElement {
  return <TerminalPage target={terminal.useParams().target} />;
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
    deliveries,
    openLink,
    people,
    systems,
    target,
    configuration,
    locks,
    reconciliation,
    reviews,
    review,
    accounts,
    relay,
    parcel,
    gate,
    terminal,
    check,
    custody,
    audit,
  ]),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** Fetches every page while nothing else is asked for, so that the next click waits for none. */
export function fetchPages(): void {
  for (const page of [
    AccountsPage,
    AuditPage,
    DeliveriesPage,
    CheckPage,
    ConfigurationPage,
    CustodyPage,
    GatePage,
    HomePage,
    KeysPage,
    LocksPage,
    LoginPage,
    NotificationsPage,
    OpenLinkPage,
    ParcelPage,
    PeoplePage,
    RelayPage,
    ReviewPage,
    ReviewsPage,
    ReconciliationPage,
    SearchPage,
    SecurityPage,
    SessionPage,
    SessionsPage,
    SshSignInPage,
    SystemsPage,
    TargetPage,
    TicketPage,
    TicketNewPage,
    TicketsPage,
  ]) {
    page.preload?.()?.catch(() => undefined); // It is asked for again when it is opened.
  }
}
