/** The load generator, in a process and on a core of its own. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import ssh2 from 'ssh2';
import '../../gateway/ssh/library/ssh2.ts'; // Gives the library its post-quantum key exchange.
import { Cleanup } from '../../foundation/index.ts';
import { freePort } from '../../tests/support/free-port.ts';
import type { InventoryTarget } from './inventory.ts';
import { endChild, must, ROOT, startChild } from './run.ts';

export interface LoadSettings {
  readonly port: number;
  /** Login name: the target. */
  readonly user: string;
  /** Path of a private key. */
  readonly key: string;
  readonly kex: readonly string[];
}

export type LoadCommand =
  | { readonly do: 'connect' | 'open'; readonly count: number; readonly atOnce: number }
  | { readonly do: 'type'; readonly perSecond: number; readonly seconds: number }
  | { readonly do: 'close' };

export interface LoadAnswer {
  readonly done: number;
  /** Why → how often. */
  readonly failures: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** Milliseconds from each key to its echo. */
  readonly echoes: readonly number[];
}

export class Load implements AsyncDisposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(settings: Omit<LoadSettings, 'kex'>, core?: number): Promise<Load> {
    const child = await startChild(`${ROOT}/bench/world/load-child.ts`, { ...settings, kex: keyExchanges() }, { core });
    return new Load(child);
  }

  async ask(command: LoadCommand): Promise<LoadAnswer> {
    const answered = once(this.#child, 'message');
    this.#child.send(command);
    const [answer] = (await answered) as [LoadAnswer];
    return answer;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endChild(this.#child);
  }
}

const HYBRID = 'mlkem768x25519-sha256';

/** The post-quantum exchange when this library has it. */
export function keyExchanges(): string[] {
  try {
    new ssh2.Client()
      .on('error', () => undefined)
      .connect({ host: '127.0.0.1', port: 1, username: 'nobody', algorithms: { kex: [HYBRID as ssh2.KexAlgorithm] } })
      .destroy();
    return [HYBRID, 'curve25519-sha256'];
  } catch {
    return ['curve25519-sha256'];
  }
}

export interface CheapTarget extends AsyncDisposable {
  readonly target: InventoryTarget;
}

/** A target that costs the machine next to nothing, so that what is measured is the gateway. */
export async function startCheapTarget(core?: number): Promise<CheapTarget> {
  const cleanup = new Cleanup();
  const directory = await mkdtemp('/var/tmp/sekisho-cheap-');
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const hostKey = `${directory}/host`;
  await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  const { stdout } = await must('ssh-keygen', ['-y', '-f', hostKey]);
  const port = await freePort();
  const child = await startChild(`${ROOT}/bench/world/echo-target-child.ts`, { port, hostKey }, { core });
  cleanup.defer(() => endChild(child));
  return {
    target: {
      name: 'bench-cheap',
      port,
      hostKey: stdout.toString().trim().split(' ').slice(0, 2).join(' '),
      mode: 'recorded',
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}
