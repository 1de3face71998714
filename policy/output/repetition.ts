/** Padding, rulers and fill patterns: what decodes to the same few bytes again and again tells of nobody. */

/** A letter that is repeated decodes to one byte, or to three in turns where a letter has six bits. */
const PERIODS = [1, 3];
/** Fewer changes than one in so many bytes: whoever hides something in them shows kilobytes for each person. */
const BYTES_PER_CHANGE = 256;

export function isRepetition(bytes: Uint8Array): boolean {
  const allowed = Math.floor(bytes.length / BYTES_PER_CHANGE);
  return PERIODS.some((period) => {
    let changes = 0;
    for (let at = period; at < bytes.length && changes <= allowed; at += 1) {
      if (bytes[at] !== bytes[at - period]) changes += 1;
    }
    return changes <= allowed;
  });
}
