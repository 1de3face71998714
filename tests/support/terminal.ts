/** The real ssh client in a real terminal, as a person sits before it. */
import { StringDecoder } from 'node:string_decoder';
import { type IPty, spawn } from 'node-pty';

const LIMIT_MS = 20_000;

export class Terminal implements AsyncDisposable {
  readonly #pty: IPty;
  readonly #exited: Promise<number>;
  readonly #waiting = new Set<() => void>();
  #output = '';
  #seen = 0;
  #ended = false;

  constructor(program: string, args: readonly string[], size: { columns: number; rows: number }) {
    this.#pty = spawn(program, [...args], {
      cols: size.columns,
      rows: size.rows,
      name: 'xterm-256color',
      cwd: process.cwd(),
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', LANG: 'C.UTF-8' },
      encoding: null,
    });
    const decoder = new StringDecoder('utf8');
    this.#pty.onData((bytes) => {
      this.#output += decoder.write(bytes);
      for (const wake of this.#waiting) wake();
    });
    this.#exited = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#ended = true;
        for (const wake of this.#waiting) wake();
        resolve(exitCode);
      });
    });
  }

  /** Everything shown so far. */
  get output(): string {
    return this.#output;
  }

  get exited(): Promise<number> {
    return this.#exited;
  }

  type(text: string): void {
    this.#pty.write(text);
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
  }

  /** Waits for `wanted` in what was shown since the last match, and returns what stood there up to its end. */
  async sees(wanted: string | RegExp): Promise<string> {
    const deadline = AbortSignal.timeout(LIMIT_MS);
    for (;;) {
      const fresh = this.#output.slice(this.#seen);
      const found = typeof wanted === 'string' ? indexOf(fresh, wanted) : wanted.exec(fresh);
      if (found !== null) {
        const end = found.index + found[0].length;
        this.#seen += end;
        return fresh.slice(0, end);
      }
      if (this.#ended || deadline.aborted) throw new Error(`never saw ${String(wanted)} in: ${JSON.stringify(fresh)}`);
      await this.#change(deadline);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.#pty.kill('SIGKILL');
    await this.#exited;
  }

  #change(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        deadline.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      deadline.addEventListener('abort', wake, { once: true });
    });
  }
}

function indexOf(text: string, wanted: string): { index: number; 0: string } | null {
  const index = text.indexOf(wanted);
  return index === -1 ? null : { index, 0: wanted };
}
