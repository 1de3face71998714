/** A thread that compresses, encrypts and hashes chunks: milliseconds of CPU that nobody's keystroke waits for. */
import type * as crypto from 'node:crypto';
import * as threads from 'node:worker_threads';
import * as compression from 'node:zlib';
import { asError, invariant } from '../../foundation/index.ts';
import { PAGE_BYTES } from '../files.ts';
import { chunkKey } from '../keys/session-keys.ts';
import { CHUNK_FRONT_BYTES, type ChunkContents, chunkHead } from './chunk.ts';
import type { FloodBuffer, SharedMemory } from './flood-buffers.ts';

export interface ToSeal {
  readonly contents: ChunkContents;
  /** Of the stream. */
  readonly key: Uint8Array;
  /** Whose first `contents.bytes` bytes are the frames. It is gone: the chunk comes back in it. */
  readonly memory: ArrayBuffer;
  /** Of gzip or zstd, 1 to 9. */
  readonly level: number;
}

/** Not compressed, and sealed before any chunk that is. */
export interface FloodToSeal {
  readonly contents: ChunkContents;
  readonly key: Uint8Array;
  /** Whose `frames` begin with `contents.bytes` bytes of them. Nobody else touches it until the chunk is sealed in it. */
  readonly buffer: FloodBuffer;
}

export interface SealedChunk {
  readonly contents: ChunkContents;
  /** The bytes of the object, one behind the other. */
  readonly parts: readonly Uint8Array[];
  /** SHA-256 of them, lower-case hex: the object's id. */
  readonly id: string;
  readonly bytes: number;
}

/** A chunk that stands in the buffer of its flood. */
export interface SealedFlood extends SealedChunk {
  /** The object, and zeros to the end of the last page. */
  readonly pages: Uint8Array;
}

interface Question {
  readonly id: number;
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly bytes: number;
  /** What stands before the ciphertext where it is not compressed. */
  readonly plain: Uint8Array;
  readonly of:
    | { readonly kind: 'chunk'; readonly memory: ArrayBuffer; readonly level: number; readonly packed: Uint8Array }
    | { readonly kind: 'flood'; readonly place: number; readonly frontBytes: number; readonly pageBytes: number };
}

interface Answer {
  readonly id: number;
  readonly isPacked: boolean;
  /** Of the ciphertext, at the beginning of the memory. */
  readonly bytes: number;
  readonly tag: Uint8Array;
  readonly hash: string;
  /** Of a flood there is none: it stands where it stood. */
  readonly memory: ArrayBuffer | undefined;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

/** zstd where the runtime has it (Node.js 22.15): the same text in two thirds of the bytes, and in less time. */
export const PACKED_AS = typeof Reflect.get(compression, 'zstdCompressSync') === 'function' ? 'zstd' : 'gzip';

const THREAD_HEAP_MEGABYTES = 64;
const MODULES = "require('node:worker_threads'), require('node:crypto'), require('node:zlib')";

export class SealThread implements AsyncDisposable {
  readonly #waiting = new Map<number, Waiting>();
  #worker: threads.Worker | undefined;
  #error: Error | undefined;
  #asked = 0;
  readonly #floods: SharedMemory | undefined;

  /** @param floods in which the buffers of floods stand, when there are any. */
  constructor(floods?: SharedMemory) {
    this.#floods = floods;
  }

  /** @throws when the thread has died. */
  async seal({ contents, key: streamKey, memory, level }: ToSeal): Promise<SealedChunk> {
    const packed = chunkHead(contents, PACKED_AS);
    const plain = chunkHead(contents, 'none');
    const {
      bytes,
      hash,
      isPacked,
      memory: sealed,
      tag,
    } = await this.#ask(
      { ...keyOf(contents, streamKey), bytes: contents.bytes, plain, of: { kind: 'chunk', memory, level, packed } },
      [memory],
    );
    invariant(sealed, 'the memory of a chunk comes back');
    const head = isPacked ? packed : plain;
    const parts = [head, new Uint8Array(sealed, 0, bytes), tag];
    return { contents, parts, id: hash, bytes: head.length + bytes + tag.length };
  }

  /** @throws when the thread has died. */
  async sealFlood({ contents, key, buffer }: FloodToSeal): Promise<SealedFlood> {
    const plain = chunkHead(contents, 'none');
    invariant(plain.length <= CHUNK_FRONT_BYTES, 'the head of a chunk fits before its frames');
    const of = { kind: 'flood', place: buffer.place, frontBytes: CHUNK_FRONT_BYTES, pageBytes: PAGE_BYTES } as const;
    const { hash, tag } = await this.#ask({ ...keyOf(contents, key), bytes: contents.bytes, plain, of });
    const bytes = plain.length + contents.bytes + tag.length;
    const pages = buffer.bytes.subarray(0, Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES);
    return { contents, parts: [buffer.bytes.subarray(0, bytes)], pages, id: hash, bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(new Error('The sealing thread was stopped.'));
    await this.#worker?.terminate();
  }

  #ask(question: Omit<Question, 'id'>, transferred: readonly ArrayBuffer[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) {
        reject(this.#error);
        return;
      }
      this.#worker ??= this.#start();
      const id = this.#asked++;
      this.#waiting.set(id, { resolve, reject });
      if (this.#waiting.size === 1) this.#worker.ref();
      this.#worker.postMessage({ ...question, id } satisfies Question, [...transferred]);
    });
  }

  #start(): threads.Worker {
    const program = `(${String(serve)})(${MODULES}, ${String(packed)})`;
    const resourceLimits = { maxOldGenerationSizeMb: THREAD_HEAP_MEGABYTES };
    const worker = new threads.Worker(program, {
      ...{ eval: true, execArgv: [], resourceLimits },
      workerData: this.#floods,
    });
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

function keyOf({ sid: sessionId, stream, seq }: ChunkContents, key: Uint8Array): { key: Buffer; nonce: Buffer } {
  return chunkKey(key, { sessionId, stream, seq });
}

/** As zstd (RFC 8878) where the runtime has it, as gzip elsewhere. A part of the thread's program. */
function packed(zlib: typeof compression, plain: Buffer, level: number): Uint8Array {
  const zstd: unknown = Reflect.get(zlib, 'zstdCompressSync');
  if (typeof zstd !== 'function') return zlib.gzipSync(plain, { level });
  const params = { [Number(Reflect.get(zlib.constants, 'ZSTD_c_compressionLevel'))]: level };
  const smaller: unknown = Reflect.apply(zstd, zlib, [plain, { params }]);
  if (!(smaller instanceof Uint8Array)) throw new Error('invariant: bytes are compressed to bytes');
  return smaller;
}

/** The thread's program, which is given to it as text: it knows nothing but its arguments. */
function serve(
  { parentPort, receiveMessageOnPort, workerData }: typeof threads,
  { createCipheriv, createHash }: typeof crypto,
  zlib: typeof compression,
  pack: typeof packed,
): void {
  const prefixBytes = 12; // Magic and length, which the seal does not cover: the header itself names everything.
  const pieceBytes = 32 * 1024; // The runtime has memory of this size at hand; larger is asked of the system each time.
  const port = parentPort;
  const shared = workerData as SharedMemory | undefined;
  const floods: Question[] = [];
  const others: Question[] = [];
  /** Where the frames are, and the sealed bytes go: over them, and never over what was not read yet. */
  const layOut = ({ bytes, of, plain }: Question): { from: Uint8Array; head: Uint8Array; to: Buffer } => {
    if (of.kind === 'chunk') {
      const to = Buffer.from(of.memory, 0, bytes);
      const smaller = pack(zlib, to, of.level);
      return smaller.length < bytes ? { from: smaller, head: of.packed, to } : { from: to, head: plain, to };
    }
    if (shared === undefined) throw new Error('invariant: floods have shared memory');
    const whole = Buffer.from(shared.buffer, of.place, of.frontBytes + bytes + of.pageBytes);
    whole.set(plain);
    return {
      from: whole.subarray(of.frontBytes, of.frontBytes + bytes),
      head: plain,
      to: whole.subarray(plain.length),
    };
  };
  const answer = (question: Question): void => {
    const { id, key, nonce, of, plain } = question;
    const { from, head, to } = layOut(question);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(head.subarray(prefixBytes));
    const hash = createHash('sha256').update(head);
    for (let at = 0; at < from.length; at += pieceBytes) {
      const piece = cipher.update(from.subarray(at, at + pieceBytes));
      hash.update(piece);
      to.fill(piece, at, at + piece.length); // `set` goes byte by byte where memory is shared.
    }
    cipher.final();
    const tag = cipher.getAuthTag();
    const object = hash.update(tag).digest('hex');
    key.fill(0);
    if (of.kind === 'flood') {
      to.set(tag, from.length);
      const end = from.length + tag.length;
      // Behind the object its last page is zeros: no frame is ever written as it was.
      to.fill(0, end, end + ((of.pageBytes - ((plain.length + end) % of.pageBytes)) % of.pageBytes));
    }
    const memory = of.kind === 'chunk' ? of.memory : undefined;
    const said = { id, isPacked: head !== plain, bytes: from.length, tag, hash: object, memory } satisfies Answer;
    port?.postMessage(said, memory === undefined ? [] : [memory]);
  };
  const sort = (question: Question): unknown => (question.of.kind === 'flood' ? floods : others).push(question);
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
