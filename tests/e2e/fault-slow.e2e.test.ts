/** Peers that do not read: what one end does not take, the other is not asked for, and no memory holds it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { runToEnd } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { GatewayProcess } from './support/gateway-process.ts';

const LINES = 24_000_000;
const BYTES = 204_888_897; // seq 1 24000000 | wc -c
const GROWTH_BYTES_MAX = 96 * 1024 * 1024;
/** Looks of 20 ms without a change after which a flow stands. */
const STILL_LOOKS = 50;

describeWith(['ssh', 'ssh-keygen'], 'a worker', () => {
  const cleanup = new Cleanup();
  let gateway: GatewayProcess;

  beforeAll(async () => {
    expect((await runToEnd(process.execPath, ['scripts/build.mjs'])).status).toBe(0);
    const { path } = cleanup.use(await tempDirectory());
    gateway = cleanup.use(await GatewayProcess.start(path, await GatewayProcess.ports(), { workers: 1 }));
  }, 120_000);
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const ssh = async (command: string): Promise<ChildProcess> => {
    const child = spawn(partner('ssh'), [...(await gateway.sshArguments('chen')), command]);
    child.stderr.resume();
    child.stdin.on('error', () => undefined);
    cleanup.defer(() => child.kill('SIGKILL'));
    return child;
  };
  const residentBytes = async (): Promise<number> =>
    (await gateway.workers()).reduce((sum, worker) => sum + worker.residentBytes, 0);
  const newestSession = async (): Promise<string> => {
    const { json } = await gateway.send('suzuki', '/api/sessions?box=all');
    const [session] = json['sessions'] as { id: string }[];
    if (session === undefined) throw new Error('no session');
    return session.id;
  };
  /** Resolves when `measure` has grown from nothing and grows no more. @returns the largest memory seen meanwhile. */
  const untilItStands = async (measure: () => number | Promise<number>): Promise<number> => {
    let last = 0;
    let looks = 0;
    let memory = 0;
    await waitFor('the flow to stand', async () => {
      const now = await measure();
      memory = Math.max(memory, await residentBytes());
      looks = now > 0 && now === last ? looks + 1 : 0;
      last = now;
      return looks > STILL_LOOKS;
    });
    return memory;
  };

  test('holds little of what its person does not read, and delivers all of it in the end', async () => {
    const before = await residentBytes();
    const child = await ssh(`seq 1 ${LINES}`);
    const out = child.stdout as Readable;
    await waitFor('the session', () => newestSession().catch(() => undefined));
    const recorded = (): Promise<number> => sizeOf(join(gateway.recorderDirectory, 'objects'));
    const memory = await untilItStands(recorded);
    expect(await recorded()).toBeLessThan(BYTES / 2);
    expect(memory - before).toBeLessThan(GROWTH_BYTES_MAX);
    let received = 0;
    out.on('data', (bytes: Buffer) => {
      received += bytes.length;
    });
    const [status] = (await once(child, 'close')) as [number];
    expect({ status, received }).toEqual({ status: 0, received: BYTES });
  }, 120_000);

  test('holds little of what the target does not read, and delivers all of it in the end', async () => {
    const before = await residentBytes();
    const child = await ssh('read -r go; sleep 4; wc -c');
    const { stdin } = child;
    const piece = Buffer.alloc(1024 * 1024, 'x');
    let sent = 0;
    let finished = false;
    const feed = async (): Promise<void> => {
      stdin?.write('go\n');
      while (sent < 256 * piece.length) {
        if (stdin?.write(piece) === false) await once(stdin, 'drain');
        sent += piece.length;
      }
      finished = true;
      stdin?.end();
    };
    const feeding = feed();
    const memory = await untilItStands(() => sent);
    expect(finished).toBe(false);
    expect(memory - before).toBeLessThan(GROWTH_BYTES_MAX);
    const answer: Buffer[] = [];
    child.stdout?.on('data', (bytes: Buffer) => answer.push(bytes));
    await feeding;
    const [status] = (await once(child, 'close')) as [number];
    expect([status, Buffer.concat(answer).toString().trim()]).toEqual([0, String(256 * piece.length)]);
  }, 120_000);
});

/** Bytes of all files below a directory. */
async function sizeOf(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((entry) => sizeOfFile(join(entry.parentPath, entry.name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A file being written may get its name while it is looked at. */
async function sizeOfFile(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
