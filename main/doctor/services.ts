/** What the gateway needs beside its database: queue, identity provider, ports. */
import { createServer } from 'node:net';
import { z } from 'zod';
import type { Config, IdentityProviderConfig } from '../../config/index.ts';
import { asError, hasErrno, pingRedis, type Secret } from '../../foundation/index.ts';
import { type Check, type Finding, ok, problem } from './model.ts';

const ANSWER_MS = 5_000;
const Discovery = z.looseObject({ issuer: z.string(), authorization_endpoint: z.url(), token_endpoint: z.url() });

export function serviceChecks(config: Config, isRunning: () => Promise<boolean>): Check[] {
  const { redis, identityProviders, http, ssh } = config;
  const checks: Check[] = [
    { name: 'port', run: async () => [await checkPort({ key: 'http', ...http }, isRunning)] },
    { name: 'port', run: async () => [await checkPort({ key: 'ssh', ...ssh }, isRunning)] },
  ];
  if (redis !== null) checks.push({ name: 'redis', run: async () => [await checkRedis(redis.url)] });
  for (const provider of identityProviders) {
    checks.push({ name: 'identity-provider', run: async () => [await checkProvider(provider)] });
  }
  return checks;
}

async function checkRedis(url: Secret<string>): Promise<Finding> {
  try {
    await pingRedis(url, ANSWER_MS);
    return ok('doctor.redis.ok');
  } catch (thrown) {
    const detail = asError(thrown).message;
    return problem('doctor.redis.unreachable', 'doctor.redis.unreachable.next', { detail });
  }
}

/** OpenID Connect Discovery 1.0 §4: the document, and that it names the very issuer. */
async function checkProvider({ issuer }: IdentityProviderConfig): Promise<Finding> {
  try {
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
    if (!response.ok) throw new Error(`status ${response.status}`);
    const { issuer: named } = Discovery.parse(await response.json());
    if (named === issuer) return ok('doctor.oidc.ok', { issuer });
    return problem('doctor.oidc.wrong', 'doctor.oidc.wrong.next', { issuer, named });
  } catch (thrown) {
    const error = asError(thrown);
    const detail = error instanceof z.ZodError ? 'the answer is no discovery document' : reasonOf(error);
    return problem('doctor.oidc.unreachable', 'doctor.oidc.unreachable.next', { issuer, detail });
  }
}

async function checkPort(
  place: { key: string; host: string; port: number },
  isRunning: () => Promise<boolean>,
): Promise<Finding> {
  const { key, host, port } = place;
  const values = { key, host, port };
  const refused = await tryListen(host, port);
  if (refused === undefined) return ok('doctor.port.free', values);
  if (!hasErrno(refused, 'EADDRINUSE')) {
    const detail = asError(refused).message;
    return problem('doctor.port.forbidden', 'doctor.port.forbidden.next', { ...values, detail });
  }
  if (await isRunning()) return ok('doctor.port.ours', values);
  return problem('doctor.port.taken', 'doctor.port.taken.next', values);
}

/** Listens for a moment. @returns why it could not, or undefined. */
function tryListen(host: string, port: number): Promise<unknown> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
export function reasonOf(error: Error): string {
  return asError(error.cause ?? error).message;
}
