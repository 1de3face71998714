/** Recordings made up for the tests of what is derived from them. */
import type { ReplayFrame } from '../../../recorder/replay/model.ts';

export const SESSION = '01990000-0000-7000-8000-000000000001';
const BASE_MICROS = 1_790_000_000_000_000n;

export interface Said {
  readonly type: ReplayFrame['type'];
  readonly text: string | Uint8Array;
  /** Milliseconds since the beginning. */
  readonly at: number;
}

export const header = (change: Record<string, unknown> = {}): Said => ({
  type: 'h',
  at: 0,
  text: JSON.stringify({
    ...{ v: 2, sessionId: SESSION, connectionId: SESSION, personId: SESSION, targetId: SESSION },
    ...{ account: 'aoki', kind: 'shell', command: null, columns: 80, rows: 24, term: 'xterm' },
    ...change,
  }),
});

export const out = (at: number, text: string | Uint8Array): Said => ({ type: 'o', at, text });
export const typed = (at: number, text: string): Said => ({ type: 'i', at, text });

export async function* framesOf(said: Iterable<Said>): AsyncGenerator<ReplayFrame, void, undefined> {
  let seq = 0;
  for (const { type, at, text } of said) {
    yield { type, seq: seq++, micros: BASE_MICROS + BigInt(Math.round(at * 1_000)), payload: Buffer.from(text) };
    await Promise.resolve();
  }
}
