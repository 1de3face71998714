/** The line under the cursor and what keys do to it. Pure; positions are UTF-16 units between characters as people count them. */

export interface EditBuffer {
  readonly text: string;
  readonly at: number;
  /** What was killed last, for a yank. */
  readonly killed: string;
}

export const EMPTY_BUFFER: EditBuffer = { text: '', at: 0, killed: '' };

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const WORD = /[\p{L}\p{N}\p{M}_]/u;

export function insert(buffer: EditBuffer, added: string): EditBuffer {
  const { text, at } = buffer;
  return { ...buffer, text: text.slice(0, at) + added + text.slice(at), at: at + added.length };
}

export function moveTo(buffer: EditBuffer, at: number): EditBuffer {
  return { ...buffer, at };
}

/** Where the character before `at` begins. */
export function before(text: string, at: number): number {
  // The characters of one physical line: a line break is one by itself.
  const from = text.lastIndexOf('\n', at - 1) + 1;
  if (from === at) return Math.max(at - 1, 0);
  let last = from;
  for (const { index } of graphemes.segment(text.slice(from, at))) last = from + index;
  return last;
}

/** Where the character after `at` ends. */
export function after(text: string, at: number): number {
  const [first] = graphemes.segment(text.slice(at, at + CHARACTER_UNITS_MAX));
  return at + (first?.segment.length ?? 0);
}

/** A character with more combining marks than this is taken in pieces. */
const CHARACTER_UNITS_MAX = 64;

export function wordLeft({ text, at }: EditBuffer): number {
  let to = at;
  while (to > 0 && !WORD.test(text.slice(before(text, to), to))) to = before(text, to);
  while (to > 0 && WORD.test(text.slice(before(text, to), to))) to = before(text, to);
  return to;
}

export function wordRight({ text, at }: EditBuffer): number {
  let to = at;
  while (to < text.length && !WORD.test(text.slice(to, after(text, to)))) to = after(text, to);
  while (to < text.length && WORD.test(text.slice(to, after(text, to)))) to = after(text, to);
  return to;
}

export function blankLeft({ text, at }: EditBuffer): number {
  const head = text.slice(0, at);
  return /\S*\s*$/.exec(head.replace(/\s+$/, ''))?.index ?? 0;
}

/** Takes out what stands between the cursor and `to`. */
export function remove(buffer: EditBuffer, to: number): EditBuffer {
  const { text, at } = buffer;
  const [from, end] = at < to ? [at, to] : [to, at];
  return { ...buffer, text: text.slice(0, from) + text.slice(end), at: from };
}

/** The same, and keeps it for a yank. */
export function kill(buffer: EditBuffer, to: number): EditBuffer {
  const { text, at } = buffer;
  const killed = at < to ? text.slice(at, to) : text.slice(to, at);
  return killed === '' ? buffer : { ...remove(buffer, to), killed };
}

/** Exchanges the two characters around the cursor; at the end, the last two. */
export function transpose(buffer: EditBuffer): EditBuffer {
  const { text, at } = buffer;
  const middle = at === text.length ? before(text, at) : at;
  const from = before(text, middle);
  const end = after(text, middle);
  if (from === middle || middle === end) return buffer;
  const swapped = text.slice(middle, end) + text.slice(from, middle);
  return { ...buffer, text: text.slice(0, from) + swapped + text.slice(end), at: end };
}
