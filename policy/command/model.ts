/** What the walk of the syntax tree hands to the rules. */
import type { Finding, VerdictName } from '../model.ts';

export type Span = readonly [start: number, end: number];

/**
 * A part of a word. `text` is what the shell will hand on as it stands; `glob` matches names within a directory;
 * `unknown` is whatever an expansion yields.
 */
export type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'glob' }
  | { readonly kind: 'unknown'; readonly source: string; readonly variable: string | undefined };

/** One word after quotes are taken off. */
export interface Word {
  /** The unquoted text, with what is unknown standing as it was written. */
  readonly text: string;
  /** Nothing in it depends on the moment it runs. */
  readonly exact: boolean;
  readonly pieces: readonly Piece[];
  readonly span: Span;
}

export interface Redirect {
  readonly operator: string;
  /** The file, the descriptor or the text of a here-document. */
  readonly word: Word;
  readonly span: Span;
}

/** What is known of a command's standard input. */
export type Input =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly word: Word }
  | { readonly kind: 'file'; readonly word: Word }
  /** `from`: the programs to its left in the pipeline. */
  | { readonly kind: 'pipe'; readonly from: readonly string[] };

/** Where the names or bytes a command prints go. `shown`: to the terminal or a filter that only shows them. */
export type Output = 'shown' | 'captured' | 'piped';

/** One simple command, wherever it stood. */
export interface Invocation {
  readonly name: Word;
  readonly args: readonly Word[];
  readonly assignments: readonly Assigned[];
  readonly redirects: readonly Redirect[];
  readonly input: Input;
  readonly output: Output;
  /** The programs to its right in the pipeline. */
  readonly downstream: readonly string[];
  /** `cd` targets seen before it in the text. */
  readonly directories: readonly string[];
  /** Functions the text defines. */
  readonly functions: ReadonlySet<string>;
  readonly span: Span;
}

export interface Assigned {
  readonly name: string;
  readonly values: readonly Word[];
  readonly span: Span;
  /** `x+=a`. */
  readonly appends: boolean;
  /** `x[1]=a`. */
  readonly indexed: boolean;
}

export type FindingClass = Finding['class'];

export interface Found {
  readonly verdict: Exclude<VerdictName, 'allow'>;
  readonly finding: Finding;
}
