/** Text whose characters stand in another order or are others, one for one. */
import type { Features } from '../features.ts';

/** A mobile number, the end of an address or a prefecture, read from the end. */
const PREFIX = /0[5-9]0/;
const REVERSED_NUMBER = /\d{4}[^\w\s]?\d{4}[^\w\s]?0[5-9]0(?!\d)/;
const REVERSED_ADDRESS = /(?:moc|pj|ten|gro)\.[\w.-]{1,60}@/;
const REVERSED_PLACE = /京東|阪大|道海北|県川奈神|県知愛/;
/** A mobile number in ROT47. */
const ROT47 = /_[defgh]_\\?[_`a-h]{4}\\?[_`a-h]{4}/;
/** One mark between any two characters, at least twelve times. */
const SPACED = /^\s*[^\s](?:([ \t,.|;:_-])[^\s]?(?=\1|$)){12,}/u;
const SPACED_WIDE = /^\s*[^\s](?: {1,3}[^\s]){12,}/u;
const KANJI_DIGITS = '〇一二三四五六七八九';

/** Other readings of a line in which nobody was found. */
export function otherReadings(line: string, features: Features): readonly string[] {
  const readings: string[] = [];
  const wide = features.high > 0;
  const reversed =
    (features.number && PREFIX.test(line) && REVERSED_NUMBER.test(line)) ||
    (wide && REVERSED_PLACE.test(line)) ||
    (line.includes('@') && REVERSED_ADDRESS.test(line));
  if (reversed) readings.push(Array.from(line).reverse().join(''));
  if (features.turned && ROT47.test(line)) readings.push(rot47(line));
  const spaced = features.spaced ? withoutSpacing(line) : undefined;
  if (spaced !== undefined) readings.push(spaced);
  if (wide && /[〇零一二三四五六七八九]{3}/.test(line)) readings.push(withDigits(line));
  return readings;
}

function withoutSpacing(line: string): string | undefined {
  const mark = SPACED.exec(line)?.[1];
  if (mark === undefined) return SPACED_WIDE.test(line) ? line.replace(/(?<=\S) {1,3}(?=\S)/gu, '') : undefined;
  const letters = line.trimStart();
  let text = '';
  let index = 0;
  for (const letter of letters) {
    if (index % 2 === 0) text += letter;
    else if (letter !== mark) return line.replaceAll(mark, '');
    index += 1;
  }
  return text;
}

function rot47(line: string): string {
  return line.replace(/[!-~]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 33 + 47) % 94) + 33));
}

function withDigits(line: string): string {
  return line.replace(/[〇零一二三四五六七八九]/g, (letter) =>
    String(letter === '零' ? 0 : KANJI_DIGITS.indexOf(letter)),
  );
}
