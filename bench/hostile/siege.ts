/** A gateway under attack: what another person feels meanwhile, what it costs in memory, and whether it lives. */
import { join } from 'node:path';
import { Keystrokes } from '../measure/keystrokes.ts';
import { family, residentKilobytes } from '../measure/processes.ts';
import { Cleanup } from '../../foundation/index.ts';
import { World } from '../world/world.ts';
import { Hostile, type HostileAnswer, type HostileCommand } from './hostile.ts';

const PAUSE_MS = 10;
const GATEWAY = /^(node|MainThread|sekisho)/;
/** What the process writes when an error got past every guard. */
const ESCAPED = /uncaught|unhandled|TypeError|RangeError|ERR_|heap out of memory/i;

export interface Felt {
  /** Milliseconds of the other person's keys during the attack. */
  readonly echoes: readonly number[];
  readonly grownKilobytes: number;
  /** Why nothing could be typed, if so. */
  readonly lost: string | undefined;
  /** What the attackers say of their attack. */
  readonly attack: HostileAnswer;
}

type Told<Command> = Command extends unknown ? Omit<Command, 'gatewayPort' | 'key'> : never;

export class Siege implements AsyncDisposable {
  readonly world: World;
  readonly #hostile: Hostile;
  readonly #cleanup: Cleanup;

  private constructor(world: World, hostile: Hostile, cleanup: Cleanup) {
    this.world = world;
    this.#hostile = hostile;
    this.#cleanup = cleanup;
  }

  static async start(seed: number): Promise<Siege> {
    const cleanup = new Cleanup();
    try {
      const hostile = cleanup.use(await Hostile.start(seed));
      const world = cleanup.use(await World.start({ targets: [hostile.target] }));
      return new Siege(world, hostile, cleanup);
    } catch (thrown) {
      await cleanup[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Attacks as chen, and types as aoki until the attack is over. */
  async during(command: Told<HostileCommand>): Promise<Felt> {
    const before = this.#resident();
    const state = { isOver: false };
    const attack = this.attack(command).finally(() => {
      state.isOver = true;
    });
    const echoes: number[] = [];
    let lost: string | undefined;
    try {
      const words = ['-F', this.world.configPath, '-tt', 'gateway-aoki', 'echo ready; exec cat'];
      await using keys = await Keystrokes.open(this.world.openSsh.ssh, words, 'ready');
      while (!state.isOver || echoes.length < 20) echoes.push(...(await keys.type(10, PAUSE_MS)));
    } catch (thrown) {
      lost = thrown instanceof Error ? thrown.message : String(thrown);
    }
    return { attack: await attack, echoes, lost, grownKilobytes: this.#resident() - before };
  }

  async attack(command: Told<HostileCommand>): Promise<HostileAnswer> {
    const all = { ...command, gatewayPort: this.world.gateway.sshPort, key: join(this.world.directory, 'chen') };
    return await this.#hostile.ask(all);
  }

  /** What proves that the gateway serves: a command of another person on the real target. @throws when it does not. */
  async serves(): Promise<void> {
    const { status, stdout, stderr } = await this.world.ssh('gateway-aoki', ['echo still here'], { timeoutMs: 20_000 });
    if (status !== 0 || stdout.toString() !== 'still here\n') throw new Error(`status ${String(status)}: ${stderr}`);
  }

  /** Lines of the gateway's log that tell of an error nobody caught. */
  escaped(): string[] {
    return this.world.gateway.log.split('\n').filter((line) => /"level":(60|50)/.test(line) && ESCAPED.test(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup[Symbol.asyncDispose]();
  }

  #resident(): number {
    return family(this.world.gateway.pid)
      .filter(({ name }) => GATEWAY.test(name))
      .reduce((sum, { pid }) => sum + residentKilobytes(pid), 0);
  }
}
