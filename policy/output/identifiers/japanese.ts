/** Names and addresses as they are written in Japan. */
import type { Features } from '../features.ts';
import { type Found, scan } from './model.ts';
import { KANA_SURNAMES, PREFECTURES, SURNAMES } from './surnames.ts';

const KANJI = '\\u3005\\u4e00-\\u9fff\\uf900-\\ufaff';
const KANA = 'ァ-ヴヽヾ\\u3099\\u309a';
const SURNAME = new Set(SURNAMES);
/** By code: how surnames begin. */
const FIRST_LETTER = new Uint8Array(0x10000);
for (const surname of SURNAMES) FIRST_LETTER[surname.charCodeAt(0)] = 1;
const FIRST_KANJI = 0x4e00;
/** What may stand inside a name, and with it before there is none: kana, kanji, long vowels. */
export function isLetter(code: number): boolean {
  if (code < 0x3005 || code > 0xfaff) return false;
  if (code >= FIRST_KANJI) return code <= 0x9fff || code >= 0xf900;
  return code === 0x3005 || (code >= 0x3041 && code <= 0x3093) || (code >= 0x30a1 && code <= 0x30fc);
}

/** Behind a surname: the given name and a title, up to the field's end. */
const GIVEN_NAME = new RegExp(
  `^( ?)([${KANJI}ぁ-んァ-ヶ]{1,4})(?: ?(?:様|さま|さん|殿|氏))?(?![${KANJI}ぁ-んァ-ヶーA-Za-z])`,
);
/** What follows a surname when the whole names a place, a company or an office. */
const NO_GIVEN_NAME =
  /[県市区町村郡駅店課部係社院校局所室寮橋川山港線通号館堂園工業電機製薬銀行]$|[課部係室局所店社院校会隊駅]長$|^(?:株式|有限|商|電|建|組|水|技)/;
const KANA_NAME = new RegExp(
  `(?<![${KANA}ーA-Za-z])([${KANA}]{2,9}) +([${KANA}]{2,9}|[${KANA}]{1,6}ー?[${KANA}]{1,4})(?![${KANA}ーA-Za-z])`,
  'g',
);
const HIRAGANA_NAME = /(?<![ぁ-んァ-ヶ一-龠ー])([ぁ-ん]{2,6}) +([ぁ-ん]{2,6})(?![ぁ-んァ-ヶ一-龠ー])/g;
const KANA_SURNAME = new Set(KANA_SURNAMES);

const POSTAL = /〒 ?\d{3}-?\d{4}(?!\d)|(?<![\w.+-])\d{3}-\d{4}(?![\w-])/g;
const ADDRESS = new RegExp(
  `(?:${PREFECTURES.join('|')}) ?[^\\s,;|"'<>()\\t]{1,12}?[市区町村郡][^,;|"'<>\\t]{0,40}`,
  'g',
);
const LOCAL_ADDRESS = new RegExp(
  `(?<![${KANJI}])[${KANJI}ぁ-んァ-ヶ]{1,6}?[市区町村][${KANJI}ぁ-んァ-ヶ]{1,12}?\\d{1,4}(?:-\\d{1,4}){1,3}(?!\\d)`,
  'g',
);
const ROMAN_ADDRESS =
  /(?<![\w-])\d{1,4}(?:-\d{1,4}){1,3},? [A-Z][a-z]+(?:-(?:cho|machi|ku|shi|gun|mura|chome))?,? [A-Z][a-z]+-(?:ku|shi|gun|cho|machi)\b/g;
/** A house's number, in any writing: without one it is a part of a town. */
const HOUSE = /\d|[一二三四五六七八九十]+(?:丁目|番|号)/;
const HAS_JAPANESE = /[\u3005-\u30ff\u4e00-\u9fff〒]/;

export function findJapanese(line: string, { block }: Features): Found[] {
  if (!HAS_JAPANESE.test(line)) return [];
  const found = findNames(line);
  if (KANA_AND_BLANK.test(line)) found.push(...findKanaNames(line));
  if (/[市区町村郡]/.test(line)) found.push(...findAddresses(line, block));
  if (block || line.includes('〒')) found.push(...findPostalCodes(line));
  return found;
}

const KANA_AND_BLANK = /[ぁ-ヴ\u3099\u309a] /;

/** A name stands alone in its field: between the edges of the line, marks or blanks. */
function findNames(line: string): Found[] {
  const found: Found[] = [];
  for (let at = 0; at + 3 <= line.length; at += 1) {
    if (line.charCodeAt(at) < FIRST_KANJI || (at > 0 && isLetter(line.charCodeAt(at - 1)))) continue;
    const length = surnameLength(line, at);
    const given = length === 0 ? null : GIVEN_NAME.exec(line.slice(at + length, at + length + 12));
    const own = given?.[2]?.replace(TITLE, '') ?? '';
    if (given === null || own === '' || NO_GIVEN_NAME.test(own)) continue;
    const value = line.slice(at, at + length) + own;
    found.push({ kind: 'name', shelf: 'name', value, start: at, end: at + length + given[0].length, strong: true });
  }
  return found;
}

/** 0 where none stands. */
export function surnameLength(line: string, at: number): number {
  if (FIRST_LETTER[line.charCodeAt(at)] !== 1) return 0;
  if (SURNAME.has(line.slice(at, at + 3))) return 3;
  return SURNAME.has(line.slice(at, at + 2)) ? 2 : 0;
}

const TITLE = /(?:様|さま|さん|殿|氏)$/;

/** Loan words stand beside one another in katakana too (システム ログ), so that a known surname has to begin it. */
function findKanaNames(line: string): Found[] {
  const read = ([, surname = '', given = '']: RegExpExecArray) => {
    const value = toKatakana(`${surname} ${given}`).normalize('NFKC');
    const strong = KANA_SURNAME.has(value.slice(0, value.indexOf(' ')));
    return { kind: 'kana_name', shelf: 'kana_name', value, strong } as const;
  };
  return [...scan(line, KANA_NAME, read), ...scan(line, HIRAGANA_NAME, read)];
}

function toKatakana(text: string): string {
  return text.replace(/[ぁ-ゖ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0x60));
}

function findAddresses(line: string, block: boolean): Found[] {
  const read = ([text]: RegExpExecArray) =>
    ({ kind: 'address', shelf: 'address', value: text.replace(/\s+/g, ''), strong: HOUSE.test(text) }) as const;
  const whole = /[都道府県]/.test(line) ? scan(line, ADDRESS, read) : [];
  const local = block ? scan(line, LOCAL_ADDRESS, read) : [];
  return [...whole, ...local.filter(({ start }) => !whole.some((one) => one.start <= start && start < one.end))];
}

export function findRomanAddresses(line: string): Found[] {
  return scan(line, ROMAN_ADDRESS, ([value]) => ({ kind: 'address', shelf: 'address', value, strong: true }));
}

/** A town has many people: it supports a row and is none by itself. */
function findPostalCodes(line: string): Found[] {
  return scan(line, POSTAL, ([text]) => ({
    kind: 'postal_code',
    shelf: 'postal_code',
    value: text.replace(/\D/g, ''),
    strong: false,
  }));
}
