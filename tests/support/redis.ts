/** A real redis-server of one test's own, without persistence. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Secret } from '../../foundation/index.ts';
import { freePort } from './free-port.ts';
import { partner } from './partners.ts';
import { tempDirectory } from './temp-directory.ts';

export interface RedisServer extends AsyncDisposable {
  readonly url: Secret<string>;
}

/** Call it inside `describeWith('redis-server', …)`, with the port of one that stopped for one that came back with nothing in mind. */
export async function startRedis(wanted?: number): Promise<RedisServer> {
  const directory = await tempDirectory();
  const port = wanted ?? (await freePort());
  const options = [
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    directory.path,
  ];
  const child = spawn(partner('redis-server'), options, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('Ready to accept connections')) break;
  }
  if (child.exitCode !== null) throw new Error('redis-server did not start');
  child.stdout.resume();
  return {
    url: new Secret(`redis://127.0.0.1:${port}`),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
      await directory[Symbol.asyncDispose]();
    },
  };
}
