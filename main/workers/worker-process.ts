/** One worker as the gateway sees it: a child process, what it serves, and the leaves it has asked for. */
import { type ChildProcess, fork, type SendHandle } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { workerEnvironment } from '../../config/index.ts';
import { asError, GatewayError, hasCode, LIMITS, type Log } from '../../foundation/index.ts';
import type { Place, TerminalSeat } from '../../gateway/index.ts';
import type { ExportIntents, LeafLog } from '../../recorder/index.ts';
import {
  type AttemptTold,
  type FromWorker,
  FromWorkerSchema,
  type HandedOver,
  type Start,
  startMessage,
  type ToWorker,
  type WitnessesTold,
} from './messages.ts';

export interface WorkerProcessOptions {
  readonly start: Start;
  readonly leafLog: LeafLog;
  readonly exports: ExportIntents;
  /** How far the witnesses are as it starts. */
  readonly witnesses: WitnessesTold;
  readonly log: Log;
  /** Called with each status: bytes resident. */
  readonly onStatus: (residentBytes: number) => void;
  /** Called with each attempt to sign in that it saw. */
  readonly onAttempt: (attempt: AttemptTold) => void;
  /** Path of its program; the built one without. */
  readonly entry?: string | undefined;
}

export interface LostWorker {
  readonly id: string;
  readonly slot: number;
  /** Undefined when it ended in order, as it was told. */
  readonly cause: string | undefined;
}

interface Served {
  readonly socket: Socket;
  readonly place: Place;
}

const FROM_HERE = import.meta.url.includes('/dist/main/') ? './entry.js' : '../../dist/main/workers/entry.js';
const ENTRY = fileURLToPath(new URL(FROM_HERE, import.meta.url));

export class WorkerProcess {
  readonly id: string;
  readonly slot: number;
  /** Resolves when it serves. @throws {GatewayError} `start_refused` when it ended or was too slow. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone and nothing of it waits for the log any more. */
  readonly gone: Promise<string>;
  /** Turns of the watch since it was heard. */
  silentTurns = 0;
  readonly #options: WorkerProcessOptions;
  readonly #child: ChildProcess;
  readonly #served = new Map<number, Served>();
  /** What is told when one is over, by the terminal's id. */
  readonly #terminals = new Map<string, () => void>();
  readonly #leaves = new Set<Promise<void>>();
  #nextConnection = 0;
  #told: (message: Extract<FromWorker, { type: 'ready' | 'start_refused' }>) => void = () => undefined;

  constructor(options: WorkerProcessOptions) {
    this.#options = options;
    this.id = options.start.workerId;
    this.slot = options.start.slot;
    this.#child = fork(options.entry ?? ENTRY, [], {
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${LIMITS.workerHeapMegabytes}`, '--enable-source-maps'],
      env: workerEnvironment(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child.on('message', (raw) => this.#take(raw));
    this.gone = this.#untilGone();
    this.ready = this.#untilReady();
    this.ready.catch(() => undefined); // Whoever starts it asks; one that is stopped meanwhile is asked by nobody.
    // The database's address goes over the channel: arguments and environment can be read by others.
    this.#send(startMessage(options.start));
    this.tell(options.witnesses);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get connections(): number {
    return this.#served.size + this.#terminals.size;
  }

  get terminals(): number {
    return this.#terminals.size;
  }

  openTerminal(seat: TerminalSeat, { handshake, head, socket }: HandedOver, over: () => void): void {
    this.#terminals.set(seat.id, over);
    this.#send({ type: 'terminal', seat, handshake, head }, socket, () => this.#terminalOver(seat.id));
  }

  resumeTerminal(terminal: string, since: number | null, { handshake, head, socket }: HandedOver): void {
    this.#send({ type: 'terminal_back', terminal, since, handshake, head }, socket, () => socket.destroy());
  }

  /** Hands the socket over. From here on only the worker reads and writes it. */
  serve(socket: Socket, place: Place, head?: Buffer): void {
    const id = this.#nextConnection++;
    this.#served.set(id, { socket, place });
    const { sourceAddress } = place;
    const message: ToWorker = { type: 'connection', id, sourceAddress, head: head ?? null };
    this.#send(message, socket, () => this.#left(id));
  }

  tell(news: WitnessesTold | AttemptTold): void {
    this.#send(news);
  }

  drain(): void {
    this.#send({ type: 'drain' });
  }

  stop(): void {
    this.#send({ type: 'stop' });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #send(message: ToWorker, socket?: SendHandle, onFailure: () => void = () => undefined): void {
    if (!this.#child.connected) {
      onFailure();
      return;
    }
    this.#child.send(message, socket, { keepOpen: false }, (error) => {
      if (error !== null) onFailure();
    });
  }

  #take(raw: unknown): void {
    const parsed = FromWorkerSchema.safeParse(raw);
    if (!parsed.success) {
      this.#options.log.error({ event: 'worker.message_unknown', slot: this.slot }, 'a worker said what nobody knows');
      this.kill();
      return;
    }
    this.silentTurns = 0;
    const message = parsed.data;
    if (message.type === 'leaf') this.#append(message);
    else if (message.type === 'intent') this.#announce(message);
    else if (message.type === 'closed') this.#left(message.id);
    else if (message.type === 'terminal_over') this.#terminalOver(message.terminal);
    else if (message.type === 'signed_in') this.#served.get(message.id)?.place.signedIn();
    else if (message.type === 'attempt') this.#options.onAttempt(message);
    else if (message.type === 'status') this.#options.onStatus(message.residentBytes);
    else this.#told(message);
  }

  #append({ id, leaf }: Extract<FromWorker, { type: 'leaf' }>): void {
    const appended = this.#options.leafLog.append(leaf);
    this.#answer(
      id,
      appended.then(({ index, hash }) => ({ type: 'leaf_appended', id, index, hash })),
    );
  }

  #announce({ id, draft }: Extract<FromWorker, { type: 'intent' }>): void {
    const accepted = this.#options.exports.intent(draft);
    this.#answer(
      id,
      accepted.then((index) => ({ type: 'intent_accepted', id, index })),
    );
  }

  #answer(id: number, answer: Promise<ToWorker>): void {
    const answered = answer.then(
      (message) => this.#send(message),
      (thrown: unknown) => {
        const code = hasCode(thrown, 'witness_unreachable') ? 'witness_unreachable' : 'recording_unavailable';
        this.#send({ type: 'call_refused', id, code, message: asError(thrown).message });
      },
    );
    this.#leaves.add(answered);
    void answered.finally(() => this.#leaves.delete(answered));
  }

  #left(id: number): void {
    const served = this.#served.get(id);
    this.#served.delete(id);
    served?.socket.destroy(); // Of one that was never handed over; else nothing of it is here any more.
    served?.place.left();
  }

  #terminalOver(id: string): void {
    const over = this.#terminals.get(id);
    this.#terminals.delete(id);
    over?.();
  }

  async #untilReady(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const refusal = await Promise.race([
      this.gone,
      new Promise<string | undefined>((resolve) => {
        this.#told = (told) => resolve(told.type === 'ready' ? undefined : told.message);
        const tooSlow = `it does not serve within ${LIMITS.workerStartSeconds} s`;
        timer = setTimeout(() => resolve(tooSlow), LIMITS.workerStartSeconds * 1_000);
      }),
    ]);
    clearTimeout(timer);
    if (refusal !== undefined) throw new GatewayError('start_refused', `A worker does not start: ${refusal}`);
  }

  async #untilGone(): Promise<string> {
    const disconnected = once(this.#child, 'disconnect');
    const cause = await new Promise<string>((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('exit', (code, signal) => resolve(signal ?? `exit status ${code}`));
    });
    if (this.#child.connected) await disconnected; // What it said last is read before.
    for (const id of [...this.#served.keys()]) this.#left(id);
    for (const id of [...this.#terminals.keys()]) this.#terminalOver(id);
    await Promise.allSettled(this.#leaves);
    return cause;
  }
}
