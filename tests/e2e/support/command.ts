/** `sekisho` as a maintainer runs it, with a home of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../../support/paths.ts';

const REGISTER = fileURLToPath(new URL('../../support/typescript/register.mjs', import.meta.url));
const LIMIT_MS = 40_000;

export interface Command extends AsyncDisposable {
  /** Waits until its output shows `pattern`. @throws when it ends before. */
  readonly sees: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }>;
}

export function startCommand(
  home: string,
  args: readonly string[],
  { limitMs = LIMIT_MS }: { readonly limitMs?: number } = {},
): Command {
  const child = spawn(process.execPath, ['--import', REGISTER, 'tests/e2e/support/command-child.ts', ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limitMs,
  });
  let [stdout, stderr, hasEnded] = ['', '', false];
  let wake = (): void => undefined;
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes.toString('utf8');
    wake();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    stderr += bytes.toString('utf8');
  });
  const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (status) => {
      hasEnded = true;
      resolve({ status, stdout, stderr });
      wake();
    });
  });
  return {
    ended,
    sees: async (pattern) => {
      for (;;) {
        const found = pattern.exec(stdout);
        if (found !== null) return found;
        if (hasEnded) throw new Error(`never saw ${String(pattern)} in: ${stdout}\n${stderr}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
