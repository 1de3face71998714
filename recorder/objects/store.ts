/** Where sealed chunks are kept: by the hash of their bytes, written once, never changed. docs/formats/objects.md. */
import { createHash } from 'node:crypto';
import { GatewayError } from '../../foundation/index.ts';

export interface ObjectStore {
  /**
   * Resolves when the object is durable; putting the same bytes under the same id again is no error.
   * @param id lower-case hex SHA-256 of the bytes, which the caller computed.
   * @param pages the same bytes and zeros behind them, whole pages in memory that begins at one: files are written from
   * them without a copy.
   * @throws {GatewayError} `recording_unavailable` with what the disk said; `recording_corrupt` when other bytes stand
   * under the id; `storage_unavailable` when there is no room left because an object storage has not answered for long.
   */
  put(bytes: readonly Uint8Array[], id: string, pages?: Uint8Array): Promise<void>;
  /** The bytes, whose hash the caller checks; undefined when there is no such object. @throws as `put`. */
  get(id: string): Promise<Buffer | undefined>;
  has(id: string): Promise<boolean>;
  /** Every object once, in no order. `bytes`: its size. */
  list(): AsyncIterable<StoredObject>;
  protection(): Promise<Protection>;
  /**
   * Asked before a session begins: what is recorded already has to find room first.
   * @throws {GatewayError} `storage_unavailable`.
   */
  admit(): Promise<void>;
}

/** Closed by who opened it. */
export interface OwnedObjects extends ObjectStore, AsyncDisposable {}

export interface StoredObject {
  readonly id: string;
  readonly bytes: number;
}

/**
 * `prevented`: nobody who runs the gateway, root included, can change or remove an object before its time.
 * `detected`: somebody can, and the verifier says so.
 */
export interface Protection {
  readonly mode: 'prevented' | 'detected';
  readonly detail: ProtectionDetail;
  /** For how many days each object is locked; with a lock only. */
  readonly days?: number;
  /** Bytes that are not in the object storage yet, and only detected until they are. */
  readonly waitingBytes?: number;
}

export type ProtectionDetail =
  | 'files_read_only'
  | 'files_immutable'
  | 'object_lock'
  | 'object_lock_unconfirmed'
  | 'object_versions';

const ID = /^[0-9a-f]{64}$/;

export function isObjectId(text: string): boolean {
  return ID.test(text);
}

/** Where the object stands below its store: `ab/<id>`. An id that is none never becomes a path: `../` in one would. */
export function objectPath(id: string): string {
  if (!isObjectId(id)) throw new GatewayError('recording_corrupt', 'The id of an object is not a SHA-256.');
  return `${id.slice(0, 2)}/${id}`;
}

/** The id of these bytes. */
export function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
