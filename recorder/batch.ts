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
  /** Part of a flood: its frames go to the own file as they come, and wait there for its next flush. */
  readonly isFlood: boolean;
  /** When the first of them came; only a buffered recording looks. */
  since: bigint;
  readonly offset: number;
  readonly parts: Buffer[];
  readonly waiting: Pick<Waiting, 'resolve' | 'reject'>[];
  size: number;
}

export function newBatch(offset: number, isFlood = false): Batch {
  return { offset, isFlood, parts: [], waiting: [], size: 0, since: 0n };
}
