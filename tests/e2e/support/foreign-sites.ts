/** Web applications of others, as the distribution brings them: an administration page over a database, and a file browser. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findFreePort } from '../../../main/free-port.ts';
import { partner } from '../../support/partners.ts';
import { runToEnd } from '../../support/run-to-end.ts';
import { waitFor } from '../../support/wait-for.ts';

export interface ForeignSite extends AsyncDisposable {
  readonly port: number;
}

const HOST = '127.0.0.1';
/** As its manual says for a database without a password; it asks for one otherwise. */
const ADMINER = `<?php
function adminer_object() {
  class WithoutPassword extends Adminer { function login($login, $password) { return true; } }
  return new WithoutPassword;
}
include '/usr/share/adminer/adminer.php';
`;

/** Adminer over an SQLite database, whose path is `database`. */
export async function startAdminer(
  directory: string,
  rows: readonly (readonly string[])[],
): Promise<ForeignSite & { readonly database: string }> {
  const database = join(directory, 'crm.db');
  const values = rows.map((row) => `(${row.map((cell) => `'${cell}'`).join(',')})`).join(',');
  const sql = `CREATE TABLE customers (id, name, phone, mail); INSERT INTO customers VALUES ${values};`;
  const made = await runToEnd('php', ['-r', '(new SQLite3($argv[1]))->exec($argv[2]);', '--', database, sql]);
  if (made.status !== 0) throw new Error(made.stderr);
  await writeFile(join(directory, 'index.php'), ADMINER);
  const port = await findFreePort(HOST, 0);
  // Several workers: a browser keeps connections open that it does not use.
  const child = spawn(partner('php'), ['-q', '-S', `${HOST}:${port}`, '-t', directory], {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, PHP_CLI_SERVER_WORKERS: '4' },
  });
  return { ...(await running(child, port)), database };
}

/** webfs over a directory. */
export async function startFileBrowser(directory: string): Promise<ForeignSite> {
  const port = await findFreePort(HOST, 0);
  const words = ['-F', '-p', String(port), '-i', HOST, '-r', directory];
  return running(spawn(partner('webfsd'), words, { stdio: 'ignore', detached: true }), port);
}

async function running(child: ChildProcess, port: number): Promise<ForeignSite> {
  await waitFor(`the site on port ${port}`, async () => {
    const socket = connect(port, HOST);
    const is = await new Promise<true | undefined>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined));
    });
    socket.destroy();
    return is;
  });
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      // With its workers: it is the first of a group of its own.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      await ended;
    },
  };
}
