/**
 * The one directory of a gateway: made once, held by one process at a time.
 */
import { chmod, mkdir, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { GatewayError, sha256 } from '../foundation/index.ts';

export interface DataDirectory {
  readonly root: string;
  /** Write-ahead log, recordings and the signed log. */
  readonly recorder: string;
  /** The certificate authority's and the bastion's private keys. */
  readonly keys: string;
  /** Approved exports that do not go to a workstation. */
  readonly vault: string;
  /** The embedded database; empty with an external one. */
  readonly postgres: string;
  /** The demo target's files. */
  readonly demo: string;
}

/** Where the vault stands in a data directory. */
export function vaultOf(root: string): string {
  return join(root, 'vault');
}

/**
 * Creates the directory and its parts, each readable by this process's user alone. The root may be passed through, not
 * listed: as root the embedded database runs as another user and lives below it.
 * @throws {GatewayError} `start_refused` when it cannot be made.
 */
export async function prepareDataDirectory(root: string): Promise<DataDirectory> {
  const directory: DataDirectory = {
    root,
    recorder: join(root, 'recorder'),
    keys: join(root, 'keys'),
    vault: vaultOf(root),
    postgres: join(root, 'postgres'),
    demo: join(root, 'demo'),
  };
  try {
    await mkdir(root, { recursive: true, mode: 0o711 });
    await chmod(root, 0o711);
    for (const part of [directory.recorder, directory.keys, directory.vault, directory.demo]) {
      await mkdir(part, { recursive: true, mode: 0o700 });
      await chmod(part, 0o700);
    }
    return directory;
  } catch (cause) {
    throw new GatewayError('start_refused', `The data directory ${root} cannot be made or is not ours.`, { cause });
  }
}

/** The name of the socket that a process holds while it works in `directory`. */
export async function holdName(directory: string): Promise<string> {
  const { dev, ino } = await stat(directory, { bigint: true });
  return `\0sekisho-${sha256(`${dev}:${ino}`).toString('hex').slice(0, 32)}`;
}

/**
 * Keeps every other process from working in `directory` until disposed of, or until this process dies in any way: the
 * hold is a socket in Linux's abstract namespace (unix(7)), which the kernel frees, so no stale lock file exists.
 * @throws {GatewayError} `start_refused` when another process holds it.
 */
export async function holdDirectory(directory: string): Promise<AsyncDisposable> {
  const name = await holdName(directory);
  const server = createServer((socket) => socket.destroy());
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new GatewayError('start_refused', `Another process is using ${directory}; stop it first.`, { cause })),
    );
    server.listen(name, resolve);
  });
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
