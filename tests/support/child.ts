/** Our own sources in a process of their own: one that can be killed, or be another user. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ROOT } from './paths.ts';

const REGISTER = fileURLToPath(new URL('./typescript/register.mjs', import.meta.url));

export interface ScriptProcess extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Lines of its standard output; each is given once. @throws when it ends before the line comes, with its stderr. */
  nextLine(): Promise<string>;
  /** Kills it and waits. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Closes its standard input and waits for its end. @returns its exit status. */
  finish(): Promise<number | null>;
}

/** Starts `script` (from the repository's root), as another user when told. */
export function startScript(
  script: string,
  args: readonly string[],
  runAs: { uid?: number; gid?: number } = {},
): ScriptProcess {
  const child = spawn(process.execPath, ['--import', REGISTER, script, ...args], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...runAs,
  });
  const ended = once(child, 'close');
  const errors: Buffer[] = [];
  child.stderr.on('data', (bytes: Buffer) => errors.push(bytes));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
  };
  return {
    process: child,
    nextLine: async () => {
      const next = await lines.next();
      if (next.done !== true) return next.value;
      await ended;
      throw new Error(`${script} ended: ${Buffer.concat(errors).toString()}`);
    },
    kill,
    finish: async () => {
      child.stdin.end();
      await ended;
      return child.exitCode;
    },
    [Symbol.asyncDispose]: () => kill('SIGKILL'),
  };
}
