/** A key and its echo, each durable before it goes on, beside one write of 4 KiB and its sync on the same disk. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { newMeta, start } from '../../tests/recorder/support/recordings.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { newPlace } from './place.ts';

const PAGE = 4_096;
const FILE_BYTES = 16 * 1024 * 1024;
const WARM_UP = 20;

export async function echo(options: BenchOptions): Promise<Part> {
  const rounds = options.quick ? 30 : 1_000;
  await using place = await newPlace();
  await using recorder = await start(place.path, { limits: {} });
  const writer = await recorder.openRecording(newMeta());
  const file = await open(join(place.path, 'probe'), 'w+', 0o600);
  const [echoes, syncs]: [number[], number[]] = [[], []];
  try {
    await file.write(Buffer.alloc(FILE_BYTES));
    await file.sync();
    const page = Buffer.alloc(PAGE, 1);
    // In turns, so that what else the disk does meets both alike.
    for (let round = -WARM_UP; round < rounds; round += 1) {
      const began = performance.now();
      await file.write(page, 0, PAGE, ((round + WARM_UP) * PAGE) % FILE_BYTES);
      await file.datasync();
      const synced = performance.now();
      await writer.append('i', Buffer.from('a'));
      await writer.append('o', Buffer.from('a'));
      if (round < 0) continue;
      syncs.push(synced - began);
      echoes.push(performance.now() - synced);
    }
  } finally {
    await file.close();
    await writer.close(Buffer.from('0'));
  }
  const ratio = round(median(echoes) / median(syncs), 2);
  options.say(`echo: ${round(median(echoes))} ms both ways, one sync ${round(median(syncs))} ms`);
  return {
    figures: { echo_ms: summary(echoes), fdatasync_4k_ms: summary(syncs) },
    bars: [bar('echo/fdatasync', { value: ratio, op: '<=', limit: 3, unit: 'x' })],
  };
}
