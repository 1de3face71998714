/** Characters written as escapes: URL, quoted-printable (RFC 2045), C and JSON, HTML and XML. */

const ESCAPE =
  /%([\da-f]{2})|=([\dA-F]{2})|\\x([\da-f]{2})|\\u\{?([\da-f]{4,6})\}?|\\([0-3]?[0-7]{1,3})|&#(\d{1,7});|&#x([\da-f]{1,6});|&(amp|commat|hyphen|period|nbsp|lt|gt|quot|num);/gi;
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  commat: '@',
  hyphen: '-',
  period: '.',
  nbsp: ' ',
  lt: '<',
  gt: '>',
  quot: '"',
  num: '#',
};

const ESCAPES_MIN = 3;
/** What may follow a backslash, and `&`. */
const BACKSLASH = /[xu0-7]/i;
const AMPERSAND = /#|[achpnlgq][mopybtu]/i;
const HEX = table(/[\da-f]/i);
const MARK = table(/[%=\\&]/);

function table(letters: RegExp): Uint8Array {
  return Uint8Array.from({ length: 128 }, (_, code) => Number(letters.test(String.fromCharCode(code))));
}

/** Whether so many begin here as an expression would have to find: most lines with such marks are sources. */
function hasEscapes(line: string): boolean {
  let count = 0;
  for (let at = 0; at + 1 < line.length; at += 1) {
    const code = line.charCodeAt(at);
    if (MARK[code] === 1 && isEscape(line, at, code)) count += 1;
    if (count >= ESCAPES_MIN) return true;
  }
  return false;
}

function isEscape(line: string, at: number, code: number): boolean {
  if (code === 0x5c) return BACKSLASH.test(line[at + 1] ?? '');
  if (code === 0x26) return line[at + 1] === '#' || AMPERSAND.test(line.slice(at + 1, at + 3));
  return HEX[line.charCodeAt(at + 1)] === 1 && HEX[line.charCodeAt(at + 2)] === 1;
}

/** The line without its escapes, as bytes; undefined where it has hardly any. */
export function withoutEscapes(line: string): Buffer | undefined {
  if (!hasEscapes(line)) return undefined;
  let count = 0;
  // Escapes stand for bytes in some writings and for characters in others: latin1 holds the bytes of both.
  const bytes = line.replace(ESCAPE, (whole, ...groups: readonly (string | undefined)[]) => {
    count += 1;
    return unescaped(groups) ?? whole;
  });
  return count >= ESCAPES_MIN ? Buffer.from(bytes, 'latin1') : undefined;
}

function unescaped(groups: readonly (string | undefined)[]): string | undefined {
  const [url, quoted, c, unicode, octal, decimal, hex, name] = groups;
  const byte = url ?? quoted ?? c;
  if (byte !== undefined) return String.fromCharCode(parseInt(byte, 16));
  if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
  if (name !== undefined) return NAMED[name.toLowerCase()];
  if (unicode !== undefined && /^d[89a-f]/i.test(unicode)) return undefined;
  const point = decimal === undefined ? parseInt(unicode ?? hex ?? '20', 16) : Number(decimal);
  return point > 0x10ffff ? undefined : Buffer.from(String.fromCodePoint(point), 'utf8').toString('latin1');
}
