/**
 * What a name looks like, whatever letters draw it: two names of one shape cannot be told apart on a screen. After the
 * skeletons of Unicode Technical Standard #39 §4, for the letters people's names are written in here.
 */

/** Letters of other scripts drawn like a Latin one, and kana drawn like a kanji. Keys stand after NFKD and lower case. */
const DRAWN_LIKE: ReadonlyMap<string, string> = new Map(
  [
    // Cyrillic and Greek.
    ['аαɑ', 'a'],
    ['вβ', 'b'],
    ['сϲ', 'c'],
    ['ԁ', 'd'],
    ['еεҽ', 'e'],
    ['ғ', 'f'],
    ['ɡ', 'g'],
    ['һн', 'h'],
    ['іιıӏǀl1|', 'i'],
    ['јϳ', 'j'],
    ['кκ', 'k'],
    ['мμ', 'm'],
    ['пη', 'n'],
    ['оοσ0', 'o'],
    ['рρ', 'p'],
    ['ԛ', 'q'],
    ['гг', 'r'],
    ['ѕ', 's'],
    ['тτ', 't'],
    ['υս', 'u'],
    ['ѵν', 'v'],
    ['ԝω', 'w'],
    ['хχ', 'x'],
    ['уγү', 'y'],
    ['зζ', 'z'],
    // Katakana and kanji; the long vowel mark, the number one and dashes.
    ['ロ囗', '口'],
    ['カ', '力'],
    ['ニ', '二'],
    ['エ', '工'],
    ['タ', '夕'],
    ['ト', '卜'],
    ['ハ', '八'],
    ['ミ', '三'],
    ['チ', '千'],
    ['ー―‐‑‒–—−-ｰ', '一'],
    ['へ', 'ヘ'],
    // Variants of one character in names.
    ['髙', '高'],
    ['﨑嵜', '崎'],
    ['邊邉', '辺'],
    ['齋斎齊', '斉'],
    ['濵濱', '浜'],
  ].flatMap(([drawn = '', like = '']) => Array.from(drawn, (letter) => [letter, like] as const)),
);
const LEFT_OUT = /[\p{M}\p{Cf}\p{Cc}\p{Z}\p{P}\p{Default_Ignorable_Code_Point}]/u;
const CHARACTERS_MAX = 400;

/** Compare it with other shapes; it is no text for people. */
export function nameShape(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase();
  const drawn = Array.from(plain, (letter) => DRAWN_LIKE.get(letter) ?? (LEFT_OUT.test(letter) ? '' : letter));
  // Two letters that are read as one.
  return drawn.join('').replaceAll('rn', 'm').replaceAll('vv', 'w').slice(0, CHARACTERS_MAX);
}
