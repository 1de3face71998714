/** What the person asks of the target's files: read by its head, decided, and only then sent. */
import { LIMITS } from '../../../../foundation/index.ts';
import { parentOf } from '../paths.ts';
import type { FramerHandlers, Verdict } from './framer.ts';
import { type Opened, openedDirectory, openedFile, type Pending } from './opened.ts';
import * as P from './packets.ts';
import type { Guard, Step } from './guard.ts';

export interface RequestsOptions {
  readonly pending: Map<number, Pending>;
  readonly handles: Map<string, Opened>;
  readonly guard: Guard;
  /** Answers a request in the target's place. */
  readonly answer: (packet: Buffer) => void;
}

/** length 4, type 1, number 4, length of the handle 4. */
const WRITE_HANDLE_AT = 13;
const WRITE_TAIL_BYTES = 12;
const HANDLE_BYTES_MAX = 256;
/** Requests that change nothing and bring no contents; the server alone decides about them. */
const LOOKS = new Set([P.LSTAT, P.STAT, P.REALPATH, P.READLINK]);
/** Requests that change what one path names. */
const CHANGES: Readonly<Record<number, string>> = {
  [P.SETSTAT]: 'chmod',
  [P.REMOVE]: 'rm',
  [P.MKDIR]: 'mkdir',
  [P.RMDIR]: 'rmdir',
};
const EXTENDED_LOOKS = new Set([
  'statvfs@openssh.com',
  'expand-path@openssh.com',
  'home-directory',
  'users-groups-by-id@openssh.com',
  'limits@openssh.com',
]);

export class Requests implements Pick<FramerHandlers, 'bulk' | 'packet' | 'head' | 'content'> {
  readonly bulk = { type: P.WRITE, headBytes };
  readonly #options: RequestsOptions;
  #saidVersion = false;
  #writing: Opened | undefined;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  readonly packet = (bytes: Buffer): Verdict | Promise<Verdict> => {
    const type = bytes[4] ?? 0;
    if (!this.#saidVersion) {
      if (type !== P.INIT || bytes.length < P.BODY_AT)
        throw P.malformed('The client did not begin with its SFTP version.');
      this.#saidVersion = true;
      return 'both';
    }
    return this.#request(type, this.#newNumber(bytes), new P.Fields(bytes));
  };

  #request(type: number, id: number, fields: P.Fields): Verdict | Promise<Verdict> {
    if (type === P.OPEN) return this.#open(id, fields);
    if (type === P.CLOSE) return this.#close(id, fields);
    if (type === P.READ) return this.#read(id, fields);
    return this.#onHandle(type, id, fields) ?? this.#onPath(type, id, fields) ?? this.#unsupported(id);
  }

  #onHandle(type: number, id: number, fields: P.Fields): Verdict | undefined {
    if (type === P.READDIR) return this.#withHandle(id, fields, (opened) => opened.kind === 'directory');
    if (type === P.FSTAT) return this.#withHandle(id, fields, () => true);
    if (type === P.FSETSTAT) return this.#withHandle(id, fields, ({ writes }) => writes !== undefined);
    return undefined;
  }

  #onPath(type: number, id: number, fields: P.Fields): Verdict | Promise<Verdict> | undefined {
    if (type === P.OPENDIR) return this.#passAs(id, { kind: 'open', opened: openedDirectory(fields.path()) });
    if (LOOKS.has(type)) return this.#passAs(id, { kind: 'other' });
    const change = CHANGES[type];
    if (change !== undefined) return this.#step(id, { act: change, path: fields.path(), needs: 'upload' });
    if (type === P.RENAME) return this.#move(id, fields, 'rename');
    if (type === P.SYMLINK) return this.#symlink(id, fields);
    if (type === P.EXTENDED) return this.#extended(id, fields);
    return undefined;
  }

  /** The head of a WRITE. Its contents follow and are not gathered. */
  readonly head = (bytes: Buffer, contentBytes: number): Verdict => {
    if (!this.#saidVersion || bytes.readUInt32BE(bytes.length - 4) !== contentBytes)
      throw P.malformed('An odd SFTP write.');
    const id = this.#newNumber(bytes);
    const handle = bytes.subarray(WRITE_HANDLE_AT, bytes.length - WRITE_TAIL_BYTES).toString('latin1');
    const opened = this.#options.handles.get(handle);
    this.#writing = opened?.writes === undefined ? undefined : opened;
    if (opened?.writes === undefined) return this.#refuseNow(id, P.FX_FAILURE, 'Not open for writing.');
    this.#options.pending.set(id, { kind: 'write', opened });
    opened.writes.begin(P.offsetOf(bytes.readBigUInt64BE(bytes.length - WRITE_TAIL_BYTES)), contentBytes);
    return opened.writes.untold ? 'both' : 'content';
  };

  readonly content = (bytes: Buffer, isLast: boolean): void => {
    this.#writing?.writes?.add(bytes);
    if (isLast) this.#writing?.writes?.end();
  };

  #newNumber(bytes: Buffer): number {
    const id = P.numberOf(bytes);
    const { pending } = this.#options;
    // Two requests of one number have answers nobody can tell apart: one could be checked and the other taken.
    if (pending.has(id)) throw P.malformed('The client used one SFTP number twice.');
    if (pending.size >= LIMITS.sftpRequestsMax) throw P.malformed('Too many SFTP requests at once.');
    return id;
  }

  #open(id: number, fields: P.Fields): Verdict | Promise<Verdict> {
    const path = fields.path();
    const flags = fields.uint32();
    fields.attributes();
    fields.end();
    const write = (flags & P.OPEN_CHANGES) !== 0;
    const read = (flags & P.OPEN_READ) !== 0 || !write;
    const decided = this.#options.guard.open({ path, read, write });
    const go = (outcome: Step): Verdict => {
      if (!outcome.allowed) return this.#refuseNow(id, outcome.code, outcome.text);
      return this.#passAs(id, { kind: 'open', opened: openedFile(path, { read, write }, outcome.use) });
    };
    return decided instanceof Promise ? decided.then(go) : go(decided);
  }

  #close(id: number, fields: P.Fields): Verdict {
    const handle = fields.handle();
    fields.end();
    const opened = this.#options.handles.get(handle);
    if (opened === undefined) return this.#refuseNow(id, P.FX_FAILURE, 'Not an open handle.');
    return this.#passAs(id, { kind: 'close', opened, handle });
  }

  #read(id: number, fields: P.Fields): Verdict {
    const opened = this.#options.handles.get(fields.handle());
    const offset = fields.uint64();
    const length = fields.uint32();
    fields.end();
    if (opened?.reads === undefined) return this.#refuseNow(id, P.FX_FAILURE, 'Not open for reading.');
    opened.reads.expect(offset);
    return this.#passAs(id, { kind: 'read', opened, offset, length });
  }

  #withHandle(id: number, fields: P.Fields, fits: (opened: Opened) => boolean): Verdict {
    const opened = this.#options.handles.get(fields.handle());
    if (opened === undefined || !fits(opened)) return this.#refuseNow(id, P.FX_FAILURE, 'Not an open handle for this.');
    return this.#passAs(id, { kind: 'other' });
  }

  /** Renaming and hard links: afterwards the contents stand under another name, so the old one must be free. */
  #move(id: number, fields: P.Fields, act: string): Verdict | Promise<Verdict> {
    const path = fields.path();
    const to = fields.path();
    fields.end();
    return this.#step(id, { act, path, needs: 'upload', leaves: [path], enters: [to] });
  }

  /** OpenSSH sends what the link points to first, against the draft; another server may read it the other way round. */
  #symlink(id: number, fields: P.Fields): Verdict | Promise<Verdict> {
    const to = fields.path();
    const link = fields.path();
    fields.end();
    const from = to.startsWith('/') ? to : `${parentOf(link)}/${to}`;
    return this.#step(id, {
      act: 'symlink',
      path: to,
      needs: 'upload',
      leaves: [from, link],
      link: [to, link],
      enters: [to, link],
    });
  }

  #extended(id: number, fields: P.Fields): Verdict | Promise<Verdict> {
    const name = fields.text();
    if (EXTENDED_LOOKS.has(name)) return this.#passAs(id, { kind: 'other' });
    switch (name) {
      case 'posix-rename@openssh.com':
        return this.#move(id, fields, 'rename');
      case 'hardlink@openssh.com':
        return this.#move(id, fields, 'ln');
      case 'lsetstat@openssh.com':
        return this.#step(id, { act: 'chmod', path: fields.path(), needs: 'upload' });
      case 'fsync@openssh.com':
        return this.#withHandle(id, fields, ({ writes }) => writes !== undefined);
      case 'fstatvfs@openssh.com':
        return this.#withHandle(id, fields, () => true);
      case 'copy-data':
        return this.#copy(id, fields);
      default:
        return this.#unsupported(id);
    }
  }

  /** One file into another on the target itself. A ticket pays for one way out, not for a copy. */
  #copy(id: number, fields: P.Fields): Verdict {
    const { handles } = this.#options;
    const from = handles.get(fields.handle());
    fields.uint64();
    fields.uint64();
    const to = handles.get(fields.handle());
    fields.uint64();
    fields.end();
    const fits = from?.reads !== undefined && to?.writes !== undefined && from.use === undefined;
    if (!fits) return this.#refuseNow(id, P.FX_PERMISSION_DENIED, 'Not open for this copy.');
    to.writes.spoil('copied on the target');
    return this.#passAs(id, { kind: 'write', opened: to });
  }

  #step(id: number, wanted: Parameters<Guard['change']>[0]): Verdict | Promise<Verdict> {
    const decided = this.#options.guard.change(wanted);
    const go = (outcome: Step): Verdict =>
      outcome.allowed ? this.#passAs(id, { kind: 'other' }) : this.#refuseNow(id, outcome.code, outcome.text);
    return decided instanceof Promise ? decided.then(go) : go(decided);
  }

  #unsupported(id: number): Verdict {
    return this.#refuseNow(id, P.FX_OP_UNSUPPORTED, 'Not open through this gateway.');
  }

  #passAs(id: number, pending: Pending): Verdict {
    this.#options.pending.set(id, pending);
    return 'both';
  }

  /** Recorded as asked, and answered by us: the target never hears of it. */
  #refuseNow(id: number, code: number, text: string): Verdict {
    this.#options.answer(P.statusPacket(id, code, text));
    return 'record';
  }
}

function headBytes(bytes: Buffer): number {
  if (bytes.length < WRITE_HANDLE_AT) return WRITE_HANDLE_AT;
  const handleBytes = bytes.readUInt32BE(P.BODY_AT);
  if (handleBytes > HANDLE_BYTES_MAX) throw P.malformed('An SFTP handle is too long.');
  return WRITE_HANDLE_AT + handleBytes + WRITE_TAIL_BYTES;
}
