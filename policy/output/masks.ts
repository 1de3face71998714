/** What of an identifier is covered: enough that nobody is named, and not so much that a colleague cannot tell rows apart. */
import type { Found } from './identifiers/index.ts';

/** @param line as `plainLine` left it. @returns places in it. */
export function maskedPlaces(found: Found, line: string): readonly number[] {
  const text = line.slice(found.start, found.end);
  const all = Array.from({ length: text.length }, (_, at) => at);
  return covered(found, text, all).map((at) => found.start + at);
}

function covered({ kind }: Found, text: string, all: readonly number[]): readonly number[] {
  const marks = all.filter((at) => /[\p{L}\p{N}]/u.test(text[at] ?? ''));
  switch (kind) {
    case 'phone':
      return between(marks, marks.length > 10 ? 3 : 2, 4);
    case 'card':
      return between(marks, 0, 4);
    case 'iban':
      return between(marks, 4, 4);
    case 'postal_code':
      return between(marks, 3, 0);
    case 'email':
      return marks.filter((at) => at > 0 && at < text.indexOf('@'));
    case 'name':
    case 'kana_name':
    case 'customer_id':
      return between(marks, 1, 0);
    case 'address':
      return marks.filter((at) => at > text.search(/[市区町村郡]/));
    case 'my_number':
    case 'custom':
      return marks;
  }
}

function between(places: readonly number[], first: number, last: number): readonly number[] {
  return places.slice(first, places.length - last);
}
