/** The whole check: policy, log, sessions, objects, events, ledger. One code for the command, the browser and the tests. */
import { EvidenceError, toHex } from './bytes.ts';
import { type CheckedLedger, checkLedger } from './check-ledger.ts';
import { checkObjects } from './check-objects.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoints.ts';
import type { Verifying } from './crypto.ts';
import { type EventCommitment, parseEvents } from './events.ts';
import { inspectLog, type InspectedLog } from './inspect-log.ts';
import type { InspectedSession } from './inspect-sessions.ts';
import { type Stream, STREAMS } from './leaves.ts';
import { openNote, parseNote } from './notes.ts';
import { parsePolicy, type Policy } from './policy.ts';
import { type CheckedLog, checkLog } from './read-log.ts';
import { type EvidenceSource, PATHS, type Progress, type Scope } from './source.ts';
import { createFindings, type Finding, type Findings, type Verdict, verdictOf } from './verdicts.ts';

export interface VerifyOptions {
  readonly source: EvidenceSource;
  readonly crypto: Verifying;
  readonly scope: Scope;
  /** The verifier's own policy file. Without it the best verdict is VERIFIED-UNWITNESSED. */
  readonly policy?: Uint8Array | undefined;
  /** Signed checkpoints the verifier has from elsewhere: of his own witness, of an earlier bundle. */
  readonly held?: readonly Uint8Array[];
  /** Raw public keys of those who may submit to the ledger. */
  readonly submitters?: readonly Uint8Array[];
  /** The streams whose chunks have to be there; both unless said. */
  readonly streams?: readonly Stream[];
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Looks into what is sealed, for a verifier who holds keys; called for each session when its leaves are proven. */
  readonly lookInside?: (session: InspectedSession) => Promise<readonly Omit<Finding, 'severity'>[]>;
}

export interface SessionReport {
  readonly sid: string;
  readonly kind: string;
  readonly opened: string;
  readonly closed: string | null;
  readonly frames: number;
  readonly chunks: number;
  /** Of the objects. */
  readonly bytes: number;
  readonly shredded: readonly Stream[];
}

export interface VerifyReport {
  readonly verdict: Verdict;
  /** The gravest first. */
  readonly findings: readonly Finding[];
  readonly scope: Scope;
  /** Null when the log could not be judged. */
  readonly log: {
    readonly origin: string;
    readonly size: number;
    readonly root: string;
    /** Witnesses who cosigned, by the policy's names. */
    readonly by: readonly string[];
    /** Time of the newest leaf; empty for a log without any. */
    readonly newest: string;
  } | null;
  /** SHA-256 of the policy that was applied. */
  readonly policy: string;
  readonly sessions: readonly SessionReport[];
  readonly events: { readonly logged: number; readonly shown: number };
  readonly ledger: CheckedLedger | null;
}

const SIGSUM = 'sigsum.org/v1/tree/';

/** @throws {EvidenceError} when what the verifier himself brought, policy or checkpoints, cannot be used. */
export async function verifyEvidence(options: VerifyOptions): Promise<VerifyReport> {
  const findings = createFindings();
  const applied = await policyOf(options, findings);
  if (applied === undefined) return report(options, findings, {});
  const { policy } = applied;
  const held = (options.held ?? []).map((note) => heldCheckpoint(options.crypto, policy, note));
  const events = await eventsOf(options, findings);
  const common = { ...options, policy, findings };
  const inspector = inspectLog({ ...common, events });
  const audit = held.filter(({ origin }) => !origin.startsWith(SIGSUM));
  const log = await checkLog({ ...common, place: PATHS.log, held: audit, visit: inspector.visit });
  // Leaves that nobody signed prove nothing, and their contradictions neither.
  const inspected = log === undefined ? undefined : inspector.finish(earliest(log));
  if (inspected !== undefined) {
    await checkObjects({ ...common, streams: options.streams ?? STREAMS }, inspected.sessions);
    for (const session of inspected.sessions) {
      for (const { code, where, detail } of (await options.lookInside?.(session)) ?? [])
        findings.add(code, where, detail);
    }
  }
  const ledger = await ledgerOf(options, policy, held, findings);
  return report(options, findings, { policy: applied.sha256, log, inspected, ledger, shown: events.size });
}

/** One session of a recorder's directory or a bundle. */
export function verifySession(options: Omit<VerifyOptions, 'scope'>, sid: string): Promise<VerifyReport> {
  return verifyEvidence({ ...options, scope: { kind: 'sessions', sessions: [sid] } });
}

/** The same report with more found. */
export function withFindings(report: VerifyReport, more: readonly Omit<Finding, 'severity'>[]): VerifyReport {
  const findings = createFindings();
  for (const { code, where, detail } of [...more, ...report.findings]) findings.add(code, where, detail);
  return { ...report, findings: findings.list(), verdict: verdictOf(findings.list()) };
}

async function policyOf(
  { source, crypto, policy: own }: VerifyOptions,
  findings: Findings,
): Promise<{ policy: Policy; sha256: string } | undefined> {
  if (own !== undefined) return { policy: parsePolicy(crypto, own), sha256: toHex(crypto.sha256(own)) };
  findings.add('policy_not_yours', PATHS.policy);
  const bytes = await source.read(PATHS.policy);
  try {
    if (bytes !== undefined) return { policy: parsePolicy(crypto, bytes), sha256: toHex(crypto.sha256(bytes)) };
    findings.add('file_missing', PATHS.policy);
  } catch (thrown) {
    if (!(thrown instanceof EvidenceError)) throw thrown;
    findings.add('policy_unreadable', PATHS.policy, thrown.message);
  }
  return undefined;
}

/** What the verifier holds is his own, yet a note that nobody he knows signed is a mistake of his and said so. */
function heldCheckpoint(crypto: Verifying, policy: Policy, bytes: Uint8Array): Checkpoint {
  const note = parseNote(bytes);
  const keys = [...policy.logs, ...policy.witnesses].map(({ key }) => key);
  if (openNote(crypto, note, keys).length === 0) {
    throw new EvidenceError('The checkpoint you hold is signed by nobody of the policy.');
  }
  return parseCheckpoint(note.body);
}

async function eventsOf({ source, crypto }: VerifyOptions, findings: Findings): Promise<Map<number, EventCommitment>> {
  const bytes = await source.read(PATHS.events);
  try {
    return bytes === undefined ? new Map<number, EventCommitment>() : parseEvents(crypto, bytes);
  } catch (thrown) {
    if (!(thrown instanceof EvidenceError)) throw thrown;
    findings.add('events_unreadable', PATHS.events, thrown.message);
    return new Map();
  }
}

function earliest({ decision }: CheckedLog): number | undefined {
  return decision.times.size === 0 ? undefined : Math.min(...decision.times.values());
}

async function ledgerOf(
  options: VerifyOptions,
  policy: Policy,
  held: readonly Checkpoint[],
  findings: Findings,
): Promise<CheckedLedger | undefined> {
  const { source, scope, submitters = [] } = options;
  const known = policy.logs.some(({ key }) => key.name.startsWith(SIGSUM));
  if ((await source.read(`${PATHS.ledger}/checkpoint`)) === undefined) {
    if (known && scope.kind === 'period') findings.add('ledger_missing', PATHS.ledger);
    return undefined;
  }
  const ours = held.filter(({ origin }) => origin.startsWith(SIGSUM));
  return checkLedger({ ...options, policy, held: ours, findings, submitters });
}

interface Parts {
  readonly policy?: string;
  readonly log?: CheckedLog | undefined;
  readonly inspected?: InspectedLog | undefined;
  readonly ledger?: CheckedLedger | undefined;
  readonly shown?: number;
}

function report({ scope }: VerifyOptions, findings: Findings, parts: Parts): VerifyReport {
  const { policy = '', log, inspected, ledger, shown = 0 } = parts;
  const list = findings.list();
  return {
    verdict: verdictOf(list),
    findings: list,
    scope,
    log: log === undefined ? null : { ...describe(log), newest: inspected?.newest ?? '' },
    policy,
    sessions: (inspected?.sessions ?? []).map(describeSession),
    events: { logged: inspected?.events ?? 0, shown },
    ledger: ledger ?? null,
  };
}

function describe({ decision: { checkpoint, by } }: CheckedLog) {
  return { origin: checkpoint.origin, size: checkpoint.size, root: toHex(checkpoint.root), by };
}

function describeSession({ sid, open, close, chunks, shredded }: InspectedSession): SessionReport {
  return {
    sid,
    kind: open.kind,
    opened: open.at,
    closed: close?.at ?? null,
    frames: chunks.reduce((sum, { frames }) => sum + frames, 0),
    chunks: chunks.length,
    bytes: chunks.reduce((sum, { bytes }) => sum + bytes, 0),
    shredded: STREAMS.filter((stream) => shredded[stream] !== undefined),
  };
}
