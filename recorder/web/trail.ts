/** The exchanges of a session with a site, as an auditor reads them and as HAR 1.2 takes them. */
import { decodeMeta } from '../recording.ts';
import type { Frame } from '../frames.ts';
import { decodeWebStep, type WebStep } from './steps.ts';

type Of<Step extends WebStep['step']> = Extract<WebStep, { step: Step }>;

export interface WebExchange {
  /** Unix milliseconds. */
  readonly at: number;
  readonly asked: Of<'asked'>;
  readonly answered: Of<'answered'> | undefined;
  /** Undefined where the recording broke off before. */
  readonly done: Of<'done'> | undefined;
}

interface Open {
  readonly at: number;
  readonly asked: Of<'asked'>;
  answered?: Of<'answered'>;
}

/** In the order in which they ended; what never ended comes last. @throws what `frames` throws. */
export async function* readWebTrail(frames: AsyncIterable<Frame>): AsyncGenerator<WebExchange, void, undefined> {
  const open = new Map<number, Open>();
  for await (const { type, payload, micros } of frames) {
    if (type === 'h') decodeMeta(payload);
    if (type !== 'w') continue;
    const step = decodeWebStep(payload);
    const known = open.get(step.n);
    if (step.step === 'asked') open.set(step.n, { at: Number(micros / 1_000n), asked: step });
    else if (step.step === 'answered' && known !== undefined) known.answered = step;
    else if (step.step === 'done' && known !== undefined) {
      open.delete(step.n);
      yield { at: known.at, asked: known.asked, answered: known.answered, done: step };
    }
  }
  for (const { at, asked, answered } of open.values()) yield { at, asked, answered, done: undefined };
}

/** HAR 1.2 (W3C draft 2012-08-14), entry by entry. Bodies are not in it: their sizes and hashes are, as `_sekisho`. */
export async function* exportHar(
  trail: AsyncIterable<WebExchange>,
  { origin, version }: { readonly origin: string; readonly version: string },
): AsyncGenerator<string, void, undefined> {
  yield `{"log":{"version":"1.2","creator":{"name":"Sekisho","version":${JSON.stringify(version)}},"pages":[],"entries":[`;
  let mark = '';
  for await (const exchange of trail) {
    yield mark + JSON.stringify(harEntry(exchange, origin));
    mark = ',';
  }
  yield ']}}\n';
}

const NOTHING_DONE = { millis: 0, bytesIn: -1, bytesOut: -1 };
const NOTHING_ANSWERED: Pick<Of<'answered'>, 'status' | 'headers'> = { status: 0, headers: [] };

function harEntry({ at, asked, answered, done }: WebExchange, origin: string) {
  const named = (headers: readonly (readonly [string, string])[]) => headers.map(([name, value]) => ({ name, value }));
  const { status, headers } = answered ?? NOTHING_ANSWERED;
  const { millis, bytesIn, bytesOut } = done ?? NOTHING_DONE;
  const valueOf = (wanted: string): string => headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? '';
  const [, search = ''] = asked.url.split(/\?(.*)/s);
  const common = { httpVersion: 'HTTP/1.1', cookies: [], headersSize: -1 };
  return {
    startedDateTime: new Date(at).toISOString(),
    time: millis,
    request: {
      ...common,
      ...{ method: asked.method, url: origin + asked.url, headers: named(asked.headers) },
      ...{ queryString: named([...new URLSearchParams(search)]), bodySize: bytesIn },
    },
    response: {
      ...common,
      ...{ status, statusText: '', headers: named(headers), redirectURL: valueOf('location') },
      ...{ content: { size: Math.max(bytesOut, 0), mimeType: valueOf('content-type') }, bodySize: bytesOut },
    },
    cache: {},
    timings: { send: 0, wait: millis, receive: 0 },
    _sekisho: done === undefined ? { outcome: 'unfinished' } : sekishoOf(done),
  };
}

function sekishoOf({ outcome, kind, title, found, rows, sha256In, sha256Out }: Of<'done'>) {
  return { outcome, kind, title, found, rows, sha256In, sha256Out };
}
