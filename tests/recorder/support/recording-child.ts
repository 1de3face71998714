/** Records without end, three sessions at once, and prints each number after it was acknowledged: `SESSION NUMBER`. */
import { writeSync } from 'node:fs';
import { newMeta, start } from './recordings.ts';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('a directory is needed');
const recorder = await start(directory);
const sealed = await recorder.openRecording(newMeta());
await sealed.append('o', Buffer.from('[0]'));
await sealed.close();
writeSync(1, `${sealed.sessionId} 0\n`);

for (let session = 0; session < 3; session += 1) {
  const writer = await recorder.openRecording(newMeta());
  void (async () => {
    for (let number = 0; ; number += 1) {
      await writer.append('o', Buffer.from(`[${number}]`));
      writeSync(1, `${writer.sessionId} ${number}\n`);
    }
  })();
}
