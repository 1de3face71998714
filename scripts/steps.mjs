/** What the scripts share: running a tool of ours, timing a step, telling the operator on stderr. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** The script of an installed package, run by this very node: needs neither npx nor a shell. */
export function tool(path) {
  const file = join(ROOT, 'node_modules', path);
  if (!existsSync(file)) throw new Error(`${path} is not installed: run \`npm ci\` (without --omit=dev)`);
  return file;
}

/** Runs node with these arguments in the repository's root. Resolves with its exit status; its output goes to stderr. */
export function node(args, { env = {}, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : 2, quiet ? 'pipe' : 2],
    });
    const said = [];
    child.stdout?.on('data', (bytes) => said.push(bytes));
    child.stderr?.on('data', (bytes) => said.push(bytes));
    child.once('error', reject);
    child.once('close', (status, signal) => {
      if (status !== 0 && quiet) process.stderr.write(Buffer.concat(said));
      resolve(status ?? (signal === null ? 1 : 128));
    });
  });
}

/** Seconds since `start`, a value of performance.now(), for people. */
export function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
