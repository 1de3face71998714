/** Records without end, three sessions at once, and prints each number after it was acknowledged: `SESSION NUMBER`. */
import { writeSync } from 'node:fs';
import { hasErrno } from '../../../foundation/index.ts';
import { newMeta, start } from './recordings.ts';

/** The reader may be slower than the recorder: the pipe is full then, and waits. */
function tell(line: string): void {
  for (let left = Buffer.from(line); left.length > 0; ) {
    try {
      left = left.subarray(writeSync(1, left));
    } catch (thrown) {
      if (!hasErrno(thrown, 'EAGAIN')) throw thrown;
    }
  }
}

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('a directory is needed');
const recorder = await start(directory);
const sealed = await recorder.openRecording(newMeta());
await sealed.append('o', Buffer.from('[0]'));
await sealed.close();
tell(`${sealed.sessionId} 0\n`);

for (let session = 0; session < 3; session += 1) {
  const writer = await recorder.openRecording(newMeta());
  void (async () => {
    for (let number = 0; ; number += 1) {
      await writer.append('o', Buffer.from(`[${number}]`));
      tell(`${writer.sessionId} ${number}\n`);
    }
  })();
}
