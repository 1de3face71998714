/** Numbers that prove themselves by a check digit. */
import { type Found, scan } from './model.ts';

/** Law on the individual number, ordinance No. 85 of 2014, article 5: weights 2-7, 2-6 from the right, modulo 11. */
function isMyNumber(digits: string): boolean {
  let sum = 0;
  for (let n = 1; n <= 11; n += 1) sum += Number(digits[11 - n]) * (n <= 6 ? n + 1 : n - 5);
  const rest = sum % 11;
  return digits.length === 12 && Number(digits[11]) === (rest <= 1 ? 0 : 11 - rest);
}

/** ISO/IEC 7812-1 annex B. */
function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 1 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

/** Issuers and their lengths: without them one number in ten would be a card. */
const CARD =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|35\d{14}|3[0689]\d{12}|6[0245]\d{14,17})$/;

/** ISO 13616 lengths by country. */
const IBAN_LENGTHS = new Map(
  `AD24 AE23 AT20 BE16 BG22 BH22 BR29 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 HR21
   HU28 IE22 IL23 IS26 IT27 JO30 KW30 KZ20 LB28 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PK24 PL28 PS29
   PT25 QA29 RO24 RS22 SA24 SE24 SI19 SK24 SM27 TN24 TR26 UA29 VA22 XK20`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** ISO 7064 MOD 97-10. */
function isIban(text: string): boolean {
  if (IBAN_LENGTHS.get(text.slice(0, 2)) !== text.length) return false;
  let rest = 0;
  for (const letter of text.slice(4) + text.slice(0, 4)) {
    const value = parseInt(letter, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const TWELVE = /(?<![\w.+-]|\d )\d{4}([ -]?)\d{4}\1\d{4}(?![\w.-]|\1\d)/g;
const DATE_AND_TIME = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/;
const CARD_SHAPE = /(?<![\w.+-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|3\d{3}([ -])\d{4,6}\2\d{4,5}|\d{13,19})(?![\w.-])/g;
const IBAN_SHAPE = /(?<![A-Za-z\d])[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?(?![A-Za-z\d])/g;
const MY_NUMBER_LABEL = /マイナンバー|個人番号|my.?number|kojin.?bangou?/i;

export function findCards(line: string): Found[] {
  return scan(line, CARD_SHAPE, ([text]) => {
    const value = text.replace(/\D/g, '');
    return CARD.test(value) && isLuhn(value) ? { kind: 'card', shelf: 'card', value, strong: true } : undefined;
  });
}

/** Strong where it is written in fours or labelled; alone it could be any number, one in eleven of which looks right. */
export function findMyNumbers(line: string): Found[] {
  return scan(line, TWELVE, ([text, separator]) => {
    const value = text.replace(/\D/g, '');
    if (!isMyNumber(value) || /^(\d)\1*$/.test(value) || (separator === '' && DATE_AND_TIME.test(value))) return;
    return { kind: 'my_number', shelf: 'my_number', value, strong: separator !== '' || MY_NUMBER_LABEL.test(line) };
  });
}

export function findIbans(line: string): Found[] {
  return scan(line, IBAN_SHAPE, ([text]) => {
    const value = text.replaceAll(' ', '');
    return isIban(value) ? { kind: 'iban', shelf: 'iban', value, strong: true } : undefined;
  });
}
