/** `sekisho log adopt`: writes the head files of the log and the export ledger anew, from what is in the data directory. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { GatewayError } from '../foundation/index.ts';
import { adoptHead, nodeFiles } from '../recorder/index.ts';
import { holdDirectory } from './data-directory.ts';

/** Only where a head file is gone: one that is there tells of an older copy, and is believed. */
export async function runAdopt(config: Config): Promise<number> {
  const { headFile } = config.recorder.log;
  const held = await holdDirectory(config.dataDirectory);
  try {
    return await adopt(config.dataDirectory, headFile);
  } finally {
    await held[Symbol.asyncDispose]();
  }
}

async function adopt(dataDirectory: string, headFile: string): Promise<number> {
  let adopted = 0;
  for (const [name, path] of [
    ['log', headFile],
    ['ledger', `${headFile}.ledger`],
  ] as const) {
    const directory = join(dataDirectory, 'recorder', name);
    const isBegun = await readFile(join(directory, 'verifier')).then(
      () => true,
      () => false,
    );
    const size = isBegun ? await adoptHead({ directory, path, files: nodeFiles }) : undefined;
    if (size === undefined) continue;
    process.stdout.write(`sekisho: ${path}: ${size} leaves of recorder/${name}\n`);
    adopted += 1;
  }
  if (adopted === 0) throw new GatewayError('request_invalid', 'Both head files are there; nothing was written.');
  return 0;
}
