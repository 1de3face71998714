import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { GatewayError, sha256, hasErrno } from '../../foundation/index.ts';

const OTHERS_MAY_PASS = 0o001;
const OTHERS_MAY_WRITE = 0o022;

export interface Place {
  /** The absolute directory that holds `bin`, `srv`, `home` and `etc` of the target. */
  readonly root: string;
  /** True when it stands outside the given directory and is removed with the target. */
  readonly temporary: boolean;
}

/**
 * Where the target's files stand: below `directory`, or below the system's temporary directory when the accounts,
 * which have user ids of their own (`separateUsers`), could not reach it there. The same each time.
 * @throws {GatewayError} `start_refused` when somebody else holds the place.
 */
export async function findPlace(directory: string, separateUsers: boolean): Promise<Place> {
  const temporary = separateUsers && !(await passableForAll(directory));
  const name = `sekisho-demo-${sha256(resolve(directory)).toString('hex').slice(0, 16)}`;
  const root = temporary ? join(tmpdir(), name) : join(resolve(directory), 'root');
  if (temporary && !(await passableForAll(tmpdir()))) {
    throw new GatewayError(
      'start_refused',
      `The demonstration's accounts can reach neither ${directory} nor ${tmpdir()}.`,
    );
  }
  await mkdir(root, { mode: 0o755 }).catch((thrown: unknown) => {
    if (!hasErrno(thrown, 'EEXIST')) throw thrown;
  });
  const found = await lstat(root);
  // Anybody may make a name below the temporary directory: what they prepared there must not become our files.
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & OTHERS_MAY_WRITE) !== 0) {
    throw new GatewayError('start_refused', `${root} belongs to somebody else; remove it.`);
  }
  await chmod(root, 0o755);
  return { root, temporary };
}

async function passableForAll(directory: string): Promise<boolean> {
  for (let at = resolve(directory); ; at = dirname(at)) {
    const { mode } = await stat(at);
    if ((mode & OTHERS_MAY_PASS) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
