/** The leaves of one session: each names the one before it, so that none can be left out or put elsewhere. */
import type { Clock } from '../foundation/index.ts';
import type { SealedChunk } from './chunks/seal-thread.ts';
import type { PerStream } from './keys/session-keys.ts';
import type { AppendedLeaf, LeafLog } from './log/leaf-log.ts';
import { encodeLeaf, hashLeaf, type Leaf, type OpenLeaf, toHex } from '../evidence/index.ts';
import { nodeCrypto } from './node-crypto.ts';

export interface LeafChainOptions {
  readonly sessionId: string;
  readonly leafLog: LeafLog;
  readonly clock: Clock;
  /** The hash of the session's last leaf, when there is one. */
  readonly prev?: Uint8Array;
}

export class LeafChain {
  readonly #options: LeafChainOptions;
  #prev: string;

  constructor(options: LeafChainOptions) {
    this.#options = options;
    this.#prev = options.prev === undefined ? '' : toHex(options.prev);
  }

  /** Leaves stand in the log in the order of these calls. @throws {GatewayError} `recording_unavailable`. */
  open(leaf: OpenLeaf): Promise<AppendedLeaf> {
    return this.#append(leaf);
  }

  chunk({ contents, bytes, id }: Pick<SealedChunk, 'contents' | 'bytes' | 'id'>): Promise<AppendedLeaf> {
    const { stream, seq, first, frames, t0, t1 } = contents;
    const chunk = { stream, seq, object: id, bytes, first, frames, t0, t1 };
    return this.#append({ ...this.#common(), type: 'session.chunk', ...chunk });
  }

  close(totals: PerStream<number> & { readonly frames: number; readonly recovered: boolean }): Promise<AppendedLeaf> {
    return this.#append({ ...this.#common(), type: 'session.close', ...totals });
  }

  #common() {
    const { clock, sessionId: sid } = this.#options;
    return { v: 2, sid, at: clock.now().toISOString(), prev: this.#prev } as const;
  }

  #append(leaf: Leaf): Promise<AppendedLeaf> {
    this.#prev = toHex(hashLeaf(nodeCrypto, encodeLeaf(leaf)));
    return this.#options.leafLog.append(leaf);
  }
}
