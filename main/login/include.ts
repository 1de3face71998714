/** The one line in `~/.ssh/config` by which ssh finds what `sekisho login` writes. */
import { randomBytes } from 'node:crypto';
import { lstat, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { GatewayError, hasErrno } from '../../foundation/index.ts';
import { FILES } from './place.ts';

/** Relative to `~/.ssh`, as ssh reads it, when it lies there. */
export function includeLine(directory: string, sshDirectory: string): string {
  const path = join(directory, FILES.config);
  const inside = relative(sshDirectory, path);
  const isInside = inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
  const shown = isInside ? inside : path;
  return /^[\w./@+-]+$/.test(shown) ? `Include ${shown}` : `Include "${shown}"`;
}

/**
 * Puts the line first: ssh takes the first value it finds, and further down it would stand inside somebody's Host block.
 * @returns whether it was missing. @throws {GatewayError} `login_directory_refused` for a link, which is kept elsewhere.
 */
export async function addInclude(line: string, sshDirectory: string): Promise<boolean> {
  const path = join(sshDirectory, 'config');
  const found = await lstat(path).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  });
  if (found !== undefined && !found.isFile()) {
    throw new GatewayError('login_directory_refused', `${path} is a link; add the line where it leads: ${line}`);
  }
  const text = found === undefined ? '' : await readFile(path, 'utf8');
  if (text.split(/\r?\n/).some((known) => known.trim() === line)) return false;
  const beside = join(dirname(path), `.config.${randomBytes(8).toString('hex')}`);
  try {
    await writeFile(beside, `${line}\n${text === '' ? '' : `\n${text}`}`, { flag: 'wx', mode: 0o600 });
    await rename(beside, path);
  } finally {
    await rm(beside, { force: true });
  }
  return true;
}
