/** The policy that a gateway says it goes by: its own logs, and the witnesses of its configuration. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { utf8 } from '../../evidence/index.ts';
import { readIfThere } from './recorder-source.ts';

/**
 * A policy file as it is when it names logs; otherwise with the lines of this gateway's logs before it. Without a file
 * no witness is asked for.
 */
export async function gatewayPolicy(recorder: string, file: string | undefined): Promise<Uint8Array> {
  const text = file === undefined ? 'quorum none\n' : await readFile(file, 'utf8');
  if (/^[ \t]*log[ \t]/m.test(text)) return utf8(text);
  const lines: string[] = [];
  for (const log of ['log', 'ledger']) {
    const line = await readIfThere(join(recorder, log, 'verifier'));
    if (line !== undefined) lines.push(`log ${line.toString('utf8').trim()}\n`);
  }
  return utf8(`${lines.join('')}${text}`);
}
