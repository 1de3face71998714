/** The few calls the recorder makes of a file system, so that tests can inject a full disk, a dying one and a power cut. */
import { hasErrno } from '../foundation/index.ts';
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';

export interface OpenFile {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  /** Writes the parts one behind the other; may be short. 1,024 parts at most (POSIX IOV_MAX). */
  writev(parts: readonly Uint8Array[], position: number): Promise<{ bytesWritten: number }>;
  read(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  stat(): Promise<{ size: number }>;
  sync(): Promise<void>;
  datasync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

export interface FileSystem {
  /**
   * `wx` creates and refuses an existing file. A directory is opened with `r`, to be synced. What is written by way of
   * `durable`, which opens a file that is there, is on the disk when the write returns: one call instead of two.
   * `direct` creates as `wx` does; the page cache, which would copy every byte once more, is left out where the file
   * system can. Then only whole pages of memory are written, to whole pages of the file: anything else is `EINVAL`.
   */
  open(path: string, flags: 'r' | 'wx' | 'durable' | 'direct', mode?: number): Promise<OpenFile>;
  /** @returns the first directory made, undefined when all were there. */
  mkdir(path: string, options: { recursive: true; mode: number }): Promise<string | undefined>;
  readdir(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  statfs(path: string): Promise<{ bavail: number; bsize: number }>;
}

/** O_DSYNC (POSIX open): each write is a write and an fdatasync. */
const DURABLE = constants.O_WRONLY | constants.O_DSYNC;
/** O_DIRECT (Linux open(2)). */
const DIRECT = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_DIRECT;

/** @throws what the file system said. */
async function createDirect(path: string, mode?: number): Promise<OpenFile> {
  try {
    return await fs.open(path, DIRECT, mode);
  } catch (thrown) {
    if (!hasErrno(thrown, 'EINVAL')) throw thrown;
    await fs.rm(path, { force: true }); // A file system without it may refuse when the file is made already.
    return await fs.open(path, 'wx', mode);
  }
}

export const nodeFiles: FileSystem = {
  open(path, flags, mode) {
    if (flags === 'direct') return createDirect(path, mode);
    return fs.open(path, flags === 'durable' ? DURABLE : flags, mode);
  },
  mkdir: (path, options) => fs.mkdir(path, options),
  readdir: (path) => fs.readdir(path),
  rename: (from, to) => fs.rename(from, to),
  unlink: (path) => fs.unlink(path),
  statfs: (path) => fs.statfs(path),
};

export const DIRECTORY_MODE = 0o700;
export const FILE_MODE = 0o600;
export const READ_ONLY_MODE = 0o400;

/** What is written past the page cache begins and ends at such; no disk or file system has larger sectors. */
export const PAGE_BYTES = 4096;

const PARTS_MAX = 1_000;
/** Below this one copy is cheaper than handing over the parts. */
const GATHERED_BYTES = 32 * 1024;

/** Writes all parts, one behind the other, at `position`. */
export async function writeParts(file: OpenFile, parts: readonly Uint8Array[], position: number): Promise<void> {
  const bytes = sizeOf(parts);
  if (bytes <= GATHERED_BYTES) {
    await writeAll(file, Buffer.concat(parts, bytes), position);
    return;
  }
  let at = position;
  for (let next = 0; next < parts.length; next += PARTS_MAX) {
    const group = parts.slice(next, next + PARTS_MAX);
    const wanted = sizeOf(group);
    const { bytesWritten } = await file.writev(group, at);
    // A short write is rare: what is left is gathered and carried on.
    if (bytesWritten < wanted) await writeAll(file, Buffer.concat(group).subarray(bytesWritten), at + bytesWritten);
    at += wanted;
  }
}

export function sizeOf(parts: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const part of parts) bytes += part.length;
  return bytes;
}

/** All parts one behind the other in memory of their own, which a thread can take. */
export function gather(parts: readonly Uint8Array[]): ArrayBuffer {
  const memory = new ArrayBuffer(sizeOf(parts));
  const bytes = Buffer.from(memory);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return memory;
}

/** Writes all of `bytes` at `position`; a write may be short and is then carried on. */
export async function writeAll(file: OpenFile, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten <= 0) throw new Error('the file system wrote nothing');
    done += bytesWritten;
  }
}

/** The whole file, or undefined when there is none. @throws when it is larger than `bytesMax`. */
export async function readWhole(files: FileSystem, path: string, bytesMax: number): Promise<Buffer | undefined> {
  const file = await openIfThere(files, path);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    if (size > bytesMax) throw new Error(`${path} is larger than ${bytesMax} bytes`);
    const bytes = Buffer.alloc(size);
    let done = 0;
    while (done < size) {
      const { bytesRead } = await file.read(bytes, done, size - done, done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  } finally {
    await file.close();
  }
}

/** Opens for reading; undefined when there is no such file. */
export async function openIfThere(files: FileSystem, path: string): Promise<OpenFile | undefined> {
  try {
    return await files.open(path, 'r');
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}

/** Makes created, renamed and removed names of a directory survive a power cut. */
export async function syncDirectory(files: FileSystem, path: string): Promise<void> {
  const directory = await files.open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Puts `bytes` under `path` whole or not at all, durable on return: temporary file, fsync, rename, fsync of the directory. */
export async function replaceFile(files: FileSystem, path: string, bytes: Uint8Array, mode = FILE_MODE): Promise<void> {
  const temporary = `${path}.tmp`;
  await removeFile(files, temporary); // What a crash left; there is one writer only.
  const file = await files.open(temporary, 'wx', mode);
  try {
    await writeAll(file, bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await files.rename(temporary, path);
  await syncDirectory(files, dirname(path));
}

/** Creates a directory and makes it durable up to `root`, which exists. */
export async function makeDirectory(files: FileSystem, path: string, root: string): Promise<void> {
  const made = await files.mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
  if (made === undefined) return;
  for (let at = path; at !== root && at.length > root.length; at = dirname(at)) await syncDirectory(files, dirname(at));
}

/** Removes a file that may be gone already. */
export async function removeFile(files: FileSystem, path: string): Promise<void> {
  try {
    await files.unlink(path);
  } catch (thrown) {
    if (!hasErrno(thrown, 'ENOENT')) throw thrown;
  }
}
