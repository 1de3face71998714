/** A terminal somewhere: types one character, waits until it is shown, and takes the time. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';

const ECHO_MS_MAX = 20_000;

export class Keystrokes implements AsyncDisposable {
  readonly #child: ChildProcessWithoutNullStreams;
  #shown = '';
  #wake: () => void = () => undefined;
  #said = '';

  private constructor(program: string, args: readonly string[]) {
    this.#child = spawn(program, args, { stdio: 'pipe' });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdout.on('data', (bytes: Buffer) => {
      this.#shown += bytes.toString('latin1');
      this.#wake();
    });
    this.#child.stderr.on('data', (bytes: Buffer) => {
      this.#said += bytes.toString();
    });
    this.#child.once('close', () => this.#wake());
  }

  /** Starts `ssh …args`, whose remote side is a terminal, and waits for `prompt`. */
  static async open(program: string, args: readonly string[], prompt: string): Promise<Keystrokes> {
    const keys = new Keystrokes(program, args);
    await keys.#until(() => keys.#shown.includes(prompt), prompt);
    return keys;
  }

  /** Milliseconds from each key to its echo; `pauseMs` apart, as somebody types. */
  async type(count: number, pauseMs: number): Promise<number[]> {
    const took: number[] = [];
    for (let at = 0; at < count; at += 1) {
      this.#shown = '';
      const key = 'abcdefghijklmnopqrstuvwxyz'.charAt(at % 26);
      const start = performance.now();
      this.#child.stdin.write(key);
      await this.#until(() => this.#shown.includes(key), `the echo of ${key}`);
      took.push(performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return took;
  }

  /** Types a line, waits until it is shown, and takes the milliseconds from Enter until `answer` is shown, then `prompt`. */
  async enter(line: string, answer: string, prompt: string): Promise<number> {
    this.#shown = '';
    this.#child.stdin.write(line);
    await this.#until(() => this.#shown.includes(line.slice(-8)), `the echo of ${line}`);
    this.#shown = '';
    const start = performance.now();
    this.#child.stdin.write('\r');
    await this.#until(() => this.#shown.includes(answer), answer);
    const took = performance.now() - start;
    await this.#until(() => this.#shown.slice(this.#shown.indexOf(answer)).includes(prompt), prompt);
    return took;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async #until(seen: () => boolean, what: string): Promise<void> {
    const limit = setTimeout(() => this.#child.kill('SIGKILL'), ECHO_MS_MAX);
    while (!seen()) {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`never saw ${what}: ${this.#said}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    clearTimeout(limit);
  }
}
