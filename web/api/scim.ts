/** SCIM 2.0 (RFC 7644) under /scim/v2: the identity provider's client makes, changes and deactivates people. */
import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { asError, GatewayError, LIMITS, newUuid } from '../../foundation/index.ts';
import {
  applyPatch,
  changeScimGroup,
  changeScimUser,
  createScimGroup,
  createScimUser,
  deleteScimGroup,
  deleteScimUser,
  findScimClient,
  findScimGroup,
  findScimUser,
  GroupInput,
  groupJson,
  listScimGroups,
  listScimUsers,
  PatchSchema,
  type ScimDeps,
  ScimFault,
  scimEtag,
  UserInput,
  userJson,
} from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { noStore } from './guards.ts';
import { rolesOfGroups } from './provider-claims.ts';
import { createRateLimit } from './rate-limit.ts';
import { resourceTypes, SCHEMAS, serviceProviderConfig } from './scim-schemas.ts';
import { sourceAddress } from './source-address.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const MEDIA_TYPE = 'application/scim+json';
const BEARER = /^Bearer ([A-Za-z0-9_-]{1,200})$/i;
const whole = z.coerce.number().int().catch(1);
const ListQuery = z.looseObject({
  filter: z.string().optional(),
  startIndex: whole.transform((at) => Math.min(Math.max(1, at), LIMITS.scimStartIndexMax)).default(1),
  count: z.coerce
    .number()
    .int()
    .transform((count) => Math.max(0, count))
    .default(LIMITS.scimPageMax),
  excludedAttributes: z.string().optional(),
});

export function scimRoutes(deps: WebApiDeps): Router {
  const base = new URL('/scim/v2', deps.publicUrl).href;
  const router = Router();
  const clients = new WeakMap<Request, ScimDeps>();
  const client = (request: Request): ScimDeps => {
    const found = clients.get(request);
    if (found === undefined) throw new ScimFault(401, 'A token is needed.');
    return found;
  };

  router.use(noStore, authenticate(deps, clients));
  router.use(express.json({ limit: LIMITS.scimBodyBytesMax, type: [MEDIA_TYPE, 'application/json'], strict: true }));

  router.get('/ServiceProviderConfig', (_request, response) => send(response, serviceProviderConfig(base)));
  router.get('/ResourceTypes', (_request, response) => send(response, list(resourceTypes(base))));
  router.get('/Schemas', (_request, response) => send(response, list(SCHEMAS)));

  userRoutes(router, base, client);
  groupRoutes(router, base, client);

  router.use(() => {
    throw new ScimFault(404, 'There is no such resource.');
  });
  router.use(failures(deps));
  return router;
}

type ClientOf = (request: Request) => ScimDeps;

function userRoutes(router: Router, base: string, client: ClientOf): void {
  router.get('/Users', async (request, response) => {
    const asked = read(ListQuery, request.query);
    const { resources, ...page } = await listScimUsers(client(request), { ...asked, filter: asked.filter });
    send(
      response,
      list(
        resources.map((user) => userJson(user, base)),
        page,
      ),
    );
  });
  router.post('/Users', async (request, response) => {
    const user = await createScimUser(client(request), read(UserInput, request.body));
    sendOne(response.status(201), userJson(user, base), scimEtag(user));
  });
  router.get('/Users/:id', async (request, response) => {
    const user = await findScimUser(client(request), request.params.id);
    if (request.get('if-none-match') === scimEtag(user)) response.status(304).end();
    else sendOne(response, userJson(user, base), scimEtag(user));
  });
  router.put('/Users/:id', async (request, response) => {
    const input = read(UserInput, request.body);
    const change = { ifMatch: request.get('if-match'), change: () => input };
    const user = await changeScimUser(client(request), request.params.id, change);
    sendOne(response, userJson(user, base), scimEtag(user));
  });
  router.patch('/Users/:id', async (request, response) => {
    const { Operations } = read(PatchSchema, request.body);
    const user = await changeScimUser(client(request), request.params.id, {
      ifMatch: request.get('if-match'),
      change: (before) => read(UserInput, applyPatch(userJson(before, base), Operations)),
    });
    sendOne(response, userJson(user, base), scimEtag(user));
  });
  router.delete('/Users/:id', async (request, response) => {
    await deleteScimUser(client(request), request.params.id, request.get('if-match'));
    response.status(204).end();
  });
}

function groupRoutes(router: Router, base: string, client: ClientOf): void {
  router.get('/Groups', async (request, response) => {
    const asked = read(ListQuery, request.query);
    const { resources, ...page } = await listScimGroups(client(request), { ...asked, filter: asked.filter });
    const isShort = asked.excludedAttributes?.split(',').some((name) => name.trim() === 'members') === true;
    const shown = resources.map((group) => groupJson(isShort ? { ...group, members: [] } : group, base));
    send(response, list(shown, page));
  });
  router.post('/Groups', async (request, response) => {
    const group = await createScimGroup(client(request), read(GroupInput, request.body));
    sendOne(response.status(201), groupJson(group, base), scimEtag(group));
  });
  router.get('/Groups/:id', async (request, response) => {
    const group = await findScimGroup(client(request), request.params.id);
    sendOne(response, groupJson(group, base), scimEtag(group));
  });
  router.put('/Groups/:id', async (request, response) => {
    const input = read(GroupInput, request.body);
    const change = { ifMatch: request.get('if-match'), change: () => input };
    const group = await changeScimGroup(client(request), request.params.id, change);
    sendOne(response, groupJson(group, base), scimEtag(group));
  });
  router.patch('/Groups/:id', async (request, response) => {
    const { Operations } = read(PatchSchema, request.body);
    const group = await changeScimGroup(client(request), request.params.id, {
      ifMatch: request.get('if-match'),
      change: (before) => read(GroupInput, applyPatch(groupJson(before, base), Operations)),
    });
    sendOne(response, groupJson(group, base), scimEtag(group));
  });
  router.delete('/Groups/:id', async (request, response) => {
    await deleteScimGroup(client(request), request.params.id, request.get('if-match'));
    response.status(204).end();
  });
}

/** Counts each source before its token is looked up, and each token after: neither guesses nor a storm get far. */
function authenticate(deps: WebApiDeps, clients: WeakMap<Request, ScimDeps>) {
  const sources = createRateLimit(deps.clock, LIMITS.scimCallsPerMinuteMax);
  const tokens = createRateLimit(deps.clock, LIMITS.scimCallsPerMinuteMax);
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    sources.take(sourceAddress(request));
    const [, token = ''] = BEARER.exec(request.get('authorization') ?? '') ?? [];
    const known = await findScimClient(deps, token);
    const provider = deps.providers.find(
      ({ issuer }) => issuer.href === known?.issuer || issuer.href === `${known?.issuer}/`,
    );
    if (known === undefined || provider === undefined) throw new ScimFault(401, 'The token is not known or has ended.');
    tokens.take(known.id);
    const { roleOfGroup, scimSubject, provisioning } = provider;
    const rolesOf = provisioning === 'scim' ? (groups: readonly string[]) => rolesOfGroups(roleOfGroup, groups) : null;
    clients.set(request, { ...deps, client: { issuer: known.issuer, subject: scimSubject, rolesOf } });
    next();
  };
}

function list(resources: readonly object[], page = { total: resources.length, startIndex: 1 }) {
  const { total: totalResults, startIndex } = page;
  return { schemas: [LIST], totalResults, startIndex, itemsPerPage: resources.length, Resources: resources };
}

function send(response: Response, json: object): void {
  response.type(MEDIA_TYPE).send(JSON.stringify(json));
}

function sendOne(response: Response, json: { meta: { location: string } }, etag: string): void {
  response.set('etag', etag).set('location', json.meta.location);
  send(response, json);
}

function read<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const detail = `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? ''}`.slice(0, 300);
  throw new ScimFault(400, detail, 'invalidValue');
}

/** Every failure as the client expects it (RFC 7644 §3.12); a fault of ours shows a reference only. */
function failures({ log, clock }: WebApiDeps) {
  return (thrown: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(asError(thrown));
      return;
    }
    const fault = asFault(thrown);
    const reference = newUuid(clock.now());
    if (fault === undefined) log.error({ event: 'scim.internal', reference, err: asError(thrown) }, 'a fault of ours');
    const { status, message: detail, scimType } = fault ?? new ScimFault(500, `Reference: ${reference}`);
    if (status === 401) response.set('www-authenticate', 'Bearer');
    if (status === 429) response.set('retry-after', '60');
    send(response.status(status), { schemas: [ERROR], status: String(status), ...(scimType && { scimType }), detail });
  };
}

function asFault(thrown: unknown): ScimFault | undefined {
  if (thrown instanceof ScimFault) return thrown;
  if (thrown instanceof GatewayError)
    return thrown.status === 500 ? undefined : new ScimFault(thrown.status, thrown.message);
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown) || typeof thrown.status !== 'number') {
    return undefined;
  }
  if (thrown.status === 413) return new ScimFault(413, 'The request is larger than its limit.');
  return thrown.status >= 400 && thrown.status < 500
    ? new ScimFault(400, 'It cannot be read.', 'invalidSyntax')
    : undefined;
}
