/**
 * One look at every character of a line that is not ASCII alone, so that the expressions are asked only where one of them
 * may say yes. What `plainLine` would make of a character is looked at, not the character.
 */
import type { Features } from '../features.ts';
import { plainLine } from '../text.ts';
import { isLetter, surnameLength } from './japanese.ts';
import { SURNAMES } from './surnames.ts';

/** Part of a name; the first of a surname; kana; a blank; a digit. */
const LETTER = 1;
const SURNAME = 1 << 1;
const KANA = 1 << 2;
const BLANK = 1 << 3;
const DIGIT = 1 << 4;
const HYPHEN = 1 << 5;
/** Of a municipality; of a prefecture. */
const MUNICIPAL = 1 << 6;
const PREFECTURAL = 1 << 7;
/** The whole line has to be read: its characters may be others in their plain form, or show nothing. */
const RESHAPED = 1 << 8;
const KANJI_DIGIT = 1 << 9;
/** A prefecture's name read from its end: how it begins, and goes on. */
const REVERSED = 1 << 10;
const REVERSED_NEXT = 1 << 11;
const LONG = 1 << 12;

const CLASSES: readonly (readonly [number, RegExp])[] = [
  [KANA, /[ぁ-ヴ\u3099\u309a]/],
  [DIGIT, /\d/],
  [MUNICIPAL, /[市区町村郡]/],
  [PREFECTURAL, /[都道府県]/],
  [KANJI_DIGIT, /[〇零一二三四五六七八九]/],
  [REVERSED, /[京阪道県]/],
  [REVERSED_NEXT, /[東大海川知]/],
  [LONG, /[ー~〜]/],
];
/** Characters that `plainLine` makes letters, digits or marks between such of, those that show nothing, and 〒. */
const OWN =
  /[\u00a0\u00ad\u2000-\u2015\u2028-\u202e\u2060-\u2064\u2212\u2500\u3000\u3012\ud800-\udfff\ufeff\uff02-\uff07\uff0a\uff0b\uff0d\uff0f-\uff19\uff1b-\uff1e\uff20-\uff60]/;

const CLASS = Uint16Array.from({ length: 0x10000 }, (_, code) => {
  const own = String.fromCharCode(code);
  const plain = plainLine(own);
  const known = CLASSES.reduce((sum, [bit, letters]) => sum | (letters.test(plain) ? bit : 0), 0);
  const space = plain === ' ' ? BLANK : plain === '-' ? HYPHEN : 0;
  return known | space | (isLetter(plain.charCodeAt(0)) ? LETTER : 0) | (OWN.test(own) ? RESHAPED : 0);
});
for (const surname of SURNAMES) CLASS[surname.charCodeAt(0)] = (CLASS[surname.charCodeAt(0)] ?? 0) | SURNAME;

/** A mark between a line's first two characters is the first of many. */
const SPACED = /^\s*\S[ \t,.|;:_-]/u;

/**
 * @param text of a line with characters beyond ASCII.
 * @param features of the same.
 * @returns false where nobody can be found in it, in whatever reading.
 */
export function mayNameSomebody(text: string, features: Features): boolean {
  if (hasMarks(features) || (features.spaced && SPACED.test(text))) return true;
  let before = 0;
  let all = 0;
  let kanjiDigits = 0;
  let isHouse = false;
  for (let index = 0; index < text.length; index += 1) {
    const kind = CLASS[text.charCodeAt(index)] ?? 0;
    all |= kind;
    kanjiDigits = (kind & KANJI_DIGIT) === 0 ? 0 : kanjiDigits + 1;
    if (kanjiDigits === 3 || ((kind & STOPS) !== 0 && stopsAt(text, index, kind, before))) return true;
    isHouse ||= (kind & DIGIT) !== 0 && (before & LETTER) !== 0;
    before = kind;
  }
  return (all & MUNICIPAL) !== 0 && ((all & PREFECTURAL) !== 0 || (isHouse && features.block));
}

function hasMarks({ phone, number, iban, houses, at, turned }: Features): boolean {
  return phone || number || iban || houses || at || turned;
}

const STOPS = RESHAPED | SURNAME | BLANK | DIGIT | HYPHEN | REVERSED_NEXT;

/** Whether something begins or goes on here that only the expressions can tell. */
function stopsAt(text: string, index: number, kind: number, before: number): boolean {
  if ((kind & RESHAPED) !== 0) return true;
  if ((kind & SURNAME) !== 0 && (before & LETTER) === 0 && surnameLength(text, index) > 0) return true;
  if ((kind & BLANK) !== 0) return (before & KANA) !== 0;
  if ((kind & DIGIT) !== 0) return (before & LONG) !== 0;
  if ((kind & HYPHEN) !== 0) return isPostalCode(text, index);
  return (kind & REVERSED_NEXT) !== 0 && (before & REVERSED) !== 0;
}

/** Three digits before a hyphen and four behind it. */
function isPostalCode(text: string, hyphen: number): boolean {
  for (let index = hyphen - 3; index <= hyphen + 4; index += 1) {
    if (index !== hyphen && ((CLASS[text.charCodeAt(index)] ?? 0) & DIGIT) === 0) return false;
  }
  return true;
}
