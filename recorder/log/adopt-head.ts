/** A lost head file, written anew from the log that is there. */
import { join } from 'node:path';
import { GatewayError } from '../../foundation/index.ts';
import { type FileSystem, readWhole } from '../files.ts';
import { createHead } from './head-file.ts';
import { parseVerifierLine } from './note.ts';
import { readLog, VERIFIER } from './read-log.ts';

const BYTES_MAX = 64 * 1024;

/**
 * @returns how many leaves it speaks of; undefined when there is a head file, which is left as it is.
 * @throws {GatewayError} `start_refused` when the log is not the one its key signed.
 */
export async function adoptHead(place: {
  readonly directory: string;
  readonly path: string;
  readonly files: FileSystem;
}): Promise<number | undefined> {
  const { directory, path, files } = place;
  if ((await readWhole(files, path, BYTES_MAX)) !== undefined) return undefined;
  const reading = await readLog({ directory, files });
  if (reading.condition !== 'sound') throw new GatewayError('start_refused', reading.detail);
  const line = (await readWhole(files, join(directory, VERIFIER), BYTES_MAX))?.toString().trimEnd() ?? '';
  const origin = parseVerifierLine(line)?.name;
  if (origin === undefined) throw new GatewayError('start_refused', 'The verifier key of the log is no such key.');
  const { tree } = reading;
  await createHead({ files, path, origin }, { size: tree.size, root: tree.root() });
  return tree.size;
}
