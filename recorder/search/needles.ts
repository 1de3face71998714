/**
 * Words planted in every segment, by which it is known that a search finds what is there: one, two and three Japanese
 * characters, half-width kana looked for in the usual form and the other way round, letters. They follow from the key and
 * the segment's name, so nobody can plant or foresee them, and nothing has to be kept.
 */
import { createHmac } from 'node:crypto';
import { searchSegments } from './search.ts';
import type { SegmentReader } from './segment-read.ts';
import type { IndexedLine, SegmentBuilder } from './segment-write.ts';

/** No session: its recording began at 0, which no search of a person looks at. */
export const NEEDLE_SESSION = '00000000-0000-0000-0000-000000000000';

const KANJI_FIRST = 0x4e00;
const KANJI_COUNT = 0x5000;

interface Needle {
  readonly planted: string;
  readonly asked: string;
}

function needlesOf(key: Buffer, name: string): Needle[] {
  const random = createHmac('sha512', key).update(`sekisho/needles/1|${name}`).digest();
  const kanji = (place: number): string =>
    String.fromCodePoint(KANJI_FIRST + (random.readUInt16BE(place) % KANJI_COUNT));
  const [one, two, three] = [kanji(0), kanji(2) + kanji(4), kanji(6) + kanji(8) + kanji(10)];
  const letters = `needle${random.toString('hex', 12, 20)}`;
  return [
    { planted: `あ${one}い`, asked: one },
    { planted: `う${two}え`, asked: two },
    { planted: `お${three}か`, asked: three },
    { planted: `ｷﾞｺﾞ${kanji(22)}`, asked: `ギゴ${kanji(22)}` },
    { planted: `ギゴ${kanji(24)}`, asked: `ｷﾞｺﾞ${kanji(24)}` },
    { planted: `ＮＥＥＤＬＥ ${letters.toUpperCase()}.`, asked: `${letters}.` },
  ];
}

export async function plantNeedles(builder: SegmentBuilder, key: Buffer, name: string): Promise<void> {
  builder.beginSession(NEEDLE_SESSION, 0, 0);
  for (const { planted } of needlesOf(key, name)) {
    const line: IndexedLine = { field: 'shown', at: 0, text: planted };
    await builder.add(line);
  }
  await builder.endSession();
}

/** Whether the segment finds all that was planted in it, or in the parts it was made of. */
export async function findsNeedles(
  segment: SegmentReader,
  planted: { readonly key: Buffer; readonly names: readonly string[]; readonly now: () => number },
): Promise<boolean> {
  for (const name of planted.names) {
    for (const { asked } of needlesOf(planted.key, name)) {
      const { hits } = await searchSegments([segment], needleRequest(asked), planted.now);
      if (hits.length === 0) return false;
    }
  }
  return true;
}

function needleRequest(text: string) {
  return {
    ...{ text, fields: ['shown' as const], sessions: [NEEDLE_SESSION], after: null, before: null, from: null },
    ...{ hits: 1, hitsPerSession: 1 },
  };
}
