/** What becomes durable together. */
import type { FrameType } from './frames.ts';

export interface Waiting {
  readonly type: Exclude<FrameType, 'h'>;
  readonly payload: Uint8Array;
  readonly micros: bigint;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/** Frames that become durable together. */
export interface Batch {
  /** Its frames lie in the flood's memory, and are made durable there. */
  readonly isFlood: boolean;
  /** When the first of them came; only a buffered recording looks. */
  readonly since: bigint;
  readonly offset: number;
  readonly parts: Buffer[];
  readonly waiting: Pick<Waiting, 'resolve' | 'reject'>[];
  size: number;
}

export function newBatch(offset: number, since: bigint, isFlood: boolean): Batch {
  return { offset, isFlood, parts: [], waiting: [], size: 0, since };
}
