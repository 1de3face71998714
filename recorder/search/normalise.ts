/**
 * The form in which texts are compared: NFKC (half-width kana and full-width letters become the usual ones), small
 * letters, without the characters that show nothing. Beside it the raw form in small letters, so that what was really
 * written is found too: NFKC of a part is not always a part of the NFKC of the whole.
 */
const SHOWS_NOTHING =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]/g;
const BEYOND_ASCII = /[^\u0000-\u007f]/;

/** The forms of a text, each once; the usual one first. */
export function formsOf(text: string): readonly [string, ...string[]] {
  const raw = text.toLowerCase();
  if (!BEYOND_ASCII.test(raw)) return [raw];
  const usual = text.replace(SHOWS_NOTHING, '').normalize('NFKC').toLowerCase();
  return usual === raw ? [raw] : [usual, raw];
}

/** From here on one character alone may be a word. */
const FIRST_IDEOGRAPHIC = 0x2e80;

/** The keys of a text's one, two and three characters; different ones may share a key, so what is found is looked at. */
export function addGrams(form: string, grams: { add(gram: number): void }): void {
  let before = 0;
  let beforeThat = 0;
  for (let at = 0; at < form.length; at++) {
    const unit = form.charCodeAt(at);
    if (unit >= FIRST_IDEOGRAPHIC) grams.add(gramOf(unit, 0, 0));
    if (at > 0) grams.add(gramOf(before, unit, 0));
    if (at > 1) grams.add(gramOf(beforeThat, before, unit));
    beforeThat = before;
    before = unit;
  }
}

/** The fewest keys that a block must have when it holds `form`. */
export function gramsToFind(form: string): number[] {
  const grams = new Set<number>();
  if (form.length >= 3) {
    for (let at = 2; at < form.length; at++)
      grams.add(gramOf(form.charCodeAt(at - 2), form.charCodeAt(at - 1), form.charCodeAt(at)));
  } else if (form.length === 2) grams.add(gramOf(form.charCodeAt(0), form.charCodeAt(1), 0));
  else if (form.charCodeAt(0) >= FIRST_IDEOGRAPHIC) grams.add(gramOf(form.charCodeAt(0), 0, 0));
  return [...grams];
}

/** 32 bits of up to three UTF-16 units (the mixer of MurmurHash3). */
function gramOf(one: number, two: number, three: number): number {
  let hash = Math.imul(one ^ (two << 16), 0x85ebca6b) ^ Math.imul(three + 0x9e37, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
