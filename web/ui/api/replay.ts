/** Replays and search: what the pages ask and how its answers look. */
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import * as z from 'zod/mini';
import { call } from './client.ts';
import { strings } from './schemas.ts';

const part = encodeURIComponent;

export const Marker = z.object({ at: z.number(), kind: z.string(), text: z.string(), tags: z.optional(strings) });
export type Marker = z.infer<typeof Marker>;

const Density = z.object({ widthMillis: z.number(), bytes: z.array(z.number()) });

const Ready = z.object({
  state: z.literal('ready'),
  sessionId: z.string(),
  view: z.string(),
  startedAt: z.number(),
  durationMillis: z.number(),
  hasTerminal: z.boolean(),
  charsets: strings,
  cuts: z.array(z.tuple([z.number(), z.number()])),
  markers: z.array(Marker),
  markersLeftOut: z.number(),
  density: z.object({ whole: Density, cut: Density }),
  parts: z.number(),
});
export type ReadyReplay = z.infer<typeof Ready>;

const ReplayAnswer = z.discriminatedUnion('state', [Ready, z.object({ state: z.literal('building') })]);

const BUILDING_MILLIS = 2_000;

/** Asks for a replay once and, while it is being made, again. Each answer that is ready is noted as a look. */
export const useReplay = (sessionId: string, wanted: boolean) =>
  useQuery({
    queryKey: ['replay', sessionId],
    enabled: wanted,
    queryFn: () => call(ReplayAnswer, 'POST', `/api/sessions/${part(sessionId)}/replay`, {}),
    refetchInterval: (query) => (query.state.data?.state === 'building' ? BUILDING_MILLIS : false),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });

export const TranscriptLine = z.object({
  at: z.number(),
  kind: z.enum(['screen', 'passed', 'typed', 'executed', 'note']),
  text: z.string(),
  prompt: z.optional(z.string()),
  hidden: z.optional(z.boolean()),
});
export type TranscriptLine = z.infer<typeof TranscriptLine>;

const TranscriptPart = z.object({ lines: z.array(TranscriptLine), next: z.nullable(z.number()) });

export const useTranscript = (sessionId: string, view: string) =>
  useInfiniteQuery({
    queryKey: ['transcript', sessionId, view],
    initialPageParam: 0,
    queryFn: ({ pageParam }) =>
      call(TranscriptPart, 'GET', `/api/sessions/${part(sessionId)}/transcript?part=${pageParam}&view=${part(view)}`),
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: Infinity,
  });

export const useKeystrokes = (sessionId: string) =>
  useMutation({
    mutationFn: async (reason: string) =>
      (
        await call(
          z.object({ lines: z.array(TranscriptLine) }),
          'POST',
          `/api/sessions/${part(sessionId)}/keystrokes`,
          {
            reason,
          },
        )
      ).lines,
  });

export const SEARCH_FIELDS = ['shown', 'typed', 'executed'] as const;
export type SearchField = (typeof SEARCH_FIELDS)[number];

const Health = z.object({
  state: z.enum(['complete', 'behind', 'failed']),
  completeUntil: z.nullable(z.string()),
  waiting: z.number(),
  unreadable: z.number(),
  sessions: z.number(),
});
export type SearchHealth = z.infer<typeof Health>;

const Named = z.object({ id: z.string(), name: z.string() });

export const useSearchHealth = () =>
  useQuery({
    queryKey: ['search', 'health'],
    queryFn: () =>
      call(z.object({ health: Health, persons: z.array(Named), targets: z.array(Named) }), 'GET', '/api/search/health'),
    refetchInterval: 15_000,
  });

const Hit = z.object({
  session: z.string(),
  field: z.enum(SEARCH_FIELDS),
  at: z.number(),
  offset: z.number(),
  text: z.string(),
  linesBefore: strings,
  linesAfter: strings,
});
export type SearchHit = z.infer<typeof Hit>;

const FoundSession = z.object({
  id: z.string(),
  personName: z.string(),
  targetName: z.string(),
  account: z.string(),
  openedAt: z.string(),
  ticket: z.nullable(z.number()),
});
export type FoundSession = z.infer<typeof FoundSession>;

const SearchPage = z.object({
  hits: z.array(Hit),
  sessions: z.array(FoundSession),
  moreIn: strings,
  ranOut: z.boolean(),
  next: z.nullable(z.string()),
  health: Health,
});
export type SearchPage = z.infer<typeof SearchPage>;

/** `search`: as it stands behind the `?` of the API. Each asking is noted, so nothing is asked again by itself. */
export const useSearch = (search: string, wanted: boolean) =>
  useInfiniteQuery({
    queryKey: ['search', 'hits', search],
    enabled: wanted,
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      call(SearchPage, 'GET', `/api/search?${search}${pageParam === '' ? '' : `&from=${part(pageParam)}`}`),
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    refetchOnMount: false,
    staleTime: Infinity,
    retry: false,
  });
