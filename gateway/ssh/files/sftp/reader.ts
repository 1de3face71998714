/** Reads files and directories of the target over a channel of the gateway's own. */
import { LIMITS } from '../../../../foundation/index.ts';
import type { OwnSftp } from './own-channel.ts';
import {
  ATTRS,
  CLOSE,
  DATA,
  Fields,
  FX_EOF,
  FX_OK,
  HANDLE,
  handlePacket,
  LSTAT,
  malformed,
  NAME,
  OPENDIR,
  openToReadPacket,
  pathPacket,
  READDIR,
  readPacket,
  STATUS,
} from './packets.ts';

const READ_BYTES = 32 * 1024;
/** With 32 KiB each, two megabytes on their way: a link of 100 MB/s and 20 ms is full. */
const READS_AT_ONCE = 64;
/** stat(2): the bits that tell what kind of file it is. */
const KIND_MASK = 0o170000;
const KINDS: Readonly<Record<number, FileKind>> = { 0o100000: 'file', 0o040000: 'directory', 0o120000: 'link' };

export type FileKind = 'file' | 'directory' | 'link' | 'other';

/** What the target refused, with the code it gave (SSH_FX_…). */
export class RefusedByTarget extends Error {
  override readonly name = 'RefusedByTarget';
  readonly code: number;

  constructor(code: number) {
    super(`The target answered with SFTP status ${code}.`);
    this.code = code;
  }
}

export class SftpReader {
  readonly #own: OwnSftp;
  #last = 0;

  constructor(own: OwnSftp) {
    this.#own = own;
  }

  /** What stands at `path` itself; a link is not followed. @throws {RefusedByTarget}. */
  async kindOf(path: string): Promise<FileKind> {
    const fields = this.#expect(await this.#ask((id) => pathPacket(LSTAT, id, path)), ATTRS);
    const mode = fields.attributes();
    // Without its kind it could be a pipe, which would never end.
    return mode === undefined ? 'other' : (KINDS[mode & KIND_MASK] ?? 'other');
  }

  /** The names in a directory, sorted, without itself and its parent. @throws {RefusedByTarget}; `protocol_violation`. */
  async list(path: string): Promise<readonly string[]> {
    const handle = await this.#open((id) => pathPacket(OPENDIR, id, path));
    const names = new Set<string>();
    for (;;) {
      const answer = await this.#ask((id) => handlePacket(READDIR, id, handle));
      if (isEnd(answer)) break;
      const fields = this.#expect(answer, NAME);
      for (let left = fields.uint32(); left > 0; left -= 1) {
        const name = fields.path();
        fields.text();
        fields.attributes();
        // A directory names what is in it: anything else leads out of it.
        if (name.includes('/') || name === '') throw malformed('The target named something outside of a directory.');
        if (name !== '.' && name !== '..') names.add(name);
      }
      if (names.size > LIMITS.parcelFilesMax) throw malformed('A directory has too many names.');
    }
    await this.#close(handle);
    return [...names].toSorted();
  }

  /**
   * Gives `take` the contents in order until the file ends or `take` wants no more.
   * @returns whether the file ended.
   * @throws {RefusedByTarget}; `protocol_violation`.
   */
  async read(path: string, take: (bytes: Buffer) => Promise<boolean>): Promise<boolean> {
    const handle = await this.#open((id) => openToReadPacket(id, path));
    const ahead: Promise<Buffer | undefined>[] = [];
    let [asked, atOnce, hasEnded, isWanted] = [0, 1, false, true];
    while (!hasEnded && isWanted) {
      while (ahead.length < atOnce) {
        const part = this.#part(handle, asked);
        part.catch(() => undefined); // Heard when its turn comes, if it does.
        ahead.push(part);
        asked += READ_BYTES;
      }
      atOnce = Math.min(2 * atOnce, READS_AT_ONCE); // A small file is not asked for what it does not have.
      const bytes = await ahead.shift();
      hasEnded = bytes === undefined || bytes.length < READ_BYTES;
      if (bytes !== undefined) isWanted = await take(bytes);
    }
    await Promise.allSettled(ahead);
    await this.#close(handle);
    return isWanted;
  }

  /** READ_BYTES from `offset`: fewer at the end of the file, undefined behind it. */
  async #part(handle: string, offset: number): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    let have = 0;
    while (have < READ_BYTES) {
      const [at, wanted] = [offset + have, READ_BYTES - have];
      const answer = await this.#ask((id) => readPacket(id, handle, at, wanted));
      if (isEnd(answer)) break;
      const bytes = this.#expect(answer, DATA).bytes();
      if (bytes.length === 0 || bytes.length > wanted)
        throw malformed('The target sent contents that nobody asked for.');
      pieces.push(bytes);
      have += bytes.length;
    }
    return have === 0 ? undefined : Buffer.concat(pieces);
  }

  async #open(packet: (id: number) => Buffer): Promise<string> {
    return this.#expect(await this.#ask(packet), HANDLE).handle();
  }

  async #close(handle: string): Promise<void> {
    const answer = await this.#ask((id) => handlePacket(CLOSE, id, handle));
    const code = answer[4] === STATUS ? new Fields(answer).uint32() : undefined;
    if (code !== FX_OK) throw malformed('The target did not close a file.');
  }

  #ask(packet: (id: number) => Buffer): Promise<Buffer> {
    const { pending, send, ended } = this.#own;
    this.#last = (this.#last + 1) % 0x8000_0000; // Questions count down from the other end.
    const id = this.#last;
    const answer = new Promise<Buffer>((resolve) => {
      pending.set(id, { kind: 'own', answer: resolve });
    });
    send(packet(id));
    return Promise.race([answer, ended]);
  }

  #expect(answer: Buffer, type: number): Fields {
    const fields = new Fields(answer);
    if (answer[4] === STATUS) throw new RefusedByTarget(fields.uint32());
    if (answer[4] !== type) throw malformed('An odd SFTP answer.');
    return fields;
  }
}

function isEnd(answer: Buffer): boolean {
  return answer[4] === STATUS && new Fields(answer).uint32() === FX_EOF;
}
