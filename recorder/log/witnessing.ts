/**
 * Asks witnesses outside to cosign each published checkpoint, until the policy accepts it: from then on nobody inside can
 * take back or change an entry it covers without the witnesses' own records saying so.
 */
import type { Policy, VerifierKey } from '../../evidence/index.ts';
import { asError, type Clock, GatewayError, hasCode, LIMITS, type Log } from '../../foundation/index.ts';
import type { WitnessClient } from '../witness/client.ts';
import type { PublishedTree } from './entry-log.ts';
import type { TreeHead } from './note.ts';
import { acceptance } from './policy.ts';

export interface WitnessingOptions {
  readonly clients: readonly WitnessClient[];
  readonly policy: Policy;
  /** Of our own log. */
  readonly verifier: VerifierKey;
  readonly clock: Clock;
  readonly log: Log;
  /** Of an earlier run. */
  readonly accepted: Accepted | undefined;
  /** Since when an earlier run was late and stayed so: a new start is no new time of grace. */
  readonly lateBefore: Date | undefined;
  /** Remembers it for the next start; undefined: nothing is late any more. */
  readonly keepLate: (since: Date | undefined) => Promise<void>;
  /** Makes the note durable beside the log before anybody relies on it. */
  readonly keep: (tree: TreeHead, note: string) => Promise<void>;
  /** Somebody knows more of the log than we do; nothing may be signed any more. */
  readonly onConflict: (conflict: GatewayError) => void;
}

export interface Accepted extends TreeHead {
  /** The newest time in its cosignatures. */
  readonly at: Date;
}

interface Waiter {
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (reason: GatewayError) => void;
  readonly timer: NodeJS.Timeout;
}

export class Witnessing {
  readonly #options: WitnessingOptions;
  readonly #waiters = new Set<Waiter>();
  /** Told of once, and once more when they cosign again. */
  readonly #failing = new Set<WitnessClient>();
  /** What each witness is still asked: one request to it at a time. */
  readonly #asking = new Map<WitnessClient, Promise<unknown>>();
  readonly #stopped = new AbortController();
  #accepted: Accepted | undefined;
  #offered: PublishedTree | undefined;
  #lateSince: Date | undefined;
  #lateBefore: Date | undefined;
  #isLateKept: boolean;
  #running: Promise<void> | undefined;
  #wake: () => void = () => undefined;

  constructor(options: WitnessingOptions) {
    this.#options = options;
    this.#accepted = options.accepted;
    this.#lateBefore = options.lateBefore;
    this.#isLateKept = options.lateBefore !== undefined;
  }

  get isNeeded(): boolean {
    return this.#options.policy.quorum !== 'none';
  }

  get accepted(): Accepted | undefined {
    return this.#accepted;
  }

  /** Since when a published checkpoint is not accepted; undefined: there is none. */
  get lateSince(): Date | undefined {
    return this.#lateSince;
  }

  offer(tree: PublishedTree): void {
    this.#offered = tree;
    if (this.#options.clients.length === 0 && !this.isNeeded) return;
    if (this.#isBehind()) this.#lateSince ??= this.#lateBefore ?? this.#accepted?.at ?? this.#options.clock.now();
    if (this.#waiters.size > 0) this.#wake();
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when a checkpoint of `size` leaves or more is accepted. @throws {GatewayError} `witness_unreachable`. */
  wait(size: number): Promise<void> {
    if (!this.isNeeded || (this.#accepted?.size ?? 0) >= size) return Promise.resolve();
    if (this.#stopped.signal.aborted) return Promise.reject(new GatewayError('witness_unreachable'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new GatewayError('witness_unreachable'));
      }, LIMITS.witnessWaitMillis);
      const waiter: Waiter = { size, resolve, reject, timer };
      this.#waiters.add(waiter);
      this.#wake();
    });
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#wake();
    for (const { reject, timer } of this.#waiters) {
      clearTimeout(timer);
      reject(new GatewayError('witness_unreachable'));
    }
    this.#waiters.clear();
    await Promise.allSettled([this.#running, ...this.#asking.values()]);
  }

  #isBehind(): boolean {
    return this.#offered !== undefined && this.#offered.size > (this.#accepted?.size ?? 0);
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // Whoever offers is done first.
    let pause: number = LIMITS.witnessRetryMillis;
    while (!this.#stopped.signal.aborted && this.#offered !== undefined && this.#isBehind()) {
      const isAccepted = await this.#round(this.#offered);
      if (isAccepted) {
        pause = LIMITS.witnessRetryMillis;
        continue;
      }
      await this.#rememberLate();
      await this.#pause(this.#waiters.size > 0 ? LIMITS.witnessRetryMillis : pause);
      pause = Math.min(pause * 2, LIMITS.witnessRetryMillisMax);
    }
  }

  /** Once a time of lateness. Where it cannot be kept the log itself has failed, and says so. */
  async #rememberLate(): Promise<void> {
    if (this.#isLateKept || this.#stopped.signal.aborted) return;
    this.#isLateKept = true;
    await this.#options.keepLate(this.#lateSince).catch(() => undefined);
  }

  /** Ends as soon as the policy accepts; whoever is slower adds to the same checkpoint later. */
  async #round(tree: PublishedTree): Promise<boolean> {
    const lines = new Map<WitnessClient, string>();
    return await new Promise<boolean>((resolve) => {
      const all = this.#options.clients.map(async (client) => {
        await this.#asking.get(client);
        const asked = this.#ask(client, tree);
        this.#asking.set(client, asked);
        const line = await asked;
        if (line === undefined) return;
        lines.set(client, line);
        if (await this.#take(tree, [...lines.values()])) resolve(true);
      });
      void Promise.allSettled(all).then(() => resolve(false));
    });
  }

  /** @returns the witness's line, or undefined when there is none; never rejects. */
  async #ask(client: WitnessClient, tree: PublishedTree): Promise<string | undefined> {
    const { log } = this.#options;
    try {
      const line = await client.cosign(tree, this.#stopped.signal);
      if (this.#failing.delete(client))
        log.info({ event: 'witness.back', witness: client.name }, 'a witness cosigns again');
      return line;
    } catch (thrown) {
      if (this.#stopped.signal.aborted) return undefined;
      const err = asError(thrown);
      if (!this.#failing.has(client))
        log.warn({ event: 'witness.no_cosignature', witness: client.name, err }, 'a witness did not cosign');
      this.#failing.add(client);
      if (hasCode(thrown, 'log_conflict')) {
        this.#stopped.abort();
        this.#options.onConflict(thrown);
      }
      return undefined;
    }
  }

  async #take(tree: PublishedTree, lines: readonly string[]): Promise<boolean> {
    const note = `${tree.note}${lines.join('')}`;
    const { policy, verifier } = this.#options;
    const { accepted, seconds } = acceptance(policy, verifier, Buffer.from(note));
    if (!accepted || tree.size < (this.#accepted?.size ?? 0)) return false;
    try {
      await this.#options.keep(tree, note);
    } catch {
      return false; // The log itself has failed then, and says so.
    }
    if (tree.size < (this.#accepted?.size ?? 0)) return true;
    this.#accepted = { size: tree.size, root: tree.root, at: new Date(seconds * 1_000) };
    this.#lateSince = this.#isBehind() ? this.#options.clock.now() : undefined;
    this.#lateBefore = undefined;
    if (this.#isLateKept) {
      this.#isLateKept = false;
      await this.#options.keepLate(undefined).catch(() => undefined); // As below.
    }
    for (const waiter of this.#waiters) {
      if (waiter.size > tree.size) continue;
      clearTimeout(waiter.timer);
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
    return true;
  }

  #pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopped.signal.aborted) this.#wake();
    });
  }
}
