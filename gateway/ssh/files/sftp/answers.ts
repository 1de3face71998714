/** What the target answers: whose request it was, what it opened, and what of a file's contents it brings. */
import { LIMITS, uint32 } from '../../../../foundation/index.ts';
import type { Content } from '../content.ts';
import type { FramerHandlers, Verdict } from './framer.ts';
import type { Opened, Pending } from './opened.ts';
import {
  ATTRS,
  BODY_AT,
  DATA,
  EXTENDED_REPLY,
  Fields,
  FX_EOF,
  FX_OK,
  FX_PERMISSION_DENIED,
  HANDLE,
  malformed,
  NAME,
  numberOf,
  STATUS,
  statusPacket,
  VERSION,
} from './packets.ts';

const DATA_HEAD_BYTES = 13;
const ANSWERS = new Set([STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED_REPLY]);

export interface AnswersOptions {
  readonly pending: Map<number, Pending>;
  readonly handles: Map<string, Opened>;
  /** Sends a packet of ours to the person in place of one from the target. */
  readonly answer: (packet: Buffer) => void;
  /** Contents are about to go to the person, unless this throws. */
  readonly leaves?: (opened: Opened, bytes: Buffer) => void;
  /** Nobody can use it any more; `isOpen` tells whether anybody ever could. */
  readonly finished: (opened: Opened, isOpen: boolean) => void;
}

export class Answers implements Pick<FramerHandlers, 'bulk' | 'packet' | 'head' | 'content'> {
  readonly bulk = { type: DATA, headBytes: () => DATA_HEAD_BYTES };
  readonly #options: AnswersOptions;
  #saidVersion = false;
  #content: Content | undefined;
  #read: Opened | undefined;

  constructor(options: AnswersOptions) {
    this.#options = options;
  }

  readonly packet = (bytes: Buffer): Verdict => {
    const type = bytes[4] ?? 0;
    if (!this.#saidVersion) return this.#version(bytes, type);
    if (!ANSWERS.has(type)) throw malformed(`The target sent an SFTP packet of type ${type}.`);
    const id = numberOf(bytes);
    const pending = this.#take(id);
    if (pending.kind === 'own') {
      pending.answer(bytes);
      return 'drop';
    }
    if (type === DATA) return this.#metered(bytes, id, pending);
    if (type === HANDLE) this.#opened(bytes, pending);
    else if (type === STATUS) this.#status(new Fields(bytes).uint32(), pending);
    return 'both';
  };

  readonly head = (bytes: Buffer, contentBytes: number): Verdict | 'whole' => {
    const id = numberOf(bytes);
    if (!this.#saidVersion || bytes.readUInt32BE(BODY_AT) !== contentBytes) throw malformed('An odd SFTP answer.');
    const pending = this.#options.pending.get(id);
    if (pending?.kind !== 'read' || contentBytes > pending.length) {
      throw malformed('The target sent contents that nobody asked for.');
    }
    // What a ticket pays for is cut exactly, so it is looked at before any of it goes.
    if (pending.opened.use !== undefined && contentBytes > 0) return 'whole';
    this.#options.pending.delete(id);
    this.#read = pending.opened;
    this.#content = pending.opened.reads;
    this.#content?.begin(pending.offset, contentBytes);
    return this.#content?.untold === false ? 'content' : 'both';
  };

  readonly content = (bytes: Buffer, isLast: boolean): void => {
    if (this.#read !== undefined && bytes.length > 0) this.#options.leaves?.(this.#read, bytes);
    this.#content?.add(bytes);
    if (isLast) this.#content?.end();
  };

  #version(bytes: Buffer, type: number): Verdict {
    if (type !== VERSION || bytes.length < BODY_AT) throw malformed('The target did not begin with its SFTP version.');
    const version = bytes.readUInt32BE(5);
    if (version !== 3) throw malformed(`The target speaks SFTP version ${version}.`);
    this.#saidVersion = true;
    return 'both';
  }

  #take(id: number): Pending {
    const { pending } = this.#options;
    const found = pending.get(id);
    if (found === undefined) throw malformed('The target answered what nobody asked.');
    pending.delete(id);
    return found;
  }

  #metered(bytes: Buffer, id: number, pending: Pending): Verdict {
    if (pending.kind !== 'read' || pending.opened.use === undefined) throw malformed('An odd SFTP answer.');
    const { opened, offset } = pending;
    const content = bytes.subarray(DATA_HEAD_BYTES);
    const { pass, stop } = pending.opened.use.delivery.filter('o', content);
    const left = Buffer.from(pass.buffer, pass.byteOffset, pass.byteLength);
    if (left.length > 0) {
      opened.reads?.begin(offset, left.length);
      opened.reads?.add(left);
      opened.reads?.end();
    }
    if (!stop) return 'both';
    opened.faulty = true;
    const { answer } = this.#options;
    if (left.length === 0) answer(statusPacket(id, FX_PERMISSION_DENIED, 'The ticket allows no more.'));
    else answer(Buffer.concat([uint32(9 + left.length), Buffer.from([DATA]), uint32(id), uint32(left.length), left]));
    return 'drop';
  }

  #opened(bytes: Buffer, pending: Pending): void {
    if (pending.kind !== 'open') throw malformed('The target opened what nobody asked for.');
    const { handles } = this.#options;
    const fields = new Fields(bytes);
    const handle = fields.handle();
    fields.end();
    if (handles.has(handle)) throw malformed('The target gave one SFTP handle twice.');
    if (handles.size >= LIMITS.sftpHandlesMax) throw malformed('Too many SFTP handles are open.');
    handles.set(handle, pending.opened);
  }

  #status(code: number, pending: Pending): void {
    const { finished, handles } = this.#options;
    if (pending.kind === 'open') finished(pending.opened, false);
    else if (pending.kind === 'read') {
      if (code === FX_EOF) pending.opened.ended = true;
      else pending.opened.faulty = true;
    } else if (pending.kind === 'write') {
      if (code !== FX_OK) pending.opened.faulty = true;
    } else if (pending.kind === 'close') {
      if (code !== FX_OK) pending.opened.faulty = true;
      if (handles.get(pending.handle) === pending.opened) handles.delete(pending.handle);
      finished(pending.opened, true);
    }
  }
}
