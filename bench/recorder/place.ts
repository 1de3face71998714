/** A directory on a disk: what is measured here is what a disk does, and /tmp is memory on many machines. */
import { mkdtemp, rm } from 'node:fs/promises';

export interface Place extends AsyncDisposable {
  readonly path: string;
}

export async function newPlace(): Promise<Place> {
  const path = await mkdtemp('/var/tmp/sekisho-bench-recorder-');
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
