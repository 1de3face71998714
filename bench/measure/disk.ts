/** How long the disk under a directory takes to make a small write durable: the floor of every strict recording. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { median } from './statistics.ts';

const BYTES = 16 * 1024 * 1024;
const WRITE_BYTES = 256;

/** Median milliseconds of one 256-byte write and fdatasync in a file whose blocks are all there. */
export async function fdatasyncMilliseconds(directory: string, writes = 300): Promise<number> {
  const path = join(directory, 'fdatasync-probe');
  const file = await open(path, 'w+');
  try {
    await file.write(Buffer.alloc(BYTES));
    await file.sync();
    const took: number[] = [];
    for (let at = 0; at < writes; at += 1) {
      const start = performance.now();
      await file.write(Buffer.alloc(WRITE_BYTES, at), 0, WRITE_BYTES, at * WRITE_BYTES);
      await file.datasync();
      took.push(performance.now() - start);
    }
    return median(took);
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}
