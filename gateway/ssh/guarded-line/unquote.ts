/** Reads what bash's `printf %q` writes in the C locale: a word without quotes, or `$'…'`. Anything else is undefined. */
export function unquoted(word: string): Buffer | undefined {
  if (word === "''") return Buffer.alloc(0);
  const ansi = /^\$'((?:[^'\\]|\\[^])*)'$/.exec(word)?.[1];
  if (ansi !== undefined) return bytesOf(ansi, ANSI, ansiByte);
  return /^(?:[^'"\\\s$`]|\\[^\n])+$/.test(word) ? bytesOf(word, /\\([^])|[^]/g, plainByte) : undefined;
}

const ANSI = /\\([0-7]{1,3}|[^])|[^]/g;
const NAMED: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['e', 0x1b],
  ['E', 0x1b],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);

/** `word` holds one byte a character. */
function bytesOf(
  word: string,
  pattern: RegExp,
  byteOf: (whole: string, escaped: string | undefined) => number,
): Buffer {
  return Buffer.from(Array.from(word.matchAll(pattern), (match) => byteOf(match[0], match[1])));
}

function plainByte(whole: string, escaped: string | undefined): number {
  return (escaped ?? whole).charCodeAt(0);
}

function ansiByte(whole: string, escaped: string | undefined): number {
  if (escaped === undefined) return whole.charCodeAt(0);
  if (/^[0-7]/.test(escaped)) return Number.parseInt(escaped, 8) & 0xff;
  return NAMED.get(escaped) ?? escaped.charCodeAt(0);
}
