/** What a frame costs the thread that forwards it: its number, its layout, and its part of the sealed batch. */
import { LIMITS, parseUuid } from '../../foundation/index.ts';
import { type Batch, bodySize, FrameQueue, writeBody } from '../../recorder/batch.ts';
import { FloodBuffers } from '../../recorder/chunks/flood-buffers.ts';
import { WalBatch, type WalSource } from '../../recorder/wal-batch.ts';
import { encodeRecord, segmentKey } from '../../recorder/wal-segment.ts';
import { seeded } from '../measure/random.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';

const SESSIONS = 200;
const FRAME_BYTES = 256;

export async function cpu(options: BenchOptions): Promise<Part> {
  const batches = options.quick ? 20 : 500;
  const taken: number[] = [];
  for (let run = 0; run < (options.quick ? 1 : options.runs) + 1; run += 1) {
    const micros = sealBatches(batches);
    if (run > 0) taken.push(micros); // The first is the compiler's.
    await Promise.resolve();
  }
  options.say(`cpu: ${round(median(taken), 2)} µs a frame`);
  return {
    figures: { frame_cpu_us: { frames: batches * SESSIONS, ...summary(taken) } },
    bars: [bar('cpu/frame', { value: round(median(taken), 2), op: '<=', limit: 15, unit: 'µs' })],
  };
}

/** One frame of each session in each batch. @returns CPU microseconds a frame. */
function sealBatches(batches: number): number {
  const random = seeded(3);
  const payload = random.bytes(FRAME_BYTES);
  const marker = random.bytes(16);
  const segment = { marker, key: segmentKey(random.bytes(32), marker) };
  const buffers = new FloodBuffers(LIMITS);
  const sessions = Array.from({ length: SESSIONS }, (_, at) => {
    const queue = new FrameQueue({ buffers, limits: LIMITS });
    return { queue, source: sourceOf(queue, parseUuid(`01990000-0000-7000-8000-${String(at).padStart(12, '0')}`)) };
  });
  const sources = sessions.map(({ source }) => source);
  const batch = new WalBatch();
  const before = process.cpuUsage();
  for (let number = 0; number < batches; number += 1) {
    for (const { queue } of sessions) queue.put({ type: 'o', micros: BigInt(number), payload });
    if (batch.fill(sources, { room: LIMITS.walSegmentBytes, most: LIMITS.walSegmentBytes }) !== SESSIONS)
      throw new Error('one batch takes them all');
    encodeRecord(segment, number, batch.plaintext);
    batch.empty();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (batches * SESSIONS);
}

function sourceOf(queue: FrameQueue, id: Uint8Array): WalSource {
  const next = (): Batch => {
    if (queue.first === undefined) throw new Error('a frame waits');
    return queue.first;
  };
  const nothing = (): void => undefined;
  return {
    ...{ id, kind: 'frames', passed: nothing, durable: nothing, lost: nothing },
    size: () => bodySize(next()),
    write: (target, at) => {
      const first = next();
      queue.take();
      writeBody(first, target, at);
    },
  };
}
