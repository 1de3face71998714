/** The real ssh client while it runs. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { SshResult, TestGateway } from '../../support/gateway.ts';
import { partner } from '../../support/partners.ts';

const LIMIT_MS = 20_000;

export class LiveSsh implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly ended: Promise<SshResult>;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #hasEnded = false;
  #wake: () => void = () => undefined;

  constructor(args: readonly string[]) {
    const child = spawn(partner('ssh'), args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process = child;
    const keepIn = (kept: Buffer[]) => (chunk: Buffer) => {
      kept.push(chunk);
      this.#wake();
    };
    child.stdout.on('data', keepIn(this.#stdout));
    child.stderr.on('data', keepIn(this.#stderr));
    child.stdin.on('error', () => undefined); // The client may end before it read everything.
    this.ended = new Promise((resolve) => {
      child.once('close', (status) => {
        this.#hasEnded = true;
        resolve({ status, stdout: this.stdout, stderr: this.stderr });
        this.#wake();
      });
    });
  }

  get stdout(): Buffer {
    return Buffer.concat(this.#stdout);
  }

  get stderr(): string {
    return Buffer.concat(this.#stderr).toString('utf8');
  }

  type(text: string): void {
    this.process.stdin?.write(text);
  }

  /** Waits until both streams together show `wanted`. @throws when the client ends, or 20 seconds pass, without it. */
  async sees(wanted: string | RegExp): Promise<RegExpExecArray> {
    const pattern = typeof wanted === 'string' ? new RegExp(wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : wanted;
    const deadline = AbortSignal.timeout(LIMIT_MS);
    deadline.addEventListener('abort', () => this.#wake());
    for (;;) {
      const found = pattern.exec(`${this.stdout.toString('utf8')}\n${this.stderr}`);
      if (found !== null) return found;
      if (this.#hasEnded || deadline.aborted) {
        throw new Error(`never saw ${String(wanted)} in: ${this.stdout.toString('utf8')}\n${this.stderr}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill('SIGKILL');
    await this.ended;
  }
}

/** Starts ssh as this person; `words` come after the host. */
export async function startSsh(
  gateway: TestGateway,
  login: string,
  words: readonly string[],
  options: { loginName?: string; extra?: readonly string[] } = {},
): Promise<LiveSsh> {
  const base = await gateway.sshArguments(login, options.loginName);
  return new LiveSsh([...(options.extra ?? []), ...base, '127.0.0.1', ...words]);
}
