import type { CarriedStatement, TargetPolicy } from '../model.ts';
import type { Found, Input, Invocation, Span } from './model.ts';
import type { PathAsset } from './operands.ts';

/** What judging one command needs beyond the command. */
export interface Bench {
  readonly policy: TargetPolicy;
  readonly paths: readonly PathAsset[];
  readonly depth: number;
  /** Characters of inner texts read so far. */
  readonly spent: { characters: number };
  /** Every command judged, by its tool, in the order of the text. */
  readonly judged: (readonly [tool: string, invocation: Invocation])[];
  /** The SQL its clients are given, in the order of the text. */
  readonly statements: CarriedStatement[];
  /** The text sets variables and runs nothing that they could lead elsewhere. */
  readonly onlySets: boolean;
  /** Judges a text as a shell would read it; spans of the findings are `span`. */
  readonly judgeText: (text: string, span: Span, input: Input, depth: number) => readonly Found[];
}
