/** The judge's answer as it leaves the program: one JSON object a line. docs/formats/policy-v1.md has the fields. */
import type { AssetCopy, Judgement, VerdictName } from '../../policy/index.ts';
import type { ErrorCode } from '../../foundation/index.ts';

/** What the verdict is for somebody who only wants to know whether it would run. */
export type Outcome = 'allow' | 'ask' | 'deny';

export interface Answer {
  readonly verdict: Outcome;
  /** A ticket about this very act would let it run. */
  readonly ticket: boolean;
  readonly class: string | null;
  readonly rules: readonly string[];
  /** [start, end) in UTF-16 units of the judged text. */
  readonly spans: readonly (readonly [number, number])[];
  readonly argv: readonly (readonly string[])[];
  readonly objects: readonly string[];
  readonly copies: readonly AssetCopy[];
  readonly digest: string;
}

/** A line nobody could judge is not allowed: a reader who looks at `verdict` alone is told no. */
export interface Unjudged {
  readonly verdict: 'deny';
  readonly ticket: false;
  readonly error: ErrorCode;
  readonly message: string;
  readonly line: number;
}

function outcomeOf(verdict: VerdictName): Outcome {
  return verdict === 'needs_ticket' ? 'deny' : verdict;
}

export function answerOf({ verdict, findings, commands, objects, copies, digest }: Judgement): Answer {
  return {
    verdict: outcomeOf(verdict),
    ticket: verdict === 'needs_ticket',
    class: findings[0]?.class ?? null,
    rules: [...new Set(findings.map(({ rule }) => rule))],
    spans: findings.map(({ span }) => span),
    argv: commands,
    objects,
    copies,
    digest,
  };
}
