/** The two words of a sign-in: shown in the terminal, and among others in the browser, where its person picks them. */
import { createHash, randomInt } from 'node:crypto';
import { SIGN_IN_WORDS } from '../../messages/index.ts';

/** Places in the list of words; not the same one twice. */
export type WordPair = readonly [number, number];

const CHOICES = 3;

export function newWordPair(): WordPair {
  const first = randomInt(SIGN_IN_WORDS.length);
  return [first, (first + 1 + randomInt(SIGN_IN_WORDS.length - 1)) % SIGN_IN_WORDS.length];
}

/**
 * The pairs the browser offers, the right one among them. They follow from the request, so that asking again shows the
 * same ones: were the others new each time, the one that stays would be the answer.
 */
export function offeredPairs(id: string, pair: WordPair): readonly WordPair[] {
  const bytes = createHash('sha512').update(`sign-in words ${id}`).digest();
  const offered: WordPair[] = [];
  for (let at = 0; offered.length < CHOICES - 1; at += 2) {
    const first = bytes.readUInt8(at % 62) % SIGN_IN_WORDS.length;
    const second = (first + 1 + (bytes.readUInt8((at % 62) + 1) % (SIGN_IN_WORDS.length - 1))) % SIGN_IN_WORDS.length;
    // No word in two pairs: half of a pair that is remembered would decide between them.
    if ([...offered, pair].every((one) => !one.includes(first) && !one.includes(second))) offered.push([first, second]);
  }
  offered.splice(bytes.readUInt8(63) % CHOICES, 0, pair);
  return offered;
}

/** In one language, as both sides write it. */
export function wordsOf([first, second]: WordPair, locale: 'en' | 'ja'): string {
  const at = locale === 'en' ? 0 : 1;
  return `${SIGN_IN_WORDS[first]?.[at] ?? ''} · ${SIGN_IN_WORDS[second]?.[at] ?? ''}`;
}
