/** Unix accounts made for one world and removed with it. Needs root. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Cleanup } from '../../foundation/index.ts';
import { must, run } from './run.ts';

export interface Account {
  readonly name: string;
  readonly home: string;
}

export async function makeAccount(directory: string, cleanup: Cleanup): Promise<Account> {
  const name = `skb-${randomBytes(4).toString('hex')}`;
  const home = `${directory}/${name}`;
  await mkdir('/run/sshd', { recursive: true });
  await must('useradd', ['--create-home', '--home-dir', home, '--shell', '/bin/bash', name]);
  cleanup.defer(async () => {
    await run('pkill', ['-KILL', '-u', name]); // Whatever a cut connection left behind.
    await must('userdel', ['--force', '--remove', name]);
  });
  await must('usermod', ['--password', '*', name]); // Not locked, and no password fits.
  await run('touch', [`${home}/.hushlogin`]);
  return { name, home };
}
