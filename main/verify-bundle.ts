/** `sekisho verify BUNDLE.zip`: needs the bundle alone, and what the verifier himself holds. */
import { readFile } from 'node:fs/promises';
import {
  type BundleReport,
  damagedBundle,
  EvidenceError,
  EXIT_CODES,
  fromHex,
  parsePolicy,
  type Progress,
  type Scope,
  verifyBundle,
} from '../evidence/index.ts';
import { asError, GatewayError } from '../foundation/index.ts';
import { message } from '../messages/index.ts';
import { nodeCrypto } from '../recorder/index.ts';
import { DamagedBundle, openBundle } from './bundle/zip-source.ts';
import { wordFindings } from './verify.ts';

export interface VerifyBundleOptions {
  readonly bundle: string;
  /** The verifier's own policy file. */
  readonly policy: string | undefined;
  /** Checkpoints that the verifier holds: of his witness, of an earlier bundle. */
  readonly held: readonly string[];
  /** 64 hex digits: who may submit to the ledger. */
  readonly submitters: readonly string[];
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly sessions: readonly string[];
  readonly json: boolean;
  readonly locale: 'en' | 'ja';
}

/** What a command line that cannot be followed ends in: no verdict, so none of their codes (EX_USAGE of sysexits.h). */
const NO_VERDICT = 64;

/** @returns the verdict's exit code, and another one when the verifier's own policy, checkpoints or words are at fault. */
export async function runVerifyBundle(options: VerifyBundleOptions): Promise<number> {
  const report = await check(options).catch((thrown: unknown) => {
    if (thrown instanceof DamagedBundle) return damagedBundle(thrown.message);
    if (thrown instanceof EvidenceError || thrown instanceof GatewayError) return thrown.message;
    throw thrown;
  });
  if (typeof report === 'string') {
    process.stderr.write(`sekisho: ${report}\n`);
    return NO_VERDICT;
  }
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : wordBundleReport(report, options.locale));
  return EXIT_CODES[report.verdict];
}

async function check({
  bundle,
  policy,
  held,
  submitters,
  sessions,
  from,
  to,
}: VerifyBundleOptions): Promise<BundleReport> {
  const own = policy === undefined ? undefined : await readOwn(policy);
  // Before the bundle is opened: a mistake in it must not look like one of the bundle's.
  if (own !== undefined) parsePolicy(nodeCrypto, own);
  const checkpoints = await Promise.all(held.map(readOwn));
  const keys = submitters.map((text) => {
    const key = fromHex(text, 32);
    if (key === undefined) throw new GatewayError('request_invalid', '--submitter takes 64 hex digits.');
    return key;
  });
  const scope = askedScope({ sessions, from, to });
  using source = await openBundle(bundle);
  return await verifyBundle({
    ...{ source, crypto: nodeCrypto, scope, policy: own, held: checkpoints, submitters: keys },
    onProgress: progressLine(),
  });
}

function askedScope({ sessions, from, to }: Pick<VerifyBundleOptions, 'sessions' | 'from' | 'to'>): Scope | undefined {
  if (sessions.length > 0) return { kind: 'sessions', sessions };
  if (from === undefined && to === undefined) return undefined;
  const [start, end] = [Date.parse(from ?? ''), Date.parse(to ?? '')];
  if (Number.isNaN(start) || Number.isNaN(end)) {
    throw new GatewayError('request_invalid', '--from and --to take times: 2026-11-01T00:00:00Z');
  }
  return { kind: 'period', from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}

async function readOwn(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new GatewayError('request_invalid', `${path} cannot be read: ${asError(cause).message}`, { cause });
  });
}

/** For whoever waits at a terminal; a pipe gets none of it. */
function progressLine(): ((progress: Progress) => void) | undefined {
  if (!process.stderr.isTTY) return undefined;
  let told = '';
  return ({ stage, done, total }) => {
    const line = `${stage} ${Math.floor((100 * done) / Math.max(1, total))} %`;
    if (line !== told) process.stderr.write(`\r${line}\u001b[K${done === total ? '\r\u001b[K' : ''}`);
    told = line;
  };
}

/** The verdict word first and alone on its line, then what it means, then every finding with its place. */
function wordBundleReport(report: BundleReport, language: 'en' | 'ja'): string {
  const { verdict, findings, scope, log, sessions, events, ledger, policy } = report;
  const lines = [
    verdict,
    message(language, `evidence.${verdict}`),
    ...wordFindings(findings, language),
    scope.kind === 'period'
      ? message(language, 'bundle.scope.period', { from: scope.from, to: scope.to })
      : message(language, 'bundle.scope.sessions', { sessions: scope.sessions.join(', ') }),
  ];
  if (log !== null) {
    const by = log.by.length === 0 ? '-' : log.by.join(', ');
    lines.push(message(language, 'evidence.log', { origin: log.origin, size: log.size, newest: log.newest, by }));
  }
  if (policy !== '') lines.push(message(language, 'evidence.policy', { policy }));
  for (const { sid, frames, chunks, bytes, opened, closed } of sessions) {
    lines.push(message(language, 'evidence.session', { sid, frames, chunks, bytes, opened, closed: closed ?? '-' }));
  }
  lines.push(message(language, 'evidence.events', { shown: events.shown, logged: events.logged }));
  if (ledger !== null) lines.push(message(language, 'evidence.ledger', { records: ledger.records, size: ledger.size }));
  return `${lines.join('\n')}\n`;
}
