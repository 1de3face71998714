import type { Random } from '../measure/random.ts';

/** Numbers at which length fields, windows and counters break. */
const EDGES = [0, 1, 2, 0x7f, 0xff, 0x7fff, 0x8000, 0xffff, 35_000, 0x100000, 0x7fffffff, 0x80000000, 0xffffffff];

/** One to four changes of the kind that parsers trip over. The input stays as it is. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let changed: Buffer = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0; times -= 1) changed = change(changed, random);
  return changed;
}

function change(bytes: Buffer, random: Random): Buffer {
  const at = random.below(Math.max(bytes.length, 1));
  switch (random.below(6)) {
    case 0: // A bit.
      if (bytes.length > 0) bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.below(8)), at);
      return bytes;
    case 1: // A number that is an edge.
      if (bytes.length >= 4) bytes.writeUInt32BE(random.pick(EDGES), Math.min(at, bytes.length - 4));
      return bytes;
    case 2: // Cut off.
      return bytes.subarray(0, at);
    case 3: // Something between.
      return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(40)), bytes.subarray(at)]);
    case 4: // A part twice.
      return Buffer.concat([bytes, bytes.subarray(at)]);
    default: // Another message number.
      if (bytes.length > 0) bytes.writeUInt8(random.below(256), 0);
      return bytes;
  }
}
