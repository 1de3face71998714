/** The audit events of one `files` session: every file that passed, and every act that was refused. */
import { asError, LIMITS } from '../../../foundation/index.ts';
import { type FileProtocol, NOTHING_LEAVES, Tally } from '../../../policy/index.ts';
import { type AuditEvent, appendAuditEvent } from '../../../recorder/index.ts';
import type { ChannelWork } from '../model.ts';
import type { Gate } from '../stream-io.ts';
import { shownPath } from './paths.ts';

export interface TransferredFile {
  readonly protocol: FileProtocol;
  readonly direction: 'upload' | 'download';
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string | null;
  /** Whether the end of the file was reached and both sides said that all went well. */
  readonly complete: boolean;
  readonly ranges: string;
}

export interface RefusedFile {
  readonly protocol: FileProtocol;
  readonly act: string;
  readonly path: string;
  readonly reason: string;
}

type FileWork = Pick<ChannelWork, 'deps' | 'session'> & Partial<Pick<ChannelWork, 'meter'>>;

type FileEvent = Extract<AuditEvent, { type: 'file.transferred' | 'file.refused' }>;

/** Many small files end faster than a database commits: events that wait share a transaction, and too many stop reading. */
export class FileAudit implements Gate {
  readonly #work: FileWork;
  readonly #listeners = new Set<() => void>();
  #waiting: FileEvent[] = [];
  #writing: Promise<void> = Promise.resolve();
  #error: Error | undefined;
  #refused = 0;

  constructor(work: FileWork) {
    this.#work = work;
  }

  get isFull(): boolean {
    return this.#waiting.length >= LIMITS.fileEventsWaitingMax;
  }

  get failed(): boolean {
    return this.#error !== undefined;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Notes a file that has passed. It stands in the recording too, at the moment it ended. */
  transferred(file: TransferredFile): void {
    const { direction, bytes, sha256 } = file;
    if (direction === 'download') this.#work.meter?.note(new Tally(), { ...NOTHING_LEAVES, files: 1 });
    const path = shownPath(file.path);
    // The recorder's failure ends the session by itself.
    this.#work.session.mark(`${direction} ${path} ${bytes} ${sha256 ?? '-'}`).catch(() => undefined);
    this.#push('file.transferred', { ...file, path });
  }

  /**
   * Writes the event of a refusal, before anybody is told. One more than `LIMITS.fileRefusalsMax` ends the session:
   * otherwise one client could fill the audit events.
   */
  async refused({ protocol, act, path, reason }: RefusedFile): Promise<void> {
    this.#refused += 1;
    if (this.#refused > LIMITS.fileRefusalsMax) this.#work.session.end('gate_refused');
    this.#push('file.refused', { protocol, act, path: shownPath(path), reason });
    await this.written();
  }

  /** Resolves when every event so far is stored. @throws when one could not be. */
  async written(): Promise<void> {
    await this.#writing;
    if (this.#error !== undefined) throw this.#error;
  }

  #push<Type extends FileEvent['type']>(type: Type, body: Extract<FileEvent, { type: Type }>['body']): void {
    const { session } = this.#work;
    const event = { type, actor: session.authorization.person.id, session: session.id, body };
    this.#waiting.push(event as FileEvent); // Type and body belong together by the signature.
    if (this.#waiting.length === 1) this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const { deps } = this.#work;
    const events = this.#waiting;
    this.#waiting = [];
    if (this.#error !== undefined) return;
    try {
      await deps.database.inTransaction(async (tx) => {
        for (const event of events) await appendAuditEvent(tx, deps.clock, event);
      });
    } catch (thrown) {
      this.#error = asError(thrown);
    }
    for (const listener of [...this.#listeners]) listener();
  }
}
