/** Hostile text as an approver has to see it: nothing hidden, nothing reordered, nothing that only looks like a letter. */

/**
 * `hidden`: a page would swallow it or show a blank. `bidi`: it changes the order of what stands around it.
 * `lookalike`: it is drawn like another character.
 */
export type RevealedRun =
  | { readonly kind: 'plain'; readonly text: string }
  | {
      readonly kind: 'hidden' | 'bidi' | 'lookalike';
      readonly text: string;
      /** `U+202E`. */
      readonly codePoint: string;
      /** What it looks like, for a look-alike; '' where nobody can say. */
      readonly like: string;
    };

const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
/**
 * Control and format characters, unassigned and private ones, lone surrogates, separators other than the plain space,
 * and everything Unicode calls ignorable by default (UAX #44).
 */
const HIDDEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u115f\u1160\u3164\uffa0\u2800]/u;
/** Scripts whose letters are drawn like Latin ones and that no command or reason here is written in. */
const FOREIGN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}\p{Script=Lisu}]/u;
const LETTER = /[A-Za-z0-9]/;
const FULL_WIDTH = /[\uff01-\uff5e]/;
const ASCII = /^[\x21-\x7e]+$/;
/** The commonest of them (UTS #39, confusables), by what they look like. */
const LIKE = new Map(
  Object.entries({
    a: 'аαɑ',
    B: 'ВΒ',
    c: 'сϲ',
    C: 'СϹ',
    d: 'ԁ',
    e: 'е',
    E: 'ЕΕ',
    g: 'ɡ',
    h: 'һ',
    H: 'НΗ',
    i: 'іιı',
    I: 'ІΙ',
    j: 'ј',
    J: 'Ј',
    k: 'κ',
    K: 'КΚ',
    l: 'ӏ',
    M: 'МΜ',
    n: 'ո',
    N: 'Ν',
    o: 'оοօ',
    O: 'ОΟ',
    p: 'рρ',
    P: 'РΡ',
    q: 'ԛ',
    s: 'ѕ',
    S: 'Ѕ',
    T: 'ТΤ',
    u: 'υս',
    v: 'νѵ',
    w: 'ԝ',
    x: 'хχ',
    X: 'ХΧ',
    y: 'у',
    Y: 'ΥҮ',
    Z: 'Ζ',
    A: 'АΑ',
    '-': '‐‑‒–−',
    '/': '∕⁄',
    ';': ';',
    ':': '∶ː',
    '|': '∣ǀ',
    '`': 'ˋ',
    "'": 'ʹʼ',
    '*': '∗',
    '.': '․',
  }).flatMap(([like, all]) => Array.from(all, (one) => [one, like] as const)),
);

/**
 * Splits a text so that each character that is not what it seems can be drawn as its code point. It stops an act or a
 * reason that reads differently to the approver than to the shell (CVE-2021-42574, UTS #39). `prose`: the full-width
 * letters and digits and the dashes of ordinary Japanese and English text are what they are there.
 */
export function revealText(text: string, { prose = false }: { readonly prose?: boolean } = {}): readonly RevealedRun[] {
  const runs: RevealedRun[] = [];
  let plain = '';
  for (const character of text) {
    const odd = oddOf(character, prose);
    if (odd === undefined) {
      plain += character;
      continue;
    }
    if (plain !== '') runs.push({ kind: 'plain', text: plain });
    plain = '';
    runs.push(odd);
  }
  return plain === '' ? runs : [...runs, { kind: 'plain', text: plain }];
}

/** Whether nothing in the text is other than it seems; a line's end is. */
export function isPlain(text: string, options: { readonly prose?: boolean } = {}): boolean {
  return revealText(text, options).every((run) => run.kind === 'plain' || run.text === '\n');
}

type Odd = Exclude<RevealedRun, { kind: 'plain' }>;

function oddOf(character: string, prose: boolean): Odd | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) return undefined;
  const found = { text: character, codePoint: `U+${code.toString(16).toUpperCase().padStart(4, '0')}` };
  if (BIDI.test(character)) return { kind: 'bidi', ...found, like: '' };
  // The full-width space is the space of Japanese prose.
  if (prose && character === '\u3000') return undefined;
  if (HIDDEN.test(character)) return { kind: 'hidden', ...found, like: '' };
  const like = looksLike(character, prose);
  return like === undefined ? undefined : { kind: 'lookalike', ...found, like };
}

/** What the character is drawn like; '' where nobody can say, undefined where it is what it seems. */
function looksLike(character: string, prose: boolean): string | undefined {
  const like = LIKE.get(character);
  if (like !== undefined && (!prose || LETTER.test(like))) return like;
  if (FOREIGN.test(character)) return '';
  // Full-width, mathematical, circled: another form of a plain character (NFKC).
  const folded = character.normalize('NFKC');
  if (!ASCII.test(folded)) return undefined;
  return prose && (FULL_WIDTH.test(character) || !LETTER.test(folded)) ? undefined : folded;
}
