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

/** The line without its escapes, as bytes; undefined where it has hardly any. */
export function withoutEscapes(line: string): Buffer | undefined {
  let count = 0;
  // Escapes stand for bytes in some writings and for characters in others: latin1 holds the bytes of both.
  const bytes = line.replace(ESCAPE, (whole, ...groups: readonly (string | undefined)[]) => {
    count += 1;
    return unescaped(groups) ?? whole;
  });
  return count >= 3 ? Buffer.from(bytes, 'latin1') : undefined;
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
