/** A thread that hashes the frames of floods: half a second of CPU a gigabyte that nobody's keystroke waits for. */
import type * as crypto from 'node:crypto';
import * as threads from 'node:worker_threads';
import { asError } from '../foundation/index.ts';
import type { SharedMemory } from './shared-blocks.ts';

/** One frame in shared memory: places and lengths of its pieces in turns, those that are hashed and those for the hash. */
export interface FramePlaces {
  readonly hashed: readonly number[];
  readonly hash: readonly number[];
}

interface Question {
  readonly id: number;
  readonly head: Uint8Array;
  readonly frames: readonly FramePlaces[];
}

interface Answer {
  readonly id: number;
  readonly head: Uint8Array;
}

interface Waiting {
  readonly resolve: (head: Buffer) => void;
  readonly reject: (reason: Error) => void;
}

export class HashThread implements AsyncDisposable {
  readonly #memory: SharedMemory;
  readonly #waiting = new Map<number, Waiting>();
  #worker: threads.Worker | undefined;
  #error: Error | undefined;
  #asked = 0;

  constructor(memory: SharedMemory) {
    this.#memory = memory;
  }

  /** Puts each frame's chain hash in its place. @returns the last one. @throws when the thread has died. */
  hash(head: Uint8Array, frames: readonly FramePlaces[]): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) {
        reject(this.#error);
        return;
      }
      this.#worker ??= this.#start();
      const id = this.#asked++;
      this.#waiting.set(id, { resolve, reject });
      if (this.#waiting.size === 1) this.#worker.ref();
      const question: Question = { id, head, frames };
      this.#worker.postMessage(question);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(new Error('The hashing thread was stopped.'));
    await this.#worker?.terminate();
  }

  #start(): threads.Worker {
    const program = `(${String(serve)})(require('node:worker_threads'), require('node:crypto'))`;
    const worker = new threads.Worker(program, { eval: true, workerData: this.#memory, execArgv: [] });
    worker.on('message', (answers: readonly Answer[]) => this.#answered(answers));
    worker.on('error', (error) => this.#fail(asError(error)));
    worker.on('exit', () => this.#fail(new Error('The hashing thread ended.')));
    worker.unref(); // A process that waits for nothing else may end.
    return worker;
  }

  #answered(answers: readonly Answer[]): void {
    for (const { id, head } of answers) {
      this.#waiting.get(id)?.resolve(Buffer.from(head));
      this.#waiting.delete(id);
    }
    if (this.#waiting.size === 0) this.#worker?.unref();
  }

  #fail(error: Error): void {
    this.#error ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#error);
    this.#waiting.clear();
  }
}

/** The thread's program, which is given to it as text: it knows nothing but its arguments. */
function serve({ parentPort, receiveMessageOnPort, workerData }: typeof threads, { createHash }: typeof crypto): void {
  const memory = workerData as SharedMemory;
  let bytes = new Uint8Array(memory.buffer);
  const at = (place: number, length: number): Uint8Array => {
    if (place + length > bytes.length) bytes = new Uint8Array(memory.buffer); // It has grown.
    return bytes.subarray(place, place + length);
  };
  const answer = ({ id, head, frames }: Question): Answer => {
    let last = head;
    for (const { hashed, hash } of frames) {
      const digest = createHash('sha256').update(last);
      for (let next = 0; next < hashed.length; next += 2) digest.update(at(hashed[next] ?? 0, hashed[next + 1] ?? 0));
      last = digest.digest();
      let done = 0;
      for (let next = 0; next < hash.length; next += 2) {
        const length = hash[next + 1] ?? 0;
        at(hash[next] ?? 0, length).set(last.subarray(done, done + length));
        done += length;
      }
    }
    return { id, head: last };
  };
  if (parentPort === null) return;
  parentPort.on('message', (question: Question) => {
    const answers = [answer(question)];
    for (let more = receiveMessageOnPort(parentPort); more !== undefined; more = receiveMessageOnPort(parentPort)) {
      answers.push(answer(more.message as Question));
    }
    parentPort.postMessage(answers);
  });
}
