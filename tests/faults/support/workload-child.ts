/**
 * A small recorder's life: begin, open, append in both directions at once, seal, publish, end. Waits for a line before
 * it begins, so that whoever injects faults meets nothing of how a program starts. Prints what it was promised:
 * `SESSION NUMBER` for each acknowledged frame, `sealed SESSION`, and at the end `done`, or `failed` and why.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { asError } from '../../../foundation/index.ts';
import type { OwningRecorder } from '../../../recorder/index.ts';
import { newMeta, start } from '../../recorder/support/recordings.ts';

const FRAMES = 6;
const tell = (line: string): void => void writeSync(1, `${line}\n`);

async function one(recorder: OwningRecorder): Promise<void> {
  const writer = await recorder.openRecording(newMeta());
  const { sessionId } = writer;
  for (let number = 0; number < FRAMES; number += 1) {
    const typed = writer.append('i', Buffer.from('k'));
    await writer.append('o', Buffer.from(`[${number}]`));
    await typed;
    tell(`${sessionId} ${number}`);
  }
  await writer.close(Buffer.from('0'));
  tell(`sealed ${sessionId}`);
}

const [directory = ''] = process.argv.slice(2);
tell('ready');
await once(process.stdin, 'data');
try {
  const recorder = await start(directory);
  try {
    await Promise.all([one(recorder), one(recorder)]);
    await one(recorder);
  } finally {
    await recorder[Symbol.asyncDispose]();
  }
  tell('done');
} catch (thrown) {
  tell(`failed ${asError(thrown).message.replaceAll('\n', ' ')}`);
}
process.exit(0); // What still waits for a disk that is dead would keep the process.
