/** Which bytes are text. */

/** 0: text as it stands; 1: has to be looked at. BEL, BS, HT, LF, VT, FF, CR, SO and SI are text; NUL and DEL show nothing. */
const LOOK = Uint8Array.from({ length: 256 }, (_, byte) => {
  const harmless = byte === 0 || (byte >= 0x07 && byte <= 0x0f);
  return (byte < 0x20 && !harmless) || byte >= 0x80 ? 1 : 0;
});

/**
 * @param utf8 whether bytes from 0x80 on have to be whole UTF-8 (RFC 3629) and no C1 control; otherwise they are text.
 * @returns the place of the first byte from `from` on that is not text.
 */
export function plainRun(bytes: Uint8Array, from: number, utf8: boolean): number {
  const end = bytes.length;
  let at = from;
  for (;;) {
    while (at < end && LOOK[bytes[at] ?? 0] === 0) at += 1;
    if (at === end || (bytes[at] ?? 0) < 0x80) return at;
    const next = utf8 ? behindCharacters(bytes, at) : at + 1;
    if (next === at) return at;
    at = next;
  }
}

/** Behind the kana and kanji that stand here, or behind the one character that does. */
function behindCharacters(bytes: Uint8Array, from: number): number {
  let at = from;
  while (THREE[bytes[at] ?? 0] === 1 && isNext(bytes[at + 1]) && isNext(bytes[at + 2])) at += 3;
  return at === from ? at + characterLength(bytes, at) : at;
}

/** Leads of three bytes that no second byte makes overlong or a surrogate. */
const THREE = Uint8Array.from({ length: 256 }, (_, byte) => Number(byte > 0xe0 && byte < 0xf0 && byte !== 0xed));

function isNext(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Whether the byte here is of no UTF-8 and no C1 control either, whatever follows: Latin-1 for example. */
export function isStray(bytes: Uint8Array, at: number): boolean {
  const byte = bytes[at] ?? 0;
  if (byte < 0xa0) return false;
  return byte < 0xc2 || byte > 0xf4 || (at + 1 < bytes.length && ((bytes[at + 1] ?? 0) & 0xc0) !== 0x80);
}

/** Second bytes that a lead byte allows where not all are: overlong forms, surrogates, beyond U+10FFFF, C1 controls. */
const SECONDS: Readonly<Record<number, readonly [number, number]>> = {
  0xc2: [0xa0, 0xbf],
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
};

/** Bytes of the whole character that begins here with 0x80 or more; 0 where none does, or a C1 control. */
export function characterLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const second = bytes[at + 1] ?? 0;
  const range = SECONDS[lead];
  if (range === undefined ? (second & 0xc0) !== 0x80 : second < range[0] || second > range[1]) return 0;
  for (let next = 2; next < length; next += 1) if (((bytes[at + next] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/** Whether a whole character may begin so. */
export function isBeginning(bytes: Buffer): boolean {
  const [lead = 0] = bytes;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes.length >= length) return false;
  const filled = Buffer.concat([bytes, Buffer.from('\xbf\xbf', 'latin1')]).subarray(0, length);
  const low = Buffer.concat([bytes, Buffer.from('\x80\x80', 'latin1')]).subarray(0, length);
  return plainRun(filled, 0, true) === length || plainRun(low, 0, true) === length;
}
