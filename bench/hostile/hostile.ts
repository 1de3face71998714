/** Hostile peers of a gateway, in a process of their own: the one that measures must not be busy with attacking. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanup } from '../../foundation/index.ts';
import { freePort } from '../../tests/support/free-port.ts';
import type { InventoryTarget } from '../world/inventory.ts';
import { endChild, must, ROOT, startChild } from '../world/run.ts';
import type { ClientAttack } from './as-client.ts';
import type { Behaviour } from './as-target.ts';
import { recordTranscripts } from './transcript.ts';

export interface HostileSettings {
  readonly port: number;
  readonly hostKey: string;
  readonly targetName: string;
  readonly seed: number;
  /** Files of what a real client and a real server sent. */
  readonly transcripts: { readonly client: string; readonly server: string };
}

interface AsClient {
  readonly gatewayPort: number;
  /** Path of an enrolled private key. */
  readonly key: string;
  readonly user: string;
  readonly seed: number;
}

export type HostileCommand =
  | (AsClient & { readonly do: 'fuzz'; readonly count: number; readonly atOnce: number })
  | (AsClient & { readonly do: 'attack'; readonly attack: ClientAttack })
  | {
      readonly do: 'visit';
      readonly behaviour: Behaviour;
      readonly gatewayPort: number;
      readonly key: string;
      readonly count: number;
      readonly atOnce: number;
    };

export interface HostileAnswer {
  readonly done: number;
  /** Connections that never came so far that anything hostile could be sent: why → how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** How often the hostile target did what it was told to. */
  readonly misbehaved: number;
}

export const CLIENT_ATTACKS: readonly ClientAttack[] = ['b1', 'b2', 'b3', 'b5', 'lying-windows'];

export class Hostile implements AsyncDisposable {
  readonly target: InventoryTarget;
  readonly #child: ChildProcess;
  readonly #cleanup: Cleanup;

  private constructor(child: ChildProcess, target: InventoryTarget, cleanup: Cleanup) {
    this.#child = child;
    this.target = target;
    this.#cleanup = cleanup;
  }

  static async start(seed: number, core?: number): Promise<Hostile> {
    const cleanup = new Cleanup();
    const directory = await mkdtemp('/var/tmp/sekisho-hostile-');
    cleanup.defer(() => rm(directory, { recursive: true, force: true }));
    const at = (name: string): string => join(directory, name);
    await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('host')]);
    const { stdout } = await must('ssh-keygen', ['-y', '-f', at('host')]);
    const { client, server } = await recordTranscripts(directory);
    await writeFile(at('client.bin'), client);
    await writeFile(at('server.bin'), server);
    const target: InventoryTarget = {
      name: 'bench-hostile',
      port: await freePort(),
      hostKey: stdout.toString().trim().split(' ').slice(0, 2).join(' '),
      mode: 'recorded',
    };
    const settings: HostileSettings = {
      ...{ port: target.port, hostKey: at('host'), targetName: target.name, seed },
      transcripts: { client: at('client.bin'), server: at('server.bin') },
    };
    const child = await startChild(`${ROOT}/bench/hostile/hostile-child.ts`, settings, { core });
    cleanup.defer(() => endChild(child));
    return new Hostile(child, target, cleanup);
  }

  async ask(command: HostileCommand): Promise<HostileAnswer> {
    const answered = once(this.#child, 'message');
    this.#child.send(command);
    const [answer] = (await answered) as [HostileAnswer];
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup[Symbol.asyncDispose]();
  }
}
