/** One run of a text: either plain characters, or one character nobody could see or that would change the order shown. */
export type VisibleRun =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'hidden'; readonly codePoint: string; readonly lineEnd: boolean };

/**
 * Characters that a page would swallow, reorder or show as another one: control and format characters (bidirectional
 * overrides, zero width), unassigned and private ones, lone surrogates, separators other than the plain space, and
 * everything Unicode calls ignorable by default (UAX #44).
 */
const HIDDEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u115f\u1160\u3164\uffa0\u2800]/u;

/**
 * Splits a hostile text so that each hidden character can be drawn as its code point. It stops an act that reads
 * differently to the approver than to the shell (CVE-2021-42574, "Trojan Source").
 */
export function visibleRuns(text: string): readonly VisibleRun[] {
  const runs: VisibleRun[] = [];
  let plain = '';
  for (const character of text) {
    if (!HIDDEN.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') runs.push({ kind: 'plain', text: plain });
    plain = '';
    runs.push({ kind: 'hidden', codePoint: codePointName(character), lineEnd: character === '\n' });
  }
  if (plain !== '') runs.push({ kind: 'plain', text: plain });
  return runs;
}

/** How many characters of the text cannot be seen. */
export function countHidden(text: string): number {
  return visibleRuns(text).filter((run) => run.kind === 'hidden').length;
}

/** The text with each hidden character written as [U+XXXX], for places that hold plain strings only. */
export function visibleText(text: string): string {
  return visibleRuns(text)
    .map((run) => (run.kind === 'plain' ? run.text : `[${run.codePoint}]`))
    .join('');
}

function codePointName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
