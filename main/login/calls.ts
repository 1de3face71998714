/** Calls to the gateway. Bounded in time and size; no redirect is followed and no cookie kept. */
import { z } from 'zod';
import { asError, GatewayError, LIMITS } from '../../foundation/index.ts';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const CALL_MS = 15_000;
const ANSWER_BYTES_MAX = 1024 * 1024;
const Refusal = z.object({ error: z.object({ code: z.string().regex(/^[a-z_]{1,64}$/) }) });

/** The origin behind what somebody typed. @throws {GatewayError} `request_invalid`: no URL, or not https. */
export function readOrigin(typed: string): string {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(typed) ? typed : `https://${typed}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  // Over plain http whoever stands on the way would choose the host keys that are written.
  if (url === undefined || !isSecure || url.username !== '' || url.password !== '') {
    throw new GatewayError('request_invalid', 'Name the gateway by its https address: sekisho login https://…');
  }
  return url.origin;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/api`. */
  readonly path: string;
  readonly body?: object;
  readonly token?: string;
  readonly heldOpenMs?: number;
}

const post = (origin: string, path: string, body: object, heldOpenMs = 0): Promise<unknown> =>
  call(origin, { method: 'POST', path: `/logins${path}`, body, heldOpenMs });

export const ask = (origin: string, publicKey: string): Promise<unknown> => post(origin, '', { publicKey });

export const poll = (origin: string, pollToken: string): Promise<unknown> =>
  post(origin, '/poll', { pollToken }, LIMITS.loginPollSeconds * 1_000);

export const revoke = (origin: string, proof: { certificate: string; signature: string }): Promise<unknown> =>
  post(origin, '/revoke', proof);

export const giveBack = (origin: string, token: string): Promise<unknown> =>
  call(origin, { method: 'DELETE', path: '/tokens/current', token });

/** @throws {GatewayError} `login_unreachable`, or `login_answer_refused` with the gateway's own code in its message. */
async function call(origin: string, asked: Call): Promise<unknown> {
  const { status, json } = await callApi(origin, asked);
  if (status < 400) return json;
  throw new GatewayError('login_answer_refused', `${origin} said no: ${refusalCode(json) ?? `status ${status}`}.`);
}

/** The code of a refusal; undefined when the answer is none of ours. */
export function refusalCode(json: unknown): string | undefined {
  const refusal = Refusal.safeParse(json);
  return refusal.success ? refusal.data.error.code : undefined;
}

/** What was answered, whatever its status. @throws {GatewayError} `login_unreachable`. */
export async function callApi(
  origin: string,
  asked: Call,
): Promise<{ readonly status: number; readonly json: unknown }> {
  const { method, path, body, token, heldOpenMs = 0 } = asked;
  const response = await fetch(new URL(`/api${path}`, origin), {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'error',
    signal: AbortSignal.timeout(CALL_MS + heldOpenMs),
  }).catch((thrown: unknown) => {
    const why = asError(asError(thrown).cause ?? thrown);
    throw new GatewayError('login_unreachable', `${origin} does not answer.`, { cause: why });
  });
  return { status: response.status, json: await readJson(response) };
}

async function readJson(response: Response): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    const chunk = Buffer.from(part as Uint8Array);
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new GatewayError('login_answer_refused', 'The answer is too large.');
    parts.push(chunk);
  }
  try {
    const json: unknown = JSON.parse(Buffer.concat(parts).toString('utf8') || 'null');
    return json;
  } catch {
    return null;
  }
}
