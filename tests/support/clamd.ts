/** ClamAV's own daemon on loopback, with a database of two signatures made here: no list of the world is needed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { partner } from './partners.ts';
import { waitFor } from './wait-for.ts';

/** What the daemon finds, wherever it stands in a file. */
export const MARKER = 'sekisho-marker-of-the-test-signature';
export const MARKER_NAME = 'Sekisho.Test.Marker.UNOFFICIAL';
export const STREAM_BYTES_MAX = 2 * 1024 * 1024;

export class Clamd implements AsyncDisposable {
  readonly port: number;
  readonly #directory: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, directory: string) {
    this.port = port;
    this.#directory = directory;
  }

  static async start(directory: string): Promise<Clamd> {
    const clamd = new Clamd(await freePort(), directory);
    const signature = `Sekisho.Test.Marker:0:*:${Buffer.from(MARKER).toString('hex')}\n`;
    await writeFile(join(directory, 'marker.ndb'), signature);
    const settings = [
      ...['Foreground yes', `DatabaseDirectory ${directory}`, `TCPSocket ${clamd.port}`, 'TCPAddr 127.0.0.1'],
      ...[`StreamMaxLength ${STREAM_BYTES_MAX}`, 'SelfCheck 0', `TemporaryDirectory ${directory}`],
    ];
    await writeFile(join(directory, 'clamd.conf'), `${settings.join('\n')}\n`);
    await clamd.run();
    return clamd;
  }

  /** Answers when it resolves. */
  async run(): Promise<void> {
    this.#child = spawn(partner('clamd'), ['--config-file', join(this.#directory, 'clamd.conf')], { stdio: 'ignore' });
    await waitFor('clamd', () => answers(this.port));
  }

  /** It takes connections and says nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write('zPING\0'));
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
