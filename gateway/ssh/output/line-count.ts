/** How many lines pass: counted of every byte of a flood, so it must cost next to nothing. */

const LINE_FEED = 0x0a;
/** So many lines are looked for one by one; where they were short, the rest is read word by word. */
const SAMPLE_LINES = 32;
const SHORT_LINE_BYTES = 64;
/** Additions after which one of a word's four sums could run over. */
const SUMS_MAX = 255;

/** The line feeds in the first `length` bytes. */
export function countLines(bytes: Buffer, length: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at !== -1 && at < length; at = bytes.indexOf(LINE_FEED, at + 1)) {
    lines += 1;
    if (lines === SAMPLE_LINES && at < SAMPLE_LINES * SHORT_LINE_BYTES)
      return lines + countDense(bytes, at + 1, length);
  }
  return lines;
}

/** Four bytes at a time: a search for each of many short lines takes ten times as long. */
function countDense(bytes: Buffer, from: number, to: number): number {
  const { buffer, byteOffset } = bytes;
  const begin = from + ((4 - ((byteOffset + from) & 3)) & 3);
  if (begin + 4 > to) return countOneByOne(bytes, from, to);
  const words = new Int32Array(buffer, byteOffset + begin, (to - begin) >> 2);
  let lines = countOneByOne(bytes, from, begin) + countOneByOne(bytes, begin + words.length * 4, to);
  for (let next = 0; next < words.length; ) {
    const end = Math.min(words.length, next + SUMS_MAX);
    let sums = 0;
    for (; next < end; next += 1) {
      const zeroIsLine = (words[next] ?? 0) ^ 0x0a0a0a0a;
      sums = (sums + (~(((zeroIsLine & 0x7f7f7f7f) + 0x7f7f7f7f) | zeroIsLine | 0x7f7f7f7f) >>> 7)) | 0;
    }
    lines += (sums & 0xff) + ((sums >>> 8) & 0xff) + ((sums >>> 16) & 0xff) + (sums >>> 24);
  }
  return lines;
}

function countOneByOne(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at += 1) if (bytes[at] === LINE_FEED) lines += 1;
  return lines;
}
