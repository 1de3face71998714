/** A thread that compresses, encrypts and hashes chunks: milliseconds of CPU that nobody's keystroke waits for. */
import type * as crypto from 'node:crypto';
import * as threads from 'node:worker_threads';
import type * as compression from 'node:zlib';
import { asError } from '../../foundation/index.ts';
import { chunkKey } from '../keys/session-keys.ts';
import { type ChunkContents, chunkHead, encodeChunkHeader } from './chunk.ts';

export interface ToSeal {
  readonly contents: ChunkContents;
  /** Of the stream. */
  readonly key: Uint8Array;
  /** Whose first `contents.bytes` bytes are the frames. It is gone: the chunk comes back in it. */
  readonly memory: ArrayBuffer;
  /** Of gzip, 1 to 9; 0: not compressed, and sealed before any chunk that is. */
  readonly level: number;
}

export interface SealedChunk {
  readonly contents: ChunkContents;
  /** The bytes of the object, one behind the other. */
  readonly parts: readonly Uint8Array[];
  /** SHA-256 of them, lower-case hex: the object's id. */
  readonly id: string;
  readonly bytes: number;
  /** In which they stand; to be used again once they are stored. */
  readonly memory: ArrayBuffer;
}

interface Question {
  readonly id: number;
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly memory: ArrayBuffer;
  readonly bytes: number;
  readonly level: number;
  /** Headers, of which the one that fits is taken. */
  readonly packed: Uint8Array;
  readonly plain: Uint8Array;
}

interface Answer {
  readonly id: number;
  readonly isPacked: boolean;
  /** Of the ciphertext, at the beginning of the memory. */
  readonly bytes: number;
  readonly tag: Uint8Array;
  readonly hash: string;
  readonly memory: ArrayBuffer;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

const THREAD_HEAP_MEGABYTES = 64;
const MODULES = "require('node:worker_threads'), require('node:crypto'), require('node:zlib')";

export class SealThread implements AsyncDisposable {
  readonly #waiting = new Map<number, Waiting>();
  #worker: threads.Worker | undefined;
  #error: Error | undefined;
  #asked = 0;

  /** @throws when the thread has died. */
  async seal({ contents, key: streamKey, memory, level }: ToSeal): Promise<SealedChunk> {
    const { sid: sessionId, stream, seq, bytes } = contents;
    const { key, nonce } = chunkKey(streamKey, { sessionId, stream, seq });
    const packed = encodeChunkHeader(contents, 'gzip');
    const plain = encodeChunkHeader(contents, 'none');
    const answer = await this.#ask({
      key,
      nonce,
      memory,
      bytes,
      level,
      packed: chunkHead(packed),
      plain: chunkHead(plain),
    });
    const head = chunkHead(answer.isPacked ? packed : plain);
    return {
      contents,
      parts: [head, new Uint8Array(answer.memory, 0, answer.bytes), answer.tag],
      id: answer.hash,
      bytes: head.length + answer.bytes + answer.tag.length,
      memory: answer.memory,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(new Error('The sealing thread was stopped.'));
    await this.#worker?.terminate();
  }

  #ask(question: Omit<Question, 'id'>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) {
        reject(this.#error);
        return;
      }
      this.#worker ??= this.#start();
      const id = this.#asked++;
      this.#waiting.set(id, { resolve, reject });
      if (this.#waiting.size === 1) this.#worker.ref();
      this.#worker.postMessage({ ...question, id } satisfies Question, [question.memory]);
    });
  }

  #start(): threads.Worker {
    const program = `(${String(serve)})(${MODULES})`;
    const resourceLimits = { maxOldGenerationSizeMb: THREAD_HEAP_MEGABYTES };
    const worker = new threads.Worker(program, { eval: true, execArgv: [], resourceLimits });
    worker.on('message', (answer: Answer) => this.#answered(answer));
    worker.on('error', (error) => this.#fail(asError(error)));
    worker.on('exit', () => this.#fail(new Error('The sealing thread ended.')));
    worker.unref(); // A process that waits for nothing else may end.
    return worker;
  }

  #answered(answer: Answer): void {
    this.#waiting.get(answer.id)?.resolve(answer);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
  }

  #fail(error: Error): void {
    this.#error ??= error;
    for (const { reject } of this.#waiting.values()) reject(this.#error);
    this.#waiting.clear();
  }
}

/** The thread's program, which is given to it as text: it knows nothing but its arguments. */
function serve(
  { parentPort, receiveMessageOnPort }: typeof threads,
  { createCipheriv, createHash }: typeof crypto,
  { gzipSync }: typeof compression,
): void {
  const prefixBytes = 12; // Magic and length, which the seal does not cover: the header itself names everything.
  const pieceBytes = 32 * 1024; // The runtime has memory of this size at hand; larger is asked of the system each time.
  const port = parentPort;
  const floods: Question[] = [];
  const others: Question[] = [];
  const answer = ({ id, key, nonce, memory, bytes, level, packed, plain }: Question): void => {
    const frames = new Uint8Array(memory, 0, bytes);
    const smaller = level === 0 ? frames : gzipSync(frames, { level });
    const isPacked = smaller.length < frames.length;
    const [head, from] = isPacked ? [packed, smaller] : [plain, frames];
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(head.subarray(prefixBytes));
    const hash = createHash('sha256').update(head);
    for (let at = 0; at < from.length; at += pieceBytes) {
      const piece = cipher.update(from.subarray(at, at + pieceBytes));
      hash.update(piece);
      frames.set(piece, at); // Over what it was made of.
    }
    cipher.final();
    const tag = cipher.getAuthTag();
    const object = hash.update(tag).digest('hex');
    key.fill(0);
    port?.postMessage({ id, isPacked, bytes: from.length, tag, hash: object, memory } satisfies Answer, [memory]);
  };
  const sort = (question: Question): unknown => (question.level === 0 ? floods : others).push(question);
  port?.on('message', (first: Question) => {
    sort(first);
    for (;;) {
      for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
        sort(more.message as Question);
      }
      const next = floods.shift() ?? others.shift();
      if (next === undefined) return;
      answer(next);
    }
  });
}
