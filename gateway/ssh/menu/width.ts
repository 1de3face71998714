/** How much room a text takes on a terminal, and how to make it fit. Pure. */
import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Not U+2026: terminals of East Asian locales give that one or two columns, and do not say which. */
const CUT = '..';

/** Columns of a text: two for a wide character (UAX #11) or an emoji, none for a combining mark. */
export function columnsOf(text: string): number {
  return stringWidth(text);
}

/** The text in exactly so many columns: filled up with spaces, or cut between two characters and marked as cut. */
export function fitted(text: string, columns: number): string {
  const width = columnsOf(text);
  if (width <= columns) return text + ' '.repeat(columns - width);
  const mark = columns > CUT.length ? CUT : '';
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = used + columnsOf(segment);
    if (next > columns - mark.length) break;
    kept += segment;
    used = next;
  }
  return kept + mark + ' '.repeat(Math.max(columns - used - mark.length, 0));
}

/** The text without its last character as a person counts them. */
export function withoutLast(text: string): string {
  const segments = [...graphemes.segment(text)];
  return text.slice(0, segments.at(-1)?.index ?? 0);
}
