/** Frames of many sessions at once, each durable before its session goes on, beside one file a session with its own sync. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { newMeta, start } from '../../tests/recorder/support/recordings.ts';
import { interleave } from '../measure/interleave.ts';
import { seeded } from '../measure/random.ts';
import { median, round, summary } from '../measure/statistics.ts';
import { bar, type BenchOptions, type Part } from '../model.ts';
import { newPlace } from './place.ts';

const SESSIONS = 200;
const FRAME_BYTES = 256;
const PEER_FRAMES = 20;

type Append = (payload: Buffer) => Promise<unknown>;

/** Each session waits for its frame before it sends the next. @returns events a second. */
async function drive(sessions: readonly Append[], frames: number): Promise<number> {
  const random = seeded(7);
  const payloads = Array.from({ length: 64 }, () => random.bytes(FRAME_BYTES));
  const began = performance.now();
  await Promise.all(
    sessions.map(async (append, at) => {
      for (let n = 0; n < frames; n += 1)
        await append(payloads[(at + n) % payloads.length] ?? Buffer.alloc(FRAME_BYTES));
    }),
  );
  return (sessions.length * frames) / ((performance.now() - began) / 1_000);
}

async function throughRecorder(frames: number, spent: number[]): Promise<number> {
  await using place = await newPlace();
  await using recorder = await start(place.path, { limits: {} });
  const writers = await Promise.all(Array.from({ length: SESSIONS }, () => recorder.openRecording(newMeta())));
  const before = process.cpuUsage();
  const rate = await drive(
    writers.map((writer) => (payload) => writer.append('o', payload)),
    frames,
  );
  const { user, system } = process.cpuUsage(before);
  spent.push((user + system) / (SESSIONS * frames));
  await Promise.all(writers.map((writer) => writer.close(Buffer.from('0'))));
  return rate;
}

async function oneFileEach(frames: number): Promise<number> {
  await using place = await newPlace();
  const files = await Promise.all(
    Array.from({ length: SESSIONS }, (_, at) => open(join(place.path, `${at}.log`), 'a', 0o600)),
  );
  try {
    return await drive(
      files.map((file) => async (payload) => {
        await file.write(payload);
        await file.datasync();
      }),
      frames,
    );
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

export async function append(options: BenchOptions): Promise<Part> {
  const frames = options.quick ? 20 : 500;
  const cpuMicros: number[] = [];
  const rates = await interleave(['recorder', 'file_each'], options.quick ? 1 : options.runs, (name) =>
    name === 'recorder' ? throughRecorder(frames, cpuMicros) : oneFileEach(options.quick ? 5 : PEER_FRAMES),
  );
  const ratio = round(median(rates.recorder) / median(rates.file_each), 2);
  options.say(`append: ${round(median(rates.recorder), 0)} events/s, a file each ${round(median(rates.file_each), 0)}`);
  return {
    figures: {
      append_events_per_s: {
        sessions: SESSIONS,
        recorder: summary(rates.recorder),
        file_each: summary(rates.file_each),
      },
      // All threads and the kernel's share of the flushes with them.
      append_cpu_us_per_frame: summary(cpuMicros),
    },
    bars: [bar('append/file_each', { value: ratio, op: '>=', limit: 10, unit: 'x' })],
  };
}
