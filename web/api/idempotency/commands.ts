/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a command that is sent again because its answer was lost
 * does not run again. The key belongs to a person; what was asked under it is kept as a digest, what was answered sealed.
 */
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { asError, GatewayError, LIMITS, sha256 } from '../../../foundation/index.ts';
import type { PersonId } from '../../../policy/index.ts';
import type { WebApiDeps } from '../deps.ts';
import { principalOf } from '../guards.ts';
import {
  type CommandKey,
  countKeys,
  findClaim,
  forgetExpired,
  insertClaim,
  keepAnswer,
  releaseClaim,
} from './queries.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;
const HOUR_MS = 3_600_000;
/** What is sent or answered is a secret, or what somebody typed: neither it nor a digest to guess it by is kept. */
const UNKEPT = /^\/(factors|terminals|target-secrets|sessions\/[^/]+\/keystrokes)(\/|$)/;
/** Said before anything was done, or by what was done and taken back whole: asked again, it may be otherwise. */
const RELEASED = new Set(['not_authenticated', 'step_up_required', 'too_many_requests']);
/** Nobody knows whether the command was done. */
const UNKNOWN = new Set(['internal', 'database_unavailable']);

const Kept = z.strictObject({ status: z.int(), type: z.string(), etag: z.string().nullable(), body: z.string() });
type Kept = z.output<typeof Kept>;

/** After the guards: a replay is for who is signed in as who asked first. */
export function idempotentCommands(deps: WebApiDeps): RequestHandler {
  return async (request, response, next) => {
    const given = request.get('idempotency-key');
    if (given === undefined || request.method === 'GET' || request.method === 'HEAD') {
      next();
      return;
    }
    if (!KEY.test(given)) throw new GatewayError('request_invalid', 'idempotency-key: 1 to 200 visible characters.');
    if (UNKEPT.test(request.path)) throw new GatewayError('request_invalid', 'idempotency-key: not for this call.');
    const { id: person } = principalOf(request).person;
    const key = { person, keyDigest: sha256(Buffer.from(given)) };
    const kept = await claim(deps, key, digestOf(request));
    if (kept !== undefined) {
      response.set('idempotent-replayed', 'true');
      if (kept.etag !== null) response.set('etag', kept.etag);
      response.status(kept.status).type(kept.type).end(kept.body);
      return;
    }
    settleWith(deps, key, response);
    next();
  };
}

/** @returns the answer of the first time; undefined: this is the first. @throws {GatewayError} `idempotency_…`. */
async function claim(deps: WebApiDeps, key: CommandKey, requestDigest: Buffer): Promise<Kept | undefined> {
  const { database, clock, factorSeal } = deps;
  const now = clock.now();
  await forgetExpired(database, now);
  const known = await findClaim(database, key);
  if (known === undefined) {
    if ((await countKeys(database, key.person)) >= LIMITS.idempotencyKeysPerPersonMax) {
      throw new GatewayError('too_many_requests', undefined, { retryAfterSeconds: 3_600 });
    }
    const until = new Date(now.getTime() + LIMITS.idempotencyKeyHours * HOUR_MS);
    if (await insertClaim(database, { ...key, requestDigest, now, until })) return undefined;
    throw new GatewayError('idempotency_unsettled'); // Another of the same came in between.
  }
  if (!known.requestDigest.equals(requestDigest)) throw new GatewayError('idempotency_key_reused');
  if (known.answer === null) throw new GatewayError('idempotency_unsettled');
  return Kept.parse(JSON.parse(factorSeal.open(known.answer, key.person).toString('utf8')));
}

/** The same act, to the byte of what was understood of it. */
function digestOf(request: Request): Buffer {
  const body: unknown = request.body;
  const precondition = request.get('if-match') ?? '';
  return sha256(Buffer.from(JSON.stringify([request.method, request.originalUrl, precondition, body ?? null])));
}

/** Keeps the answer before it is sent: who repeats the command after they have read it always meets it. */
function settleWith(deps: WebApiDeps, key: CommandKey, response: Response): void {
  const end = response.end.bind(response);
  let ended = false;
  const settled = async (body: string): Promise<void> => {
    try {
      await settle(deps, key, { response, body });
    } catch (thrown) {
      deps.log.warn({ event: 'http.idempotency_unsettled', err: asError(thrown) }, 'an answer was not kept');
    }
    end(body);
  };
  response.end = (chunk?: unknown) => {
    if (ended || response.headersSent) return end(chunk);
    ended = true;
    void settled(typeof chunk === 'string' || Buffer.isBuffer(chunk) ? chunk.toString() : '');
    return response;
  };
}

const Refused = z.looseObject({ code: z.string() });

async function settle(
  { database, factorSeal }: WebApiDeps,
  key: CommandKey & { readonly person: PersonId },
  { response, body }: { readonly response: Response; readonly body: string },
): Promise<void> {
  const status = response.statusCode;
  if (status >= 400) {
    const code = Refused.safeParse(JSON.parse(body)).data?.code ?? 'internal';
    if (UNKNOWN.has(code)) return;
    if (RELEASED.has(code) || status >= 500) {
      await releaseClaim(database, key);
      return;
    }
  }
  const kept: Kept = {
    status,
    type: response.get('content-type') ?? 'text/plain',
    etag: response.get('etag') ?? null,
    body,
  };
  const bytes = Buffer.from(JSON.stringify(kept));
  if (bytes.length > LIMITS.idempotencyAnswerBytesMax) return;
  await keepAnswer(database, key, factorSeal.close(bytes, key.person));
}
