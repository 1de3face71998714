/** Lines of the dump programs: od in all its types, xxd, hexdump. */

const XXD = /^[\da-f]{6,8}: ((?:[\da-f]{2,8} ?){1,64})( .*)?$/i;
const CANONICAL = /^[\da-f]{6,8} {2}((?:[\da-f]{2} {1,2}){1,64}) *\|(.*)\|$/i;
/** An address of od or hexdump, or the blanks that stand for none. */
const ADDRESSED = /^(?:[\da-f]{6,8})?(\s+\S.*)$/i;

/** What all of them begin with: blanks or an address. */
const BEGINNING = /^(?:\s|[\da-f]{6})/i;

export interface Dump {
  readonly bytes: Buffer;
  /** It is a dump even where its bytes say nothing: a table of numbers is none. */
  readonly sure: boolean;
}

/** Bytes that a dump's line shows; undefined where it is none. */
export function decodeDump(line: string): Dump | undefined {
  if (!BEGINNING.test(line)) return undefined;
  const hex = XXD.exec(line) ?? CANONICAL.exec(line);
  if (hex !== null) {
    const bytes = Buffer.from((hex[1] ?? '').replace(/ /g, ''), 'hex');
    return { bytes, sure: isShownAs(bytes, hex[2] ?? '') };
  }
  const cells = ADDRESSED.exec(line)?.[1];
  if (cells === undefined || cells.length > CELLS_MAX) return undefined;
  const characters = decodeCharacters(cells);
  if (characters !== undefined) return { bytes: characters, sure: false };
  if (/[^\da-f\s]/i.test(cells)) return undefined;
  return decodeNumbers(cells.trim().split(/\s+/), /^[0-7]{7} /.test(line));
}

const CELLS_MAX = 400;

/** The column beside the digits shows the same bytes: anything could stand there behind digits that say nothing. */
function isShownAs(bytes: Buffer, column: string): boolean {
  return (
    column.trim() ===
    bytes
      .toString('latin1')
      .replace(/[^ -~]/g, '.')
      .trim()
  );
}

const NAMES: Readonly<Record<string, number>> = {
  nul: 0,
  ht: 9,
  nl: 10,
  vt: 11,
  ff: 12,
  cr: 13,
  sp: 32,
  '\\0': 0,
  '\\t': 9,
  '\\n': 10,
  '\\v': 11,
  '\\f': 12,
  '\\r': 13,
  '\\a': 7,
  '\\b': 8,
};

/** `od -c` and `od -a`: cells of four columns. A line of numbers alone is no such line. */
function decodeCharacters(cells: string): Buffer | undefined {
  if (cells.length % 4 !== 0 || !/[^\d\s]/.test(cells)) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < cells.length; at += 4) {
    const cell = cells.slice(at, at + 4);
    const text = cell.trim();
    if (!cell.startsWith(' ')) return undefined;
    if (text === '') bytes.push(0x20);
    else if (text.length === 1) bytes.push(text.charCodeAt(0));
    else if (/^[0-7]{3}$/.test(text)) bytes.push(parseInt(text, 8));
    else if (text === '**') bytes.push(0x80);
    else if (Object.hasOwn(NAMES, text)) bytes.push(NAMES[text] ?? 0);
    else return undefined;
  }
  return bytes.length >= 2 ? Buffer.from(bytes) : undefined;
}

interface NumberType {
  readonly pattern: RegExp;
  readonly base: 8 | 10 | 16;
  readonly bytes: 1 | 2 | 4 | 8;
}

const TYPES: readonly NumberType[] = [
  { pattern: /^[0-3][0-7]{2}$/, base: 8, bytes: 1 },
  { pattern: /^[01][0-7]{5}$/, base: 8, bytes: 2 },
  { pattern: /^[0-3][0-7]{10}$/, base: 8, bytes: 4 },
  { pattern: /^[\da-f]{2}$/i, base: 16, bytes: 1 },
  { pattern: /^[\da-f]{4}$/i, base: 16, bytes: 2 },
  { pattern: /^[\da-f]{8}$/i, base: 16, bytes: 4 },
  { pattern: /^[\da-f]{16}$/i, base: 16, bytes: 8 },
  { pattern: /^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/, base: 10, bytes: 1 },
  { pattern: /^\d{1,5}$/, base: 10, bytes: 2 },
];

/** Words of several bytes come lowest byte first: all machines this runs against are little-endian. */
function decodeNumbers(words: readonly string[], addressed: boolean): Dump | undefined {
  const type = TYPES.find(({ pattern }) => words.every((word) => pattern.test(word)));
  if (type === undefined || words.length < 2) return undefined;
  const bytes = Buffer.alloc(words.length * type.bytes);
  words.forEach((word, index) => {
    let value = BigInt(type.base === 16 ? `0x${word}` : type.base === 8 ? `0o${word}` : word);
    for (let at = 0; at < type.bytes; at += 1, value >>= 8n) bytes[index * type.bytes + at] = Number(value & 0xffn);
  });
  return { bytes, sure: addressed && type.base !== 10 && words.length >= 4 };
}
