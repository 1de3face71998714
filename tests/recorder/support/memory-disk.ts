import { Buffer } from 'node:buffer';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FileSystem, OpenFile } from '../../../recorder/index.ts';

export type DiskCall = 'create' | 'write' | 'sync' | 'datasync' | 'syncdir' | 'rename' | 'unlink' | 'truncate';

interface Inode {
  content: Buffer;
  durable: Buffer;
  last: { position: number; bytes: Buffer } | undefined;
}

export interface PowerCut {
  /** Bytes of each file's last unsynced write that reached the disk; everything else unsynced is lost. */
  readonly torn: number;
  /** Whether creations, renames and removals that were not synced reached the disk. */
  readonly namesKept: boolean;
}

/**
 * A disk that keeps apart what was written and what was synced. `before` sees each changing call: it may throw to
 * refuse it, or return a number to make a write short. `cut` makes the disk silent for ever, as a dead machine's is.
 */
export class MemoryDisk implements FileSystem {
  readonly calls: { readonly call: DiskCall; readonly path: string; readonly bytes: number }[] = [];
  before: (call: DiskCall, path: string, bytes: number) => number | undefined = () => undefined;
  /** Makes a call wait: a disk that is slow. */
  stall: (call: DiskCall, path: string) => Promise<unknown> | undefined = () => undefined;
  freeBytes = 2 ** 40;
  readonly died: Promise<void>;
  readonly #directories = new Set<string>(['/']);
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  #dead = false;
  #die: () => void = () => undefined;

  constructor() {
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  /** A disk that holds a copy of a real directory. */
  static async of(directory: string): Promise<MemoryDisk> {
    const disk = new MemoryDisk();
    for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) disk.put(path, await readFile(path));
    }
    return disk;
  }

  put(path: string, bytes: Uint8Array): void {
    const inode = { content: Buffer.from(bytes), durable: Buffer.from(bytes), last: undefined };
    for (let at = dirname(path); !this.#directories.has(at); at = dirname(at)) this.#directories.add(at);
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
  }

  get(path: string): Buffer | undefined {
    return this.#names.get(path)?.content;
  }

  paths(): string[] {
    return [...this.#names.keys()].sort();
  }

  remove(path: string): void {
    this.#names.delete(path);
    this.#durableNames.delete(path);
  }

  /** From now on no call returns. */
  cut(): void {
    this.#dead = true;
    this.#die();
  }

  /** What the next start of the machine finds; the lock of the dead process is of another boot. */
  afterPowerCut({ torn, namesKept }: PowerCut): MemoryDisk {
    const next = new MemoryDisk();
    for (const directory of this.#directories) next.#directories.add(directory);
    for (const [path, { durable, last }] of namesKept ? this.#names : this.#durableNames) {
      if (path.endsWith('/lock')) continue;
      const piece = last?.bytes.subarray(0, torn);
      next.put(path, last !== undefined && piece !== undefined ? overlay(durable, last.position, piece) : durable);
    }
    return next;
  }

  async open(path: string, flags: 'r' | 'wx' | 'durable' | 'direct'): Promise<OpenFile> {
    const isNew = flags === 'wx' || flags === 'direct';
    if (isNew) await this.#call('create', path);
    else await this.#alive();
    if (this.#directories.has(path)) return this.#directory(path);
    const known = this.#names.get(path);
    if (!isNew && known === undefined) throw errno('ENOENT');
    if (isNew && known !== undefined) throw errno('EEXIST');
    const inode = known ?? { content: Buffer.alloc(0), durable: Buffer.alloc(0), last: undefined };
    this.#names.set(path, inode);
    const file = this.#file(path, inode, flags === 'durable');
    return flags === 'direct' ? inPages(file) : file;
  }

  async mkdir(path: string): Promise<string | undefined> {
    await this.#alive();
    let first: string | undefined;
    for (let at = path; !this.#directories.has(at); at = dirname(at)) {
      this.#directories.add(at);
      first = at;
    }
    return first;
  }

  async readdir(path: string): Promise<string[]> {
    await this.#alive();
    if (!this.#directories.has(path)) throw errno('ENOENT');
    return [...this.paths(), ...this.#directories]
      .filter((name) => dirname(name) === path && name !== path)
      .map((name) => name.slice(path === '/' ? 1 : path.length + 1))
      .sort();
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#call('rename', from);
    const inode = this.#names.get(from);
    if (inode === undefined) throw errno('ENOENT');
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  async unlink(path: string): Promise<void> {
    await this.#call('unlink', path);
    if (!this.#names.delete(path)) throw errno('ENOENT');
  }

  async statfs(): Promise<{ bavail: number; bsize: number }> {
    await this.#alive();
    return { bavail: Math.floor(this.freeBytes / 4096), bsize: 4096 };
  }

  #directory(path: string): OpenFile {
    const sync = async (): Promise<void> => {
      await this.#call('syncdir', path);
      const inside = (name: string): boolean => dirname(name) === path;
      for (const name of [...this.#durableNames.keys()].filter(inside)) this.#durableNames.delete(name);
      for (const [name, inode] of this.#names) if (inside(name)) this.#durableNames.set(name, inode);
    };
    const refuse = (): Promise<never> => Promise.reject(errno('EISDIR'));
    const close = (): Promise<void> => this.#alive();
    return {
      sync,
      close,
      write: refuse,
      read: refuse,
      stat: refuse,
      writev: refuse,
      datasync: refuse,
      truncate: refuse,
    };
  }

  #file(path: string, inode: Inode, isDurable: boolean): OpenFile {
    const sync = async (call: 'sync' | 'datasync'): Promise<void> => {
      await this.#call(call, path);
      inode.durable = Buffer.from(inode.content);
      inode.last = undefined;
    };
    const write = async (bytes: Uint8Array, position: number): Promise<{ bytesWritten: number }> => {
      const piece = Buffer.from(bytes);
      inode.last = { position, bytes: piece };
      const short = await this.#call('write', path, piece.length);
      inode.content = overlay(inode.content, position, piece.subarray(0, short ?? piece.length));
      if (isDurable) await sync('datasync');
      return { bytesWritten: short ?? piece.length };
    };
    return {
      sync: () => sync('sync'),
      datasync: () => sync('datasync'),
      truncate: async (size) => {
        await this.#call('truncate', path);
        inode.content = inode.content.subarray(0, size);
      },
      close: () => this.#alive(),
      stat: async () => {
        await this.#alive();
        return { size: inode.content.length };
      },
      read: async (bytes, offset, length, position) => {
        await this.#alive();
        const piece = inode.content.subarray(position, position + length);
        bytes.set(piece, offset);
        return { bytesRead: piece.length };
      },
      write: (bytes, offset, length, position) => write(bytes.subarray(offset, offset + length), position),
      writev: (parts, position) => write(Buffer.concat(parts), position),
    };
  }

  async #call(call: DiskCall, path: string, bytes = 0): Promise<number | undefined> {
    await this.#alive();
    await this.stall(call, path);
    const answer = this.before(call, path, bytes);
    await this.#alive(); // `before` may have cut the power.
    this.calls.push({ call, path, bytes });
    return answer;
  }

  async #alive(): Promise<void> {
    if (this.#dead) await new Promise(() => undefined);
  }
}

/** As a disk takes what is written past the page cache. */
function inPages(file: OpenFile): OpenFile {
  return {
    ...file,
    write: async (bytes, offset, length, position) => {
      for (const at of [bytes.byteOffset + offset, length, position]) if (at % 4096 !== 0) throw errno('EINVAL');
      return await file.write(bytes, offset, length, position);
    },
  };
}

export function errno(code: string): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

function overlay(under: Buffer, position: number, piece: Uint8Array): Buffer {
  const whole = Buffer.alloc(Math.max(under.length, position + piece.length));
  under.copy(whole);
  whole.set(piece, position);
  return whole;
}
