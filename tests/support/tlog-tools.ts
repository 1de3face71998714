/** Programs of others that read or witness our logs, built outside the repository by scripts/tlog-tools.sh. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { ROOT } from './paths.ts';

export type TlogTool = 'fsck' | 'litewitness' | 'sigsum-verify';

/** Path of the program at the version of scripts/tlog-tools.txt. */
function findTool(name: TlogTool): string | undefined {
  const pins = readFileSync(join(ROOT, 'scripts/tlog-tools.txt'), 'utf8');
  const version = new RegExp(`^${name} \\S+ (\\S+)$`, 'm').exec(pins)?.[1];
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const path = join(cache, 'sekisho', 'tlog-tools', `${name}-${version}`, name);
  return existsSync(path) ? path : undefined;
}

/**
 * A suite with one of them. It needs a toolchain and a network that a machine may lack for good reason, so without the
 * program there is no suite, and a loud line says so.
 */
export function describeWithTool(tool: TlogTool, name: string, suite: (program: string) => void): void {
  const program = findTool(tool);
  if (program === undefined) process.stderr.write(`tests: WITHOUT ${tool}: ${name}: not checked on this machine\n`);
  else describe(name, () => suite(program));
}
