/** One POST to one address: https alone, to where a webhook may lead, and never on to somewhere else. */
import { lookup as systemLookup } from 'node:dns/promises';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { asError, hasErrno, LIMITS, type Log, type Secret } from '../../../foundation/index.ts';
import type { Outcome, Post, Sender } from '../model.ts';
import { signatureHeaders } from './sign.ts';

export interface WebhookEndpoint {
  readonly name: string;
  /** https; of Slack and Teams the address itself is the secret. */
  readonly url: Secret<string>;
  /** Empty: not signed. */
  readonly keys: readonly Secret<Buffer>[];
  /** PEM; undefined: the authorities the runtime knows. */
  readonly ca: string | undefined;
  readonly mayAsk: (address: string) => boolean;
  /** All addresses of a name. Default: the operating system's. */
  readonly lookup?: (host: string) => Promise<readonly string[]>;
  /** Of one try. */
  readonly timeoutMs?: number;
}

const GONE = 410;
const AGAIN = new Set([408, 425, 429]);

class Refused extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome, message: string) {
    super(message);
    this.outcome = outcome;
  }
}

export function createWebhookSender(endpoint: WebhookEndpoint, log: Log): Sender<Post> {
  return async (post) => {
    const deadline = AbortSignal.timeout(endpoint.timeoutMs ?? LIMITS.deliveryTrySeconds * 1_000);
    try {
      const answer = await ask(endpoint, post, deadline);
      return outcomeOf(answer, post.at);
    } catch (thrown) {
      const outcome = deadline.aborted ? ({ outcome: 'later', fault: 'timed_out' } as const) : failureOf(thrown);
      // Neither the address, which is a secret of Slack's, nor a text of the other side.
      const why = asError(thrown).name;
      log.warn(
        { event: 'delivery.webhook_failed', channel: endpoint.name, delivery: post.id, outcome, why },
        'not taken',
      );
      return outcome;
    }
  };
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

async function ask(endpoint: WebhookEndpoint, { id, body, at }: Post, signal: AbortSignal): Promise<Answer> {
  const url = new URL(endpoint.url.expose());
  const address = await openAddress(endpoint, url.hostname, signal);
  const asked = request(url, {
    method: 'POST',
    agent: false,
    signal,
    // Asked at the address that was checked: the name is not looked up again (DNS rebinding).
    lookup: pinned(address),
    minVersion: 'TLSv1.2',
    ...(endpoint.ca === undefined ? {} : { ca: endpoint.ca }),
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'user-agent': 'sekisho',
      ...(endpoint.keys.length === 0 ? {} : signatureHeaders(endpoint.keys, { id, body, at })),
    },
  });
  asked.end(body);
  const [response] = (await once(asked, 'response', { signal })) as [IncomingMessage];
  try {
    await drain(response);
    return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
  } finally {
    response.destroy();
    asked.destroy();
  }
}

/** The status is the answer. Of the rest so much is read that the other side can end in order, and no more. */
async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response) {
    bytes += Buffer.isBuffer(chunk) ? chunk.length : 0;
    if (bytes > LIMITS.webhookAnswerBytesMax) return;
  }
}

async function openAddress({ mayAsk, lookup = lookUp }: WebhookEndpoint, name: string, signal: AbortSignal) {
  const host = name.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(host) === 0 ? await within(signal, lookup(host)) : [host];
  // All of them: with one open address a name would pass, and be asked at another.
  if (found.length > 0 && found.every(mayAsk)) return found[0] ?? host;
  throw new Refused({ outcome: 'never', fault: 'address_refused' }, 'the address is not open');
}

async function lookUp(host: string): Promise<readonly string[]> {
  return (await systemLookup(host, { all: true })).map(({ address }) => address);
}

function within<Value>(signal: AbortSignal, value: Promise<Value>): Promise<Value> {
  return Promise.race([
    value,
    once(signal, 'abort').then(() => {
      throw new Error('the name was not found in time');
    }),
  ]);
}

function pinned(address: string): LookupFunction {
  const family = isIP(address);
  return (_host, options, done) => {
    if (options.all === true) done(null, [{ address, family }]);
    else done(null, address, family);
  };
}

function outcomeOf({ status, retryAfter }: Answer, now: Date): Outcome {
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  if (status === GONE) return { outcome: 'never', fault: 'gone', status };
  // Followed, it would lead wherever the other side likes, our neighbours too.
  if (status >= 300 && status < 400) return { outcome: 'never', fault: 'redirected', status };
  const worthIt = status >= 500 || status < 200 || AGAIN.has(status);
  const afterMs = worthIt ? waitOf(retryAfter, now) : undefined;
  return {
    outcome: worthIt ? 'later' : 'never',
    fault: 'refused',
    status,
    ...(afterMs === undefined ? {} : { afterMs }),
  };
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function waitOf(retryAfter: string | undefined, now: Date): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

function failureOf(thrown: unknown): Outcome {
  if (thrown instanceof Refused) return thrown.outcome;
  if (hasErrno(thrown, 'ENOTFOUND') || hasErrno(thrown, 'EAI_AGAIN'))
    return { outcome: 'later', fault: 'name_not_found' };
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';
  if (/CERT|TLS|SSL|ALTNAME/.test(code)) return { outcome: 'later', fault: 'tls_refused' };
  return { outcome: 'later', fault: 'unreachable' };
}
