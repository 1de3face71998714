/** Commands whose results must be the same byte for byte with and without the gateway. */

export type Streams = 'out' | 'err' | 'both' | 'through';
export type Exit = 'zero' | 'status' | 'signal' | 'other-signal';

export interface Case {
  readonly bytes: number;
  readonly reader: 'fast' | 'slow';
  /** Of the client; the target's sshd rekeys by itself every few megabytes. */
  readonly rekeys: boolean;
  readonly streams: Streams;
  readonly exit: Exit;
  readonly pty: boolean;
}

const SIZES = [0, 1, 255, 4_096, 65_537, 1_048_577, 5_000_000];
const STREAMS: readonly Streams[] = ['out', 'err', 'both', 'through'];
const EXITS: readonly Exit[] = ['zero', 'status', 'signal', 'other-signal'];

/** All of it: without a terminal every stream, with one what a terminal has. */
export function matrix(): Case[] {
  const cases: Case[] = [];
  for (const bytes of SIZES)
    for (const reader of ['fast', 'slow'] as const)
      for (const rekeys of [false, true])
        for (const exit of EXITS) {
          for (const streams of STREAMS) cases.push({ bytes, reader, rekeys, streams, exit, pty: false });
          if (bytes <= 65_537) cases.push({ bytes, reader, rekeys, streams: 'out', exit, pty: true });
        }
  return cases;
}

export function title({ bytes, reader, rekeys, streams, exit, pty }: Case): string {
  const words = [`${bytes} bytes`, `streams ${streams}`, `${reader} reader`, `exit ${exit}`];
  return [...words, ...(rekeys ? ['rekeys'] : []), ...(pty ? ['on a terminal'] : [])].join(', ');
}

const ENDS: Readonly<Record<Exit, string>> = {
  zero: 'exit 0',
  status: 'exit 42',
  signal: 'kill -TERM $$',
  'other-signal': 'kill -USR1 $$',
};

/** The remote command; `noise` is a file of as many bytes as the largest case there. */
export function command({ bytes, streams, exit, pty }: Case, noise: string): string {
  const some = `head -c ${bytes} ${noise}`;
  const parts: Readonly<Record<Streams, string>> = {
    // A terminal may not get bytes that it would answer or act upon.
    out: pty ? `${some} | base64` : some,
    err: `${some} >&2`,
    both: `${some} >&2 & ${some}; wait`,
    through: 'cat',
  };
  return `${parts[streams]}; ${ENDS[exit]}`;
}

export const NOISE_BYTES = Math.max(...SIZES);
