/** Which format a recorder's directory is in: it is known before anything in it is read. */
import { join } from 'node:path';
import { GatewayError, hasErrno } from '../foundation/index.ts';
import { type FileSystem, readWhole, replaceFile } from './files.ts';

const FORMAT = 'format';
const FORMAT_BYTES_MAX = 1024;
const CURRENT = 'sekisho-recorder/2\n';
/** Recordings of the format before this one stood there. */
const BEFORE = 'recordings';

/**
 * Marks a new directory, and refuses one of another format: what is written in one way is never read in another.
 * @throws {GatewayError} `start_refused`.
 */
export async function checkFormat({ directory, files }: { directory: string; files: FileSystem }): Promise<void> {
  const path = join(directory, FORMAT);
  const known = (await readWhole(files, path, FORMAT_BYTES_MAX))?.toString('latin1');
  if (known === CURRENT) return;
  if (known !== undefined || (await holdsOldRecordings(directory, files))) {
    throw new GatewayError(
      'start_refused',
      `${directory} holds recordings of another format, which this release cannot read. Move the directory away, keep it with the release that wrote it, and start again: a new one is begun.`,
    );
  }
  await replaceFile(files, path, Buffer.from(CURRENT));
}

async function holdsOldRecordings(directory: string, files: FileSystem): Promise<boolean> {
  const names = await files.readdir(join(directory, BEFORE)).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return [];
    throw thrown;
  });
  return names.some((name) => name.endsWith('.skr'));
}
