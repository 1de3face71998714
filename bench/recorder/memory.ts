/** What a session that nobody types in keeps of the recorder's memory. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LIMITS } from '../../foundation/index.ts';
import type { RecordingWriter } from '../../recorder/index.ts';
import { newMeta, start } from '../../tests/recorder/support/recordings.ts';
import { residentKilobytes } from '../measure/processes.ts';
import { round } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { newPlace } from './place.ts';

const FRAMES = 5;
const BURST = 50;

/** Kilobytes that are alive: of the heap, and of buffers outside of it. */
function alive(collect: () => void): number {
  for (let pass = 0; pass < 3; pass += 1) collect();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024;
}

export async function memory(options: BenchOptions): Promise<Part> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const count = options.quick ? 50 : 1_000;
  await using place = await newPlace();
  await using recorder = await start(place.path, { limits: {} });
  const open = async (sessions: number): Promise<RecordingWriter[]> => {
    const writers: RecordingWriter[] = [];
    for (; sessions > 0; sessions -= BURST) {
      const some = Array.from({ length: Math.min(BURST, sessions) }, () => recorder.openRecording(newMeta()));
      writers.push(...(await Promise.all(some)));
    }
    for (let frame = 0; frame < FRAMES; frame += 1) {
      await Promise.all(writers.map((writer) => writer.append('o', Buffer.from('$ \r\n'))));
    }
    // Longer than a chunk stays open: an idle session has nothing left that waits to be sealed.
    await new Promise((resolve) => setTimeout(resolve, LIMITS.chunkMillis + 3_000));
    return writers;
  };
  const close = (writers: readonly RecordingWriter[]) =>
    Promise.all(writers.map((writer) => writer.close(Buffer.from('0'))));
  // What the first sessions leave behind for all: compiled code, the log's own memory of its newest leaves.
  await close(await open(count));
  const before = { alive: alive(collect), resident: residentKilobytes(process.pid) };
  const idle = await open(count);
  const after = { alive: alive(collect), resident: residentKilobytes(process.pid) };
  const each = round((after.alive - before.alive) / count, 2);
  const resident = round((after.resident - before.resident) / count, 2);
  options.say(`memory: ${each} KiB a session, resident ${resident} KiB`);
  await close(idle);
  return {
    figures: { idle_session_kib: { sessions: count, alive: each, resident } },
    bars: [bar('memory/idle', { value: each, op: '<=', limit: 8, unit: 'KiB' })],
  };
}
