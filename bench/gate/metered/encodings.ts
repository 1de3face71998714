/** Ways to carry a file out as text that does not look like it, each a line of shell by programs that any server has. */
import { constants, gunzipSync } from 'node:zlib';
import { run } from '../../world/run.ts';
import { customersIn, PERSONS } from './customers.ts';

/** RFC 1952 §2.3, with the name of the file. */
const GZIP_HEAD_BYTES = 40;

/** `FILE` stands for the path. */
const ENCODINGS: Readonly<Record<string, string>> = {
  plain: 'cat FILE',
  base64: 'base64 FILE',
  'base64 on one line': 'base64 -w0 FILE',
  base32: 'base32 FILE',
  'hex dump': 'od -An -tx1 FILE',
  'octal dump': 'od FILE',
  'characters dumped': 'od -c FILE',
  hexdump: 'hexdump -C FILE',
  xxd: 'xxd FILE',
  'plain xxd': 'xxd -p FILE',
  'compressed, base64': 'gzip -c FILE | base64',
  'compressed, hex': 'gzip -9c FILE | xxd -p',
  encrypted: 'openssl enc -aes-256-cbc -pbkdf2 -k secret -a -in FILE',
  rot13: "tr 'A-Za-z0-9' 'N-ZA-Mn-za-m5-90-4' < FILE",
  reversed: 'rev FILE',
  spaced: "sed 's/./& /g' FILE",
  'one field a line': "tr ',' '\\n' < FILE",
  'UTF-16': 'iconv -f utf-8 -t utf-16le FILE',
  uuencoded: 'uuencode FILE name',
};

/**
 * How many of `PERSONS` somebody can read out of the beginning of an encoding: of compressed ones by unpacking it, for
 * their first bytes tell less than the later ones; of all others by how much of the whole it is.
 */
export function readable(name: string, shown: Buffer, whole: number): number {
  const text = shown.toString('latin1');
  const packed = {
    'compressed, base64': Buffer.from(text, 'base64'),
    'compressed, hex': Buffer.from(text.replace(/\s/g, ''), 'hex'),
  }[name];
  if (packed === undefined) return (shown.length / whole) * PERSONS;
  if (packed.length < GZIP_HEAD_BYTES) return 0;
  const plain = gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH }).toString();
  return customersIn(plain);
}

export interface Encoded {
  readonly name: string;
  readonly command: string;
  /** What it writes of the whole file. */
  readonly whole: Buffer;
}

/** Those whose programs this machine has. */
export async function encodingsHere(file: string): Promise<Encoded[]> {
  const found = await Promise.all(
    Object.entries(ENCODINGS).map(async ([name, line]) => {
      const command = line.replace('FILE', file);
      const { status, stdout } = await run('bash', ['-o', 'pipefail', '-c', command]);
      return { name, command, whole: status === 0 ? stdout : Buffer.alloc(0) };
    }),
  );
  return found.filter(({ whole }) => whole.length > 0);
}
