import { randomBytes } from 'node:crypto';
import { asError, newUuid } from '../foundation/index.ts';
import type { RecordingWriter, SealedRecording } from '../recorder/index.ts';
import {
  type AssetCopy,
  type ConnectionId,
  NO_RISK_SETTINGS,
  type ProtectedAsset,
  type RiskSettings,
  type SessionId,
  type TargetAuthorization,
  type TargetPolicy,
  withCopies,
} from '../policy/index.ts';
import type { HeldBytes } from './held-bytes.ts';
import { Attendance } from './live-control/attendance.ts';
import { closeSession, insertSession } from './queries.ts';
import { openedEvent, recordingMeta } from './session-opening.ts';
import type { Counted, Direction, SessionDeps, SessionRequest } from './session-model.ts';
import type { EndReason, LiveSession } from './session-registry.ts';

export type { Direction, SessionDeps, SessionRequest } from './session-model.ts';

const CLOSE_RETRY_MS = 1_000;
const CLOSE_ATTEMPTS_MAX = 300;
/** A longer delay than a timer can hold fires at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

interface Granted {
  readonly authorization: TargetAuthorization;
  readonly assets: readonly ProtectedAsset[];
  readonly risk?: RiskSettings;
  readonly programs?: ReadonlySet<string>;
}

/** One admitted, recorded session. It ends once, for one reason; `signal` tells everything that works for it. */
export class GatewaySession implements LiveSession {
  readonly id: SessionId;
  readonly authorization: TargetAuthorization;
  readonly risk: RiskSettings;
  readonly certificateSerial: bigint;
  readonly keyBlob: Buffer | null;
  readonly connectionId: ConnectionId;
  readonly attendance: Attendance;
  readonly #deps: SessionDeps;
  readonly #recording: RecordingWriter;
  readonly #ending = new AbortController();
  readonly #closed: Promise<void>;
  /** Beyond it no grant carries: what signed the person in runs out. */
  readonly #latest: Date | undefined;
  #resolveClosed: () => void = () => undefined;
  #expiry: NodeJS.Timeout | undefined;
  #rules: Pick<TargetPolicy, 'assets' | 'programs'>;
  #reason: EndReason = 'closed';
  #detail: string | undefined;
  #bytesIn = 0;
  #bytesOut = 0;

  constructor(
    deps: SessionDeps,
    granted: Granted & {
      readonly serial: bigint;
      readonly keyBlob: Buffer | null;
      readonly connectionId: ConnectionId;
      readonly hasTerminal: boolean;
      readonly until: Date | undefined;
    },
    recording: RecordingWriter,
  ) {
    this.id = recording.sessionId;
    this.authorization = granted.authorization;
    this.#rules = { assets: granted.assets, programs: granted.programs ?? new Set() };
    this.risk = granted.risk ?? NO_RISK_SETTINGS;
    this.certificateSerial = granted.serial;
    this.keyBlob = granted.keyBlob;
    this.connectionId = granted.connectionId;
    this.#latest = granted.until;
    this.#deps = deps;
    this.#recording = recording;
    this.#closed = new Promise((resolve) => (this.#resolveClosed = resolve));
    this.attendance = new Attendance({
      ...{ clock: deps.clock, limits: deps.timeLimits, hasTerminal: granted.hasTerminal },
      locale: granted.authorization.person.locale,
      mark: (label) => this.mark(label),
      end: (reason) => this.end(reason),
    });
    this.expireAt(granted.authorization.until);
    recording.failed.addEventListener('abort', () => this.end('recorder_failed'), { once: true });
    deps.registry.add(this);
  }

  /** What is on its way through this and every other session of the process. */
  get held(): HeldBytes {
    return this.#deps.registry.held;
  }

  /** What the gate judges by here. */
  get policy(): TargetPolicy {
    return { mode: this.authorization.target.mode, ...this.#rules };
  }

  get assets(): readonly ProtectedAsset[] {
    return this.#rules.assets;
  }

  /** What is protected and known changed: what was copied a moment ago is protected in every session. */
  learnRules({ assets, programs }: { assets: readonly ProtectedAsset[]; programs: ReadonlySet<string> }): void {
    this.#rules = { assets, programs };
  }

  learnCopies(copies: readonly AssetCopy[]): void {
    this.#rules = { ...this.#rules, assets: withCopies(this.#rules.assets, copies) };
  }

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get closed(): Promise<void> {
    return this.#closed;
  }

  get endReason(): EndReason {
    return this.#reason;
  }

  /** What the person is told beside the reason. */
  get endDetail(): string | undefined {
    return this.#detail;
  }

  /** Why the session will have ended once its work, which goes on, is done. */
  conclude(reason: EndReason): void {
    if (!this.#ending.signal.aborted) this.#reason = reason;
  }

  /** Ends the session; only the first reason counts. */
  end(reason: EndReason, detail?: string): void {
    if (this.#ending.signal.aborted) return;
    this.#reason = reason;
    this.#detail = detail;
    this.attendance.stop();
    this.#ending.abort(reason);
  }

  /** Sets when the access ends, and the session with it: a grant may be cut short or extended while it lives. */
  expireAt(granted: Date): void {
    clearTimeout(this.#expiry);
    if (this.#ending.signal.aborted) return;
    const until = this.#latest !== undefined && this.#latest < granted ? this.#latest : granted;
    const left = Math.max(until.getTime() - this.#deps.clock.now().getTime(), 0);
    const due = (): void => (left > TIMER_MS_MAX ? this.expireAt(until) : this.end('expired'));
    this.#expiry = setTimeout(due, Math.min(left, TIMER_MS_MAX));
  }

  /**
   * Makes bytes durable. Call it before they reach anybody: what could not be stored must not have happened. While the
   * session is paused it waits: bytes are neither recorded nor, therefore, passed on.
   */
  async record(direction: Direction, bytes: Uint8Array): Promise<void> {
    while (this.attendance.held !== undefined) await this.attendance.held;
    if (direction === 'i') this.attendance.noteInput();
    await this.recordOwn(direction, bytes);
  }

  /** The gateway's own line: recorded also while everything else waits. */
  async recordOwn(direction: Direction, bytes: Uint8Array): Promise<void> {
    await this.#recording.append(direction, bytes);
    this.#count(direction, bytes.length);
  }

  /** As `record`, for contents of a file: how many bytes pass, and not what they are. */
  async recordContent(direction: Direction, bytes: number): Promise<void> {
    while (this.attendance.held !== undefined) await this.attendance.held;
    if (direction === 'i') this.attendance.noteInput();
    await this.#recording.append('c', Buffer.from(`${direction} ${bytes}`));
    this.#count(direction, bytes);
  }

  #count(direction: Direction, bytes: number): void {
    if (direction === 'i') this.#bytesIn += bytes;
    else this.#bytesOut += bytes;
  }

  /** As `record`: one step of an exchange with a site, or a piece of a body, of which `counted` passes. */
  async recordExchange(type: 'w' | 'a' | 'u', payload: Uint8Array, counted?: Counted): Promise<void> {
    while (this.attendance.held !== undefined) await this.attendance.held;
    await this.#recording.append(type, payload);
    if (counted !== undefined) this.#count(counted.direction, counted.bytes);
  }

  async recordResize(columns: number, rows: number): Promise<void> {
    await this.#recording.append('r', Buffer.from(`${columns}x${rows}`));
  }

  /** A marker an auditor can jump to, for example a judged line. */
  async mark(label: string): Promise<void> {
    await this.#recording.append('m', Buffer.from(label));
  }

  /**
   * Seals the recording and closes the row, in that order: a row that says closed has its recording. Resolves when it
   * is sealed and the database was told once: the person does not wait for a database that is away.
   */
  async close(exitStatus: number | null): Promise<void> {
    clearTimeout(this.#expiry);
    this.end(this.#reason);
    const sealed = await this.#seal(exitStatus);
    if (await this.#tryToCloseRow(sealed, exitStatus, 1)) this.#done();
    else void this.#closeRowLater(sealed, exitStatus).finally(() => this.#done());
  }

  #done(): void {
    this.#deps.registry.remove(this.id);
    this.#resolveClosed();
  }

  async #seal(exitStatus: number | null): Promise<SealedRecording | undefined> {
    try {
      return await this.#recording.close(Buffer.from(String(exitStatus ?? -1)));
    } catch (thrown) {
      this.#deps.log.error(
        { event: 'session.seal_failed', sessionId: this.id, err: asError(thrown) },
        'recording not sealed',
      );
      return undefined;
    }
  }

  /** The database may be restarting: what is sealed on disk is told to it when it is back. */
  async #closeRowLater(sealed: SealedRecording | undefined, exitStatus: number | null): Promise<void> {
    // After the last attempt the row stays open: the next start finds it and its sealed recording.
    for (let attempt = 2; attempt <= CLOSE_ATTEMPTS_MAX; attempt += 1) {
      await new Promise((resolve) => setTimeout(resolve, CLOSE_RETRY_MS).unref());
      if (await this.#tryToCloseRow(sealed, exitStatus, attempt)) return;
    }
  }

  async #tryToCloseRow(
    sealed: SealedRecording | undefined,
    exitStatus: number | null,
    attempt: number,
  ): Promise<boolean> {
    try {
      await this.#writeClosed(sealed, exitStatus);
      return true;
    } catch (thrown) {
      const err = asError(thrown);
      this.#deps.log.warn(
        { event: 'session.close_retry', sessionId: this.id, attempt, err },
        'closing waits for the database',
      );
      return false;
    }
  }

  async #writeClosed(sealed: SealedRecording | undefined, exitStatus: number | null): Promise<void> {
    const { database, clock } = this.#deps;
    const reason = this.#reason;
    const head = sealed?.head.toString('hex') ?? '';
    const event = {
      type: 'session.closed',
      actor: this.authorization.person.id,
      session: this.id,
      body: { reason, exitStatus, bytesIn: this.#bytesIn, bytesOut: this.#bytesOut, head },
    } as const;
    await closeSession(database, clock, { id: this.id, reason, exitStatus, sealed, event });
  }
}

/**
 * Opens the recording, then the session's row and event. No recording, no session: the order is the rule.
 * @throws {GatewayError} `recording_unavailable`, `database_unavailable`.
 */
export async function openSession(
  deps: SessionDeps,
  granted: Granted,
  request: SessionRequest,
): Promise<GatewaySession> {
  const id = newUuid(deps.clock.now()) as SessionId;
  const serial = randomBytes(8).readBigUInt64BE() >> 1n;
  const recording = await deps.recorder.openRecording(recordingMeta(id, granted.authorization, request));
  try {
    const { authorization } = granted;
    const row = { ...request, id, gatewayId: deps.gatewayId, workerId: deps.workerId ?? null, authorization };
    await insertSession(deps.database, deps.clock, row, openedEvent(id, authorization, request, serial));
  } catch (thrown) {
    await recording.close().catch(() => undefined); // Its open leaf stays: an attempt that came no further.
    throw thrown;
  }
  return new GatewaySession(
    deps,
    {
      ...{ ...granted, serial, keyBlob: request.keyBlob, connectionId: request.connectionId, until: request.until },
      hasTerminal: request.terminal !== undefined || request.kind === 'web', // Left open, both are idle.
    },
    recording,
  );
}
