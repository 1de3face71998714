/** Connections that are opened and dropped at any moment leave nothing behind: no socket, no memory, no session. */
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { dialFromAnywhere } from '../../bench/hostile/wire.ts';
import { family, residentKilobytes } from '../../bench/measure/processes.ts';
import { seeded } from '../../bench/measure/random.ts';
import { World } from '../../bench/world/world.ts';
import { Cleanup } from '../../foundation/index.ts';
import { describeWithNewestOpenSsh } from '../support/openssh-newest.ts';
import { waitFor } from '../support/wait-for.ts';
import { caseCount, seed } from '../support/share.ts';

const NODE = /^(node|MainThread|sekisho)/;
const AT_ONCE = 8;
const GROWTH_KB_MAX = 60_000;

describeWithNewestOpenSsh('connections that are opened and dropped', () => {
  const cleanup = new Cleanup();
  const random = seeded(seed());
  let world: World;
  jest.setTimeout(3_600_000);

  beforeAll(async () => {
    world = cleanup.use(await World.start());
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const processes = () => family(world.gateway.pid).filter(({ name }) => NODE.test(name));
  const resident = (): number => processes().reduce((sum, { pid }) => sum + residentKilobytes(pid), 0);
  const sockets = (): number =>
    processes().flatMap(({ pid }) => readdirSync(`/proc/${pid}/fd`).filter((fd) => isSocket(pid, fd))).length;

  const dropOne = async (): Promise<void> => {
    const socket: Socket = await dialFromAnywhere(world.gateway.sshPort, random);
    socket.on('error', () => undefined);
    const moment = random.below(4);
    if (moment > 0) await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    if (moment > 1) socket.write('SSH-2.0-Dropped\r\n');
    if (moment > 2) socket.end();
    else socket.resetAndDestroy();
    if (!socket.destroyed) await once(socket.resume(), 'close');
  };
  const drop = async (count: number): Promise<void> => {
    let left = count;
    const worker = async (): Promise<void> => {
      for (left -= 1; left >= 0; left -= 1) await dropOne();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };

  test('leave no socket and no memory', async () => {
    await drop(500);
    await world.ssh('gateway', ['true']);
    const idle = await waitFor('the sockets of the first ones to close', () => Promise.resolve(settled(sockets)));
    const before = resident();
    await drop(caseCount(1_500, 10_000));
    await waitFor('every socket to close', () => Promise.resolve(sockets() <= idle + 2 ? true : undefined));
    expect(resident() - before).toBeLessThan(GROWTH_KB_MAX);
    expect((await world.ssh('gateway', ['echo served'])).stdout.toString()).toBe('served\n');
  });
});

const seen: number[] = [];
/** The count when it was the same three times in a row. */
function settled(count: () => number): number | undefined {
  seen.push(count());
  const last = seen.slice(-3);
  return last.length === 3 && new Set(last).size === 1 ? last[0] : undefined;
}

function isSocket(pid: number, fd: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
  } catch {
    return false; // Closed meanwhile.
  }
}
