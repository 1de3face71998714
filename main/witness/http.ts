/** The witness on HTTP: one call for logs, two pages for people and for whoever compares what was seen. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { asError, type Clock, LIMITS, type Log } from '../../foundation/index.ts';
import type { Witness } from '../../recorder/index.ts';
import { createRateLimit } from './rate-limit.ts';

const TEXT = 'text/plain; charset=utf-8';
const CHECKPOINT_PATH = /^\/([0-9a-f]{64})\/checkpoint$/;

export function witnessListener({
  witness,
  clock,
  log,
}: {
  readonly witness: Witness;
  readonly clock: Clock;
  readonly log: Log;
}): RequestListener {
  const mayAsk = createRateLimit(clock, LIMITS.witnessRequestsPerAddressMax);
  return (request, response) => {
    const answered = mayAsk(request.socket.remoteAddress ?? '')
      ? answer(witness, request, response)
      : refuse(response, 429, 'too many requests');
    answered.catch((thrown: unknown) => {
      log.error({ event: 'witness.failed', err: asError(thrown) }, 'the witness could not answer');
      if (!response.headersSent) send(response, 500, 'the witness cannot store what it sees\n');
    });
  };
}

async function answer(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (path === '/add-checkpoint') return add(witness, request, response);
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'GET only');
  const note = path === '/' ? describe(witness) : witness.checkpoint(CHECKPOINT_PATH.exec(path)?.[1] ?? '');
  if (note === undefined) return refuse(response, 404, 'not found');
  send(response, 200, note.toString('utf8'));
}

async function add(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') return refuse(response, 405, 'POST only');
  const body = await readBody(request);
  if (body === undefined) return refuse(response, 413, 'the request is too large');
  const { status, type, body: said } = await witness.add(body);
  send(response, status, said, type);
}

function refuse(response: ServerResponse, status: number, why: string): Promise<void> {
  send(response, status, `${why}\n`);
  return Promise.resolve();
}

function describe(witness: Witness): string {
  const logs = witness.seen.map(
    ({ origin, size, isWatched }) => `${size}\t${origin}${isWatched ? '' : '\t(not cosigned any more)'}`,
  );
  return ['sekisho witness', witness.verifier, '', 'leaves seen\tlog', ...logs, ''].join('\n');
}

function send(response: ServerResponse, status: number, body: string, type = TEXT): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

/** Undefined when it is larger than any request can be; the rest is not read. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    bytes += part.length;
    if (bytes > LIMITS.witnessRequestBytesMax) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
