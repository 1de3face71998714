/** Search over recordings, for auditors and security officers. Each search is an event, found or not. */
import { Router } from 'express';
import { z } from 'zod';
import { hasCode, LIMITS } from '../../foundation/index.ts';
import { appendAuditEvent, SEARCH_FIELDS, SearchPlaceSchema } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireReader } from './permissions.ts';
import { createRateLimit } from './rate-limit.ts';
import { moment, personId, query, sessionId, targetId, typed } from './request.ts';
import { describeSessions, facetNames, type SessionFacets, sessionsWith } from './search/queries.ts';

const FACETS_MAX = 1_000;
const CLIENT_CHARACTERS_MAX = 200;
const PLACE_CHARACTERS_MAX = 400;

const fields = z
  .string()
  .transform((text) => [...new Set(text.split(','))])
  .pipe(z.array(z.enum(SEARCH_FIELDS)).min(1));

const place = z
  .string()
  .max(PLACE_CHARACTERS_MAX)
  .transform((text, context): unknown => {
    try {
      return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    } catch {
      context.addIssue({ code: 'custom', message: 'must be what an earlier page named' });
      return z.NEVER;
    }
  })
  .pipe(SearchPlaceSchema);

export const SearchQuery = z.strictObject({
  text: typed(LIMITS.searchQueryCharactersMax),
  fields: fields.default([...SEARCH_FIELDS]),
  session: sessionId.optional(),
  person: personId.optional(),
  target: targetId.optional(),
  ticket: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'must be the number of a ticket')
    .transform(Number)
    .optional(),
  client: typed(CLIENT_CHARACTERS_MAX).optional(),
  after: moment.optional(),
  before: moment.optional(),
  from: place.optional(),
});
type Asked = z.output<typeof SearchQuery>;

export function searchRoutes(deps: WebApiDeps): Router {
  const { database, clock, derived } = deps;
  const router = Router();
  const searches = createRateLimit(clock, LIMITS.searchesPerMinuteMax);

  router.get('/search/health', async (request, response) => {
    requireReader(principalOf(request).person, 'search');
    response.json({ health: derived.health, ...(await facetNames(database, FACETS_MAX)) });
  });

  router.get('/search', async (request, response) => {
    const { person } = principalOf(request);
    requireReader(person, 'search');
    searches.take(person.id);
    const asked = query(SearchQuery, request);
    const note = (hits: number | null): Promise<void> =>
      appendAuditEvent(database, clock, {
        ...{ type: 'search.made', actor: person.id },
        body: {
          ...{ query: asked.text, fields: asked.fields, filters: filtersOf(asked) },
          ...{ hits, state: derived.health.state },
        },
      });
    const facets = facetsOf(asked);
    const answer = await derived
      .search({
        ...{ text: asked.text, fields: asked.fields, from: asked.from ?? null },
        sessions: facets === null ? null : await sessionsWith(database, facets),
        ...{ after: asked.after?.getTime() ?? null, before: asked.before?.getTime() ?? null },
        hits: LIMITS.searchHitsMax,
        hitsPerSession: asked.session === undefined ? LIMITS.searchHitsPerSessionMax : LIMITS.searchHitsMax,
      })
      .catch(async (thrown: unknown) => {
        if (!hasCode(thrown, 'request_invalid')) await note(null);
        throw thrown;
      });
    await note(answer.hits.length);
    const sessions = await describeSessions(database, [...new Set(answer.hits.map(({ session }) => session))]);
    response.json({
      ...{ hits: answer.hits, moreIn: answer.moreIn, ranOut: answer.ranOut, sessions, health: derived.health },
      next: answer.next === null ? null : Buffer.from(JSON.stringify(answer.next)).toString('base64url'),
    });
  });

  return router;
}

/** Null where nothing narrows it: then the sessions need not be named. */
function facetsOf({ session, person, target, ticket, client }: Asked): SessionFacets | null {
  const named = {
    ...{ session: session ?? null, person: person ?? null, target: target ?? null, ticket: ticket ?? null },
    client: client === undefined || client.trim() === '' ? null : client.trim(),
  };
  return Object.values(named).every((value) => value === null) ? null : named;
}

/** What narrowed it, as it was asked. */
function filtersOf({ text: _, fields: __, from, ...filters }: Asked): Record<string, string> {
  const named = Object.entries(filters).flatMap(([name, value]) => {
    return value === undefined ? [] : [[name, value instanceof Date ? value.toISOString() : String(value)] as const];
  });
  return { ...Object.fromEntries(named), ...(from === undefined ? {} : { page: 'later' }) };
}
