/**
 * What `sekisho login` and `logout` call from a maintainer's machine, where nobody is signed in yet. No cookie is read
 * here, so there is nothing another site's page could use; what names itself a page of another site is refused anyway.
 */
import { type NextFunction, type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import {
  awaitLogin,
  listOpenServers,
  type LoginAnswer,
  requestLogin,
  revokeHeldCertificate,
} from '../../identity/index.ts';
import type { WebApiDeps } from './deps.ts';
import { noStore, readJson } from './guards.ts';
import { createRateLimit } from './rate-limit.ts';
import { body, typed } from './request.ts';
import { sourceAddress } from './source-address.ts';

const base64 = z
  .string()
  .regex(/^[A-Za-z0-9+/]+={0,2}$/)
  .max(2 * LIMITS.sshPublicKeyBytesMax);
export const Question = z.strictObject({ publicKey: typed(2 * LIMITS.sshPublicKeyBytesMax) });
export const Poll = z.strictObject({ pollToken: z.string().max(64) });
export const Revocation = z.strictObject({ certificate: base64, signature: base64 });

export function loginCallRoutes(deps: WebApiDeps): Router {
  const calls = createRateLimit(deps.clock, LIMITS.loginCallsPerMinuteMax);
  const router = Router();
  let polls = 0;

  const limited = (request: Request, _response: Response, next: NextFunction): void => {
    const origin = request.get('origin');
    if (origin !== undefined && origin !== deps.publicUrl.origin) throw new GatewayError('origin_refused');
    calls.take(sourceAddress(request));
    next();
  };
  const before = [noStore, limited, ...readJson()];

  router.post('/logins', ...before, async (request, response) => {
    const { publicKey } = body(Question, request);
    const login = await requestLogin(deps, { publicKey, sourceAddress: sourceAddress(request) });
    const { code, expiresAt } = login;
    const url = new URL(`/logins/${code}`, deps.publicUrl).href;
    response.status(201).json({ code, url, pollToken: login.pollToken.expose(), expiresAt });
  });

  router.post('/logins/poll', ...before, async (request, response) => {
    const { pollToken } = body(Poll, request);
    if (polls >= LIMITS.loginPollsMax) throw new GatewayError('too_many_requests');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    polls += 1;
    try {
      response.json(await worded(deps, await awaitLogin(deps, pollToken, gone.signal)));
    } finally {
      polls -= 1;
    }
  });

  router.post('/logins/revoke', ...before, async (request, response) => {
    const { certificate, signature } = body(Revocation, request);
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
    await revokeHeldCertificate(deps, { blob: bytes(certificate), signature: bytes(signature) });
    response.status(204).end();
  });

  return router;
}

/** Everything a command needs to write its files; for a login that is not issued, only how it stands. */
async function worded(deps: WebApiDeps, answer: LoginAnswer): Promise<object> {
  if (answer.state === 'unknown') throw new GatewayError('not_found');
  if (answer.state !== 'issued') return { state: answer.state };
  const { person, certificate, token } = answer;
  const { host, port, hostKeyLine, hostCaLine } = deps.ssh;
  const targets = certificate === null ? [] : await listOpenServers(deps, person.id);
  return {
    state: 'issued',
    certificate: certificate?.line ?? null,
    serial: certificate === null ? null : String(certificate.serial),
    ...{ token: token.token.expose(), expiresAt: token.expiresAt },
    person: { id: person.id, name: person.name },
    gateway: { host, port, hostKey: hostKeyLine, hostCa: hostCaLine },
    targets: targets.map(({ name, systemName, loginName, account }) => ({ name, systemName, loginName, account })),
  };
}
