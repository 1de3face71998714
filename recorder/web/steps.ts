/** One step of an exchange with a site: the payload of a frame of type `w` (docs/formats/recording-v2.md). */
import { z } from 'zod';
import { canonicalJson } from '../../evidence/index.ts';
import { GatewayError } from '../../foundation/index.ts';

const count = z.int().min(0);
const headers = z.array(z.tuple([z.string(), z.string()]));
const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable();

/** How an exchange ended. `failed`: the site broke off or did not answer; `gone`: the browser went away. */
const WEB_OUTCOMES = ['passed', 'refused', 'cut', 'vault', 'failed', 'gone', 'socket'] as const;
export type WebOutcome = (typeof WEB_OUTCOMES)[number];

const WebStepSchema = z.discriminatedUnion('step', [
  /** What the browser asks. Secrets in `url` and `headers` are left out, their lengths are not. */
  z.strictObject({ step: z.literal('asked'), n: count, method: z.string(), url: z.string(), headers }),
  /** What the site answers, before anybody sees it. */
  z.strictObject({ step: z.literal('answered'), n: count, status: z.int(), headers }),
  /** A piece of a WebSocket: from whom, and how many bytes. */
  z.strictObject({ step: z.literal('message'), n: count, from: z.enum(['browser', 'site']), bytes: count }),
  z.strictObject({
    step: z.literal('done'),
    n: count,
    method: z.string(),
    url: z.string(),
    status: z.int().nullable(),
    outcome: z.enum(WEB_OUTCOMES),
    kind: z.string(),
    title: z.string(),
    /** Why it was refused or cut: rules and reasons. */
    found: z.array(z.string()),
    bytesIn: count,
    bytesOut: count,
    sha256In: sha256,
    sha256Out: sha256,
    rows: count,
    millis: count,
  }),
]);
export type WebStep = z.infer<typeof WebStepSchema>;
export type WebDone = Extract<WebStep, { step: 'done' }>;

export function encodeWebStep(step: WebStep): Buffer {
  return Buffer.from(canonicalJson(step));
}

/** @throws {GatewayError} `recording_corrupt`. */
export function decodeWebStep(payload: Buffer): WebStep {
  try {
    return WebStepSchema.parse(JSON.parse(payload.toString('utf8')));
  } catch (cause) {
    throw new GatewayError('recording_corrupt', 'A step of an exchange with a site cannot be read.', { cause });
  }
}

/** `GET /customers → 200 顧客一覧 (page, 20 rows)`, as a marker and a line of the transcript. */
export function wordWebStep({ method, url, status, outcome, kind, title, rows, found }: WebDone): string {
  const of = [kind, ...(rows > 0 ? [`${rows} rows`] : []), ...(outcome === 'passed' ? [] : [outcome, ...found])];
  return `${method} ${url} → ${status ?? '-'}${title === '' ? '' : ` ${title}`} (${of.join(', ')})`;
}
