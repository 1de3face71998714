import { HeldBytes } from './held-bytes.ts';
import type { Attendance } from './live-control/attendance.ts';
import type {
  AssetCopy,
  ConnectionId,
  PersonId,
  ProtectedAsset,
  SessionId,
  TargetAuthorization,
} from '../policy/index.ts';

/** Why a session ended. A stable word: it stands in the database, the recording and the audit event. */
export type EndReason =
  | 'closed'
  | 'client_lost'
  | 'target_lost'
  | 'target_refused'
  | 'gate_refused'
  | 'limit_exceeded'
  | 'locked'
  | 'revoked'
  | 'expired'
  | 'undecided'
  | 'recorder_failed'
  | 'shutdown'
  | 'idle'
  | 'too_long'
  | 'ended'
  | 'gateway_restarted'
  | 'worker_lost'
  | 'internal';

export interface LiveSession {
  readonly id: SessionId;
  readonly authorization: TargetAuthorization;
  /** The key that signed the person in; null when a browser did. */
  readonly keyBlob: Buffer | null;
  readonly connectionId: ConnectionId;
  /** Resolves when the recording is sealed and the row closed. */
  readonly closed: Promise<void>;
  /** What those outside the session reach it by. */
  readonly attendance: Attendance;
  /** `detail`: what the person is told beside the reason. */
  end(reason: EndReason, detail?: string): void;
  expireAt(until: Date): void;
  /** Judges by these from now on. */
  learnRules(rules: { assets: readonly ProtectedAsset[]; programs: ReadonlySet<string> }): void;
  /** Protects these too, from now on. */
  learnCopies(copies: readonly AssetCopy[]): void;
}

/** The sessions of this process, so that a lock, a revoke or a shutdown finds them at once. */
export class SessionRegistry {
  readonly #sessions = new Map<SessionId, LiveSession>();
  /** On the way through the sessions of this process. */
  readonly held = new HeldBytes();
  #accessChanges = 0;

  /** How often somebody's access may have changed: what was read before the last of them may be stale. */
  get accessChanges(): number {
    return this.#accessChanges;
  }

  noteAccessChange(): void {
    this.#accessChanges += 1;
  }

  add(session: LiveSession): void {
    this.#sessions.set(session.id, session);
  }

  remove(id: SessionId): void {
    this.#sessions.delete(id);
  }

  ofPerson(personId: PersonId): readonly LiveSession[] {
    return this.all().filter((session) => session.authorization.person.id === personId);
  }

  get(id: SessionId): LiveSession | undefined {
    return this.#sessions.get(id);
  }

  get size(): number {
    return this.#sessions.size;
  }

  all(): readonly LiveSession[] {
    return [...this.#sessions.values()];
  }
}
