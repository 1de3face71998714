/**
 * Cuts one direction of an SFTP stream into packets without copying what it carries: contents of files (READ's answers,
 * WRITE) are looked at by their heads only and pass as they came; everything else is looked at whole.
 */
import { LIMITS } from '../../../../foundation/index.ts';
import type { Fate } from '../../stream-io.ts';
import { malformed } from './packets.ts';

/** What becomes of a packet; `drop` is for answers to questions of our own. */
export type Verdict = Fate | 'drop';

export interface Bulk {
  readonly type: number;
  /** How many bytes the head has, as far as `bytes` tells; more than it has when more is needed. */
  readonly headBytes: (bytes: Buffer) => number;
}

export interface FramerHandlers {
  readonly bulk: Bulk;
  /** A whole packet, in memory of its own. While its verdict is awaited nothing behind it is looked at. */
  readonly packet: (bytes: Buffer) => Verdict | Promise<Verdict>;
  /** The head of a packet with contents; `whole` has it gathered and given to `packet` first. */
  readonly head: (bytes: Buffer, contentBytes: number) => Verdict | 'whole';
  /** Keeps nothing of `bytes`, as `put` does not. */
  readonly content: (bytes: Buffer, isLast: boolean) => void;
  readonly put: (bytes: Buffer, fate: Fate) => void;
  /** The peer broke the protocol: nothing more of it is looked at. */
  readonly broken: (thrown: unknown) => void;
}

const LENGTH_BYTES = 4;

export class Framer {
  readonly #handlers: FramerHandlers;
  readonly #listeners = new Set<() => void>();
  #queue: Buffer[] = [];
  /** The beginning of a packet whose rest has not come. */
  #begun: Buffer | undefined;
  #contentLeft = 0;
  #verdict: Verdict = 'both';
  #wantsWhole = false;
  #isStalled = false;
  #isBroken = false;
  /** The bytes of the present chunk, from here to `#to`, share `#verdict` and were not put yet. */
  #from = 0;

  constructor(handlers: FramerHandlers) {
    this.#handlers = handlers;
  }

  get isFull(): boolean {
    return this.#isStalled;
  }

  get failed(): boolean {
    return this.#isBroken;
  }

  /** Whether the stream stands between two packets, and all of it was judged. */
  get isAtRest(): boolean {
    return !this.#isStalled && this.#begun === undefined && this.#contentLeft === 0;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keeps nothing of the chunk: what waits is a copy. */
  push(chunk: Buffer): void {
    this.#queue.push(this.#isStalled ? Buffer.from(chunk) : chunk);
    if (!this.#isStalled) this.#run();
  }

  #run(): void {
    try {
      for (let chunk = this.#queue.shift(); chunk !== undefined; chunk = this.#queue.shift()) {
        if (this.#isBroken) return;
        this.#chunk(chunk);
        if (this.#isStalled) return;
      }
    } catch (thrown) {
      this.#break(thrown);
    }
  }

  #chunk(chunk: Buffer): void {
    this.#from = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#contentLeft > 0) at += this.#passContent(chunk, at);
      else if (this.#begun !== undefined) at += this.#gather(chunk, at, this.#begun);
      else {
        const rest = chunk.subarray(at);
        const wanted = this.#wantedOf(rest);
        if (wanted > rest.length) {
          this.#flush(chunk, at);
          this.#begun = Buffer.from(rest);
          return;
        }
        const packet = rest.subarray(0, wanted);
        const verdict = this.#judge(packet);
        if (verdict === 'whole') continue;
        at += wanted;
        if (verdict instanceof Promise) {
          this.#flush(chunk, at - wanted);
          this.#stall(packet, verdict, chunk.subarray(at));
          return;
        }
        if (verdict !== this.#verdict) this.#flush(chunk, at - wanted);
        this.#verdict = verdict;
      }
    }
    this.#flush(chunk, chunk.length);
  }

  #passContent(chunk: Buffer, at: number): number {
    const bytes = Math.min(this.#contentLeft, chunk.length - at);
    this.#contentLeft -= bytes;
    this.#handlers.content(chunk.subarray(at, at + bytes), this.#contentLeft === 0);
    return bytes;
  }

  /** Takes just as much as the packet, or its head, still needs. @returns how many bytes of the chunk that was. */
  #gather(chunk: Buffer, at: number, begun: Buffer): number {
    const wanted = this.#wantedOf(begun);
    const taken = Math.min(wanted - begun.length, chunk.length - at);
    const bytes = taken > 0 ? Buffer.concat([begun, chunk.subarray(at, at + taken)]) : begun;
    this.#begun = bytes;
    this.#from = at + taken;
    if (bytes.length < wanted || this.#wantedOf(bytes) > bytes.length) return taken;
    const verdict = this.#judge(bytes);
    if (verdict === 'whole') return taken;
    this.#begun = undefined;
    if (verdict instanceof Promise) {
      this.#stall(bytes, verdict, chunk.subarray(at + taken));
      return chunk.length - at;
    }
    this.#put(bytes, verdict);
    this.#verdict = verdict;
    return taken;
  }

  #judge(bytes: Buffer): Verdict | 'whole' | Promise<Verdict> {
    const { bulk, head, packet } = this.#handlers;
    const total = LENGTH_BYTES + bytes.readUInt32BE(0);
    if (bytes[LENGTH_BYTES] !== bulk.type || this.#wantsWhole) {
      this.#wantsWhole = false;
      return packet(Buffer.from(bytes)); // It may be judged for long, and answered later.
    }
    const contentBytes = total - bytes.length;
    const verdict = head(bytes, contentBytes);
    if (verdict === 'whole') this.#wantsWhole = true;
    else if (contentBytes > 0) this.#contentLeft = contentBytes;
    else this.#handlers.content(bytes.subarray(bytes.length), true);
    return verdict;
  }

  /** How many bytes must be there to go on. @throws {GatewayError} when no packet is that long, or none so short. */
  #wantedOf(bytes: Buffer): number {
    if (bytes.length < LENGTH_BYTES + 1) return LENGTH_BYTES + 1;
    const length = bytes.readUInt32BE(0);
    if (length < 1 || length > LIMITS.sftpPacketBytesMax) throw malformed(`An SFTP packet of ${length} bytes.`);
    const total = LENGTH_BYTES + length;
    const { bulk } = this.#handlers;
    if (bytes[LENGTH_BYTES] !== bulk.type || this.#wantsWhole) return total;
    const headBytes = bulk.headBytes(bytes);
    if (headBytes > total) throw malformed('An SFTP packet is shorter than its own fields.');
    return headBytes;
  }

  #stall(packet: Buffer, verdict: Promise<Verdict>, rest: Buffer): void {
    this.#isStalled = true;
    this.#from = 0;
    const [judged, waiting] = [Buffer.from(packet), Buffer.from(rest)];
    verdict.then(
      (decided) => {
        this.#isStalled = false;
        this.#put(judged, decided);
        this.#verdict = 'both';
        if (waiting.length > 0) this.#queue.unshift(waiting);
        this.#run();
        this.#tell();
      },
      (thrown: unknown) => this.#break(thrown),
    );
  }

  #flush(chunk: Buffer, to: number): void {
    if (to > this.#from) this.#put(chunk.subarray(this.#from, to), this.#verdict);
    this.#from = to;
  }

  #put(bytes: Buffer, verdict: Verdict): void {
    if (verdict !== 'drop') this.#handlers.put(bytes, verdict);
  }

  #break(thrown: unknown): void {
    this.#isBroken = true;
    this.#isStalled = false;
    this.#queue = [];
    this.#handlers.broken(thrown);
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
