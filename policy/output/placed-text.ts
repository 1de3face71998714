/** A line's text without its control sequences, and where in the line each character stands. */
import { characterLength } from './characters.ts';

export interface CharacterPlace {
  /** [from, to) in bytes of the line. */
  readonly from: number;
  readonly to: number;
  /** Two columns on a terminal (Unicode TR 11). */
  readonly wide: boolean;
}

export interface PlacedText {
  readonly text: string;
  /** One for each UTF-16 unit of `text`. */
  readonly places: readonly CharacterPlace[];
}

const SEQUENCE = /^\x1b(?:\[[\d;:?<=>]*[ -/]*[@-~]|\].*?(?:\x07|\x1b\\)|[ -/]*[0-~])/s;
const SEQUENCE_BYTES_MAX = 600;

export function placedText(line: Buffer): PlacedText {
  const places: CharacterPlace[] = [];
  let text = '';
  for (let from = 0; from < line.length; ) {
    const sequence = line[from] === 0x1b ? sequenceLength(line, from) : 0;
    if (sequence > 0) {
      from += sequence;
      continue;
    }
    const length = (line[from] ?? 0) < 0x80 ? 1 : Math.max(1, characterLength(line, from));
    const character = length === 1 ? String.fromCharCode(line[from] ?? 0) : line.toString('utf8', from, from + length);
    const place = { from, to: from + length, wide: isWide(character) };
    for (let unit = 0; unit < character.length; unit += 1) places.push(place);
    text += character;
    from += length;
  }
  return { text, places };
}

function sequenceLength(line: Buffer, from: number): number {
  return SEQUENCE.exec(line.toString('latin1', from, from + SEQUENCE_BYTES_MAX))?.[0].length ?? 0;
}

/** Kana, kanji, full-width forms; half-width katakana take one column. */
function isWide(character: string): boolean {
  return /^[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u.test(
    character,
  );
}
