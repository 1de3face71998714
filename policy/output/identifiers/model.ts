import type { IdentifierKind } from '../model.ts';

/**
 * What of one kind may stand several times for one person on one line: a mobile number beside the one at home. As many
 * persons are on a line as there are values in its fullest shelf.
 */
export type Shelf = IdentifierKind | 'mobile';

/** Something on a line that names a person, or helps to. */
export interface Found {
  readonly kind: IdentifierKind;
  readonly shelf: Shelf;
  /** In one form for all writings. */
  readonly value: string;
  /** [start, end) in UTF-16 units of the line. */
  readonly start: number;
  readonly end: number;
  /** Whether it alone names a person. */
  readonly strong: boolean;
}

/** Finds in a line that `plainLine` made plain. */
export type Finder = (line: string) => readonly Found[];

/** All matches that `read` accepts of a global pattern that never matches the empty text. */
export function scan(
  line: string,
  pattern: RegExp,
  read: (match: RegExpExecArray) => Omit<Found, 'start' | 'end'> | undefined,
): Found[] {
  const found: Found[] = [];
  // By exec: matchAll makes another expression of it each time, which costs more than most of the searches.
  pattern.lastIndex = 0;
  for (let match = pattern.exec(line); match !== null; match = pattern.exec(line)) {
    const one = read(match);
    if (one === undefined) continue;
    const { kind, shelf, value, strong } = one;
    found.push({ kind, shelf, value, strong, start: match.index, end: match.index + match[0].length });
  }
  return found;
}
