/** What the pages read. One function a question; the key of each is its path, so that a change can drop what it touches. */
import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call } from './client.ts';
import { GuardedTarget, MeterUse, Program } from './gate-schemas.ts';
import {
  AuditEvent,
  Certificate,
  ListedPerson,
  LiveSession,
  Login,
  Me,
  Notification,
  OpenTarget,
  Protection,
  RefusedAct,
  Session,
  SignIn,
  SshKey,
  titles,
} from './schemas.ts';
import { Choices, Draft, Substitutes, Ticket, TicketAnswer } from './ticket-schemas.ts';

export type TicketBox = 'mine' | 'inbox' | 'all';
export type SessionBox = 'mine' | 'all' | 'live';

const part = encodeURIComponent;

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => call(Me, 'GET', '/api/me'),
  refetchInterval: 30_000,
});

export const useMe = () => useQuery(meQuery);

export const useTargets = () =>
  useQuery({
    queryKey: ['targets'],
    queryFn: async () => (await call(z.object({ targets: z.array(OpenTarget) }), 'GET', '/api/targets')).targets,
  });

export const useSshKeys = () =>
  useQuery({
    queryKey: ['ssh-keys'],
    queryFn: async () => (await call(z.object({ keys: z.array(SshKey) }), 'GET', '/api/ssh-keys')).keys,
  });

export const useSignIn = (code: string) =>
  useQuery({
    queryKey: ['ssh-sign-ins', code],
    queryFn: async () => (await call(z.object({ signIn: SignIn }), 'GET', `/api/ssh-sign-ins/${part(code)}`)).signIn,
    refetchInterval: (query) => (query.state.data?.state === 'pending' ? 5_000 : false),
  });

export const useLogin = (code: string) =>
  useQuery({
    queryKey: ['logins', code],
    queryFn: async () => (await call(z.object({ login: Login }), 'GET', `/api/logins/${part(code)}`)).login,
    refetchInterval: (query) => (query.state.data?.state === 'pending' ? 5_000 : false),
  });

export const useCertificates = () =>
  useQuery({
    queryKey: ['certificates'],
    queryFn: async () =>
      (await call(z.object({ certificates: z.array(Certificate) }), 'GET', '/api/certificates')).certificates,
  });

export const useRefusedAct = (id: string) =>
  useQuery({
    queryKey: ['refused-acts', id],
    queryFn: async () =>
      (await call(z.object({ refusedAct: RefusedAct }), 'GET', `/api/refused-acts/${part(id)}`)).refusedAct,
    staleTime: Infinity,
  });

export const useTickets = (box: TicketBox) =>
  useQuery({
    queryKey: ['tickets', 'box', box],
    queryFn: async () => (await call(z.object({ tickets: z.array(Ticket) }), 'GET', `/api/tickets?box=${box}`)).tickets,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });

export const useTicket = (id: string) =>
  useQuery({
    queryKey: ['tickets', 'one', id],
    queryFn: () => call(TicketAnswer, 'GET', `/api/tickets/${part(id)}`),
    refetchInterval: 10_000,
  });

export const useDrafts = () =>
  useQuery({
    queryKey: ['tickets', 'drafts'],
    queryFn: async () => (await call(z.object({ drafts: z.array(Draft) }), 'GET', '/api/tickets/drafts')).drafts,
  });

/** Targets and systems the person could ask about. */
export const useChoices = () =>
  useQuery({ queryKey: ['tickets', 'choices'], queryFn: () => call(Choices, 'GET', '/api/tickets/choices') });

export const useSubstitutes = () =>
  useQuery({ queryKey: ['substitutes'], queryFn: () => call(Substitutes, 'GET', '/api/substitutes') });

const SessionPage = z.object({ sessions: z.array(Session), next: z.nullable(z.string()) });

/** Sessions, newest first. `search`: what they are narrowed to, as the API takes it. */
export const useSessions = (box: 'mine' | 'all', search: string) =>
  useInfiniteQuery({
    queryKey: ['sessions', 'box', box, search],
    initialPageParam: '',
    queryFn: ({ pageParam }) => {
      const asked = new URLSearchParams(search);
      asked.set('box', box);
      if (pageParam !== '') asked.set('after', pageParam);
      return call(SessionPage, 'GET', `/api/sessions?${asked.toString()}`);
    },
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });

const Facets = z.object({
  persons: z.array(z.object({ id: z.string(), name: z.string() })),
  targets: z.array(z.object({ id: z.string(), name: z.string() })),
  systems: z.array(z.object({ id: z.string(), title: titles })),
});

/** By whom, where and on which systems there are sessions to see. */
export const useSessionFacets = () =>
  useQuery({ queryKey: ['sessions', 'facets'], queryFn: () => call(Facets, 'GET', '/api/sessions/facets') });

export const useLiveSessions = () =>
  useQuery({
    queryKey: ['sessions', 'live'],
    queryFn: async () =>
      (await call(z.object({ sessions: z.array(LiveSession) }), 'GET', '/api/sessions?box=live')).sessions,
    refetchInterval: 3_000,
  });

const OneSession = z.object({
  session: Session,
  events: z.array(AuditEvent),
  ticket: z.nullable(z.object({ id: z.string(), number: z.number() })),
});

export const useSession = (id: string) =>
  useQuery({
    queryKey: ['sessions', 'one', id],
    queryFn: () => call(OneSession, 'GET', `/api/sessions/${part(id)}`),
    refetchInterval: (query) => (query.state.data?.session.sealed === false ? 5_000 : false),
  });

export const useNotifications = () =>
  useQuery({
    queryKey: ['notifications'],
    queryFn: async () =>
      (await call(z.object({ notifications: z.array(Notification) }), 'GET', '/api/notifications')).notifications,
  });

export const usePersons = () =>
  useQuery({
    queryKey: ['persons'],
    queryFn: async () => (await call(z.object({ persons: z.array(ListedPerson) }), 'GET', '/api/persons')).persons,
  });

const AuditPage = z.object({ events: z.array(AuditEvent) });

export const useProtection = () =>
  useQuery({
    queryKey: ['health', 'recorder'],
    queryFn: () => call(z.object({ protection: Protection }), 'GET', '/api/health/recorder'),
  });

/** Audit events, newest first, of one type or of all. */
export const useAuditEvents = (type: string | undefined) =>
  useInfiniteQuery({
    queryKey: ['audit-events', type ?? ''],
    initialPageParam: 0,
    queryFn: async ({ pageParam }) => {
      const search = new URLSearchParams();
      if (pageParam > 0) search.set('before', String(pageParam));
      if (type !== undefined) search.set('type', type);
      return (await call(AuditPage, 'GET', `/api/audit-events?${search.toString()}`)).events;
    },
    getNextPageParam: (last: AuditEvent[]) => last.at(-1)?.seq,
    placeholderData: keepPreviousData,
  });

export const useGate = () =>
  useQuery({
    queryKey: ['gate'],
    queryFn: () => call(z.object({ targets: z.array(GuardedTarget), use: z.array(MeterUse) }), 'GET', '/api/gate'),
  });

export const usePrograms = () =>
  useQuery({
    queryKey: ['programs'],
    queryFn: async () => (await call(z.object({ programs: z.array(Program) }), 'GET', '/api/programs')).programs,
  });
