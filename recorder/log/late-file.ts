/**
 * Since when too few witnesses cosign, while they do not: beside the log, a time as in leaves. Otherwise every new start
 * would be a new time of grace.
 */
import { join } from 'node:path';
import { type FileSystem, readWhole, removeFile, replaceFile } from '../files.ts';

const LATE = 'witnesses.late';
const BYTES_MAX = 1_024;

interface Place {
  readonly directory: string;
  readonly files: FileSystem;
}

/** Undefined when nothing was late, and for a file that says no time. */
export async function readLate({ directory, files }: Place): Promise<Date | undefined> {
  const text = (await readWhole(files, join(directory, LATE), BYTES_MAX))?.toString('latin1') ?? '';
  const at = new Date(text.trim());
  return Number.isNaN(at.getTime()) ? undefined : at;
}

export async function storeLate({ directory, files }: Place, since: Date | undefined): Promise<void> {
  const path = join(directory, LATE);
  if (since === undefined) await removeFile(files, path);
  else await replaceFile(files, path, Buffer.from(`${since.toISOString()}\n`));
}
