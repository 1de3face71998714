import type { TargetPolicy } from '../model.ts';
import type { Write } from './copies.ts';
import type { Found, Input, Span } from './model.ts';
import type { PathAsset } from './operands.ts';

/** What judging one command needs beyond the command. */
export interface Bench {
  readonly policy: TargetPolicy;
  readonly paths: readonly PathAsset[];
  readonly depth: number;
  /** Characters of inner texts read so far. */
  readonly spent: { characters: number };
  /** The files the act writes, gathered while it is judged. */
  readonly writes: Write[];
  /** The text sets variables and runs nothing that they could lead elsewhere. */
  readonly onlySets: boolean;
  /** Judges a text as a shell would read it; spans of the findings are `span`. */
  readonly judgeText: (text: string, span: Span, input: Input, depth: number) => readonly Found[];
}
