/** Large files by scp and sftp, with new keys on the way: a share in a usual run, 20 GB in a long one. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { TARGET_REKEYS } from '../../bench/fidelity/noise.ts';
import { seeded } from '../../bench/measure/random.ts';
import { run } from '../../bench/world/run.ts';
import { World } from '../../bench/world/world.ts';
import { Cleanup } from '../../foundation/index.ts';
import { describeWithNewestOpenSsh } from '../support/openssh-newest.ts';
import { isLongRun, seed } from '../support/share.ts';

const MEGABYTE = 1_000_000;
const [MEGABYTES, REKEY] = isLongRun() ? [20_000, '1G'] : [24, '4M'];
const PART = 8 * 1024 * 1024;
const TRANSFER_MS = 3_600_000;

async function writeNoise(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w', 0o644);
  const noise = seeded(seed()).bytes(PART);
  for (let at = 0; at < bytes; at += PART) {
    noise.writeBigUInt64BE(BigInt(at), 0); // No two parts alike: one that is lost or comes twice shows.
    await file.write(noise, 0, Math.min(PART, bytes - at));
  }
  await file.close();
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: PART })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

describeWithNewestOpenSsh(`${MEGABYTES} MB through the gateway with new keys each ${REKEY}`, (openSsh) => {
  const cleanup = new Cleanup();
  let world: World;
  let local: string;
  let remote: string;
  jest.setTimeout(2 * TRANSFER_MS);

  beforeAll(async () => {
    world = cleanup.use(await World.start({ targetLines: isLongRun() ? [] : TARGET_REKEYS }));
    local = join(world.directory, 'sent.bin');
    remote = join(world.account.home, 'kept.bin');
    await writeNoise(local, MEGABYTES * MEGABYTE);
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const settings = (): string[] => ['-F', world.configPath, '-o', `RekeyLimit=${REKEY}`];
  const ways: [string, () => Promise<{ status: number | null; stderr: string }>][] = [
    [
      'scp',
      () =>
        run(openSsh.scp, [...settings(), '-S', openSsh.ssh, local, `gateway:${remote}`], { timeoutMs: TRANSFER_MS }),
    ],
    [
      'sftp',
      () =>
        run(openSsh.sftp, [...settings(), '-S', openSsh.ssh, '-b', '-', 'gateway'], {
          stdin: `put ${local} ${remote}\n`,
          timeoutMs: TRANSFER_MS,
        }),
    ],
  ];

  test.each(ways)('are the same bytes after %s, there and back', async (name, put) => {
    const sent = await put();
    expect({ status: sent.status, stderr: sent.stderr }).toEqual({ status: 0, stderr: '' });
    const wanted = await digest(local);
    expect(await digest(remote)).toBe(wanted);
    const back = join(world.directory, `back-${name}.bin`);
    const got = await run(openSsh.scp, [...settings(), '-S', openSsh.ssh, `gateway:${remote}`, back], {
      timeoutMs: TRANSFER_MS,
    });
    expect({ status: got.status, stderr: got.stderr }).toEqual({ status: 0, stderr: '' });
    expect(await digest(back)).toBe(wanted);
    await Promise.all([rm(back), rm(remote)]);
  });
});
