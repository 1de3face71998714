/** One recorder a directory: two would each sign a tree of their own. */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { asError, GatewayError, hasErrno } from '../foundation/index.ts';
import { FILE_MODE, type FileSystem, nodeFiles, readWhole, removeFile, writeAll } from './files.ts';

const LOCK = 'lock';
const LOCK_BYTES_MAX = 1024;
const STARTED_FIELD = 19; // starttime, field 22 of /proc/PID/stat, counted after the command in parentheses.

/**
 * Takes `directory/lock`. A lock whose process is gone is taken over; processes are told apart by pid, boot and start
 * time, so a reused pid does not hold it. Processes that do not see each other (two containers on one volume) are not
 * told apart by this.
 * @returns what gives it back. @throws {GatewayError} `start_refused` when another live recorder has it.
 */
export async function takeLock(files: FileSystem, directory: string): Promise<() => Promise<void>> {
  const path = join(directory, LOCK);
  const ours = `${await identify(process.pid)} ${randomUUID()}\n`;
  for (let tries = 0; tries < 3; tries += 1) {
    if (await create(files, path, ours)) return () => release(files, path, ours);
    const held = await read(files, path);
    if (held !== undefined && (await isAlive(held))) break;
    if (held !== undefined) await removeStale(files, path, held);
  }
  throw new GatewayError('start_refused', `Another recorder uses ${directory}.`);
}

/** The process that holds `directory`, when it lives. */
export async function findRecorderProcess(directory: string): Promise<number | undefined> {
  const held = await read(nodeFiles, join(directory, LOCK));
  return held !== undefined && (await isAlive(held)) ? Number.parseInt(held, 10) : undefined;
}

async function create(files: FileSystem, path: string, content: string): Promise<boolean> {
  try {
    const file = await files.open(path, 'wx', FILE_MODE);
    await writeAll(file, Buffer.from(content), 0).finally(() => file.close());
    return true;
  } catch (thrown) {
    if (hasErrno(thrown, 'EEXIST')) return false;
    throw new GatewayError('start_refused', 'The recorder directory cannot be locked.', { cause: asError(thrown) });
  }
}

async function read(files: FileSystem, path: string): Promise<string | undefined> {
  return (await readWhole(files, path, LOCK_BYTES_MAX))?.toString();
}

/** Moves the stale lock aside and looks again: of two that found it stale, the slower may have moved the other's new one. */
async function removeStale(files: FileSystem, path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await files.rename(path, aside);
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT')) return;
    throw thrown;
  }
  if ((await read(files, aside)) === stale) return removeFile(files, aside);
  await files.rename(aside, path);
  throw new GatewayError('start_refused', 'Another recorder is starting on the same directory.');
}

async function release(files: FileSystem, path: string, ours: string): Promise<void> {
  if ((await read(files, path)) === ours) await removeFile(files, path);
}

async function isAlive(held: string): Promise<boolean> {
  const pid = Number(/^\d{1,10}(?= )/.exec(held)?.[0]);
  if (!Number.isSafeInteger(pid) || pid < 1) return false; // Cut by a crash while it was written.
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if (hasErrno(thrown, 'ESRCH')) return false;
  }
  return held.startsWith(`${await identify(pid)} `);
}

/** `pid boot/start`; where there is no /proc, the pid alone. */
async function identify(pid: number): Promise<string> {
  const boot = await fs.readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  const stat = await fs.readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[STARTED_FIELD] ?? '';
  return `${pid} ${boot.trim()}/${started}`;
}
