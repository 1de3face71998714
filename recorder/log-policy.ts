/** The policy that a log is checked by: this log's own key, and the witnesses whose word counts. */
import { join } from 'node:path';
import type { FileSystem } from './files.ts';
import { readWhole } from './files.ts';
import { VERIFIER } from './log/read-log.ts';

const LINE_BYTES_MAX = 1024;
const NOBODY = 'quorum none\n';

export interface LogPolicyOptions {
  /** The recorder's directory. */
  readonly directory: string;
  readonly files: FileSystem;
  /** Lines of c2sp.org/tlog-policy. One that names logs is taken as it is. Default: no witness is asked for. */
  readonly policy?: string | undefined;
}

/** Undefined when it would name no log: there is none, or its verifier key is missing. */
export async function logPolicy({
  directory,
  files,
  policy = NOBODY,
}: LogPolicyOptions): Promise<Uint8Array | undefined> {
  if (/^[ \t]*log[ \t]/m.test(policy)) return Buffer.from(policy);
  const lines: string[] = [];
  for (const log of ['log', 'ledger']) {
    const line = await readWhole(files, join(directory, log, VERIFIER), LINE_BYTES_MAX).catch(() => undefined);
    if (line !== undefined) lines.push(`log ${line.toString('utf8').trim()}\n`);
  }
  return lines.length === 0 ? undefined : Buffer.from(`${lines.join('')}${policy}`);
}
