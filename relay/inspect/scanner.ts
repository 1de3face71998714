/** Malware scanners: ClamAV's daemon by its INSTREAM command, or the built-in one that knows a test file alone. */
import { createConnection, type Socket } from 'node:net';
import { GatewayError, LIMITS, uint32 } from '../../foundation/index.ts';

/** What a scanner said: clean, the name of what it found, or why it could not say. */
export type Verdict =
  | { readonly kind: 'clean' }
  | { readonly kind: 'found'; readonly name: string }
  | { readonly kind: 'unable'; readonly why: string };

export interface Scan extends Disposable {
  /** @throws {GatewayError} `scanner_unavailable`. */
  write(bytes: Uint8Array): Promise<void>;
  /** @throws {GatewayError} `scanner_unavailable`. */
  finish(): Promise<Verdict>;
}

export interface Scanner {
  readonly name: string;
  /** @throws {GatewayError} `scanner_unavailable`: nothing that was not scanned is let go. */
  begin(): Promise<Scan>;
}

/** The European Institute's test file (EICAR), in two parts: this very file must not be taken for one. */
const EICAR = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join(''),
  'latin1',
);

/** Finds the test file and nothing else: for trying out, and it says so in its name. */
export const TEST_SCANNER: Scanner = {
  name: 'built-in test scanner (EICAR only)',
  begin: () => {
    let tail: Buffer = Buffer.alloc(0);
    let found = false;
    return Promise.resolve({
      write: (bytes) => {
        const seen = Buffer.concat([tail, bytes]);
        found ||= seen.includes(EICAR);
        tail = Buffer.from(seen.subarray(Math.max(0, seen.length - EICAR.length + 1)));
        return Promise.resolve();
      },
      finish: () => Promise.resolve(found ? { kind: 'found', name: 'EICAR-Test-File' } : { kind: 'clean' }),
      [Symbol.dispose]: () => undefined,
    });
  },
};

/** Nothing is scanned, and it says so on every parcel. */
export const NO_SCANNER: Scanner = {
  name: 'none: no malware scanner is configured',
  begin: () =>
    Promise.resolve({
      write: () => Promise.resolve(),
      finish: () => Promise.resolve({ kind: 'clean' as const }),
      [Symbol.dispose]: () => undefined,
    }),
};

export interface ClamdSettings {
  readonly host: string;
  readonly port: number;
  /** For one answer, and for each piece to be taken. */
  readonly timeoutMs?: number;
}

/** clamd(8), INSTREAM: each piece behind its length, then a length of 0. */
export function clamdScanner({ host, port, timeoutMs = LIMITS.scannerMillis }: ClamdSettings): Scanner {
  return {
    name: 'ClamAV',
    begin: async () => {
      const socket = createConnection({ host, port });
      const said: Buffer[] = [];
      const answer = answerOf(socket, said, timeoutMs);
      answer.catch(() => undefined); // Whoever writes or finishes is told.
      const send = (bytes: Uint8Array): Promise<void> =>
        Promise.race([
          new Promise<void>((resolve, reject) => {
            socket.write(bytes, (error) => (error ? reject(unavailable(error)) : resolve()));
          }),
          // It answers before the end when it will not take more; that is no failure of this write.
          answer.then(() => undefined),
        ]);
      await send(Buffer.from('zINSTREAM\0'));
      return {
        write: async (bytes) => {
          if (said.length > 0 || bytes.length === 0) return;
          await send(Buffer.concat([uint32(bytes.length), bytes]));
        },
        finish: async () => {
          if (said.length === 0) await send(uint32(0));
          return verdictOf(await answer);
        },
        [Symbol.dispose]: () => socket.destroy(),
      };
    },
  };
}

const ANSWER_BYTES_MAX = 4_096;

function answerOf(socket: Socket, said: Buffer[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = (cause?: Error): void => {
      socket.destroy();
      reject(unavailable(cause));
    };
    socket.setTimeout(timeoutMs, () => failed());
    socket.on('data', (bytes: Buffer) => {
      said.push(bytes);
      const text = Buffer.concat(said).toString('utf8');
      if (text.includes('\0')) {
        resolve(text.slice(0, text.indexOf('\0')));
        socket.end();
      } else if (text.length > ANSWER_BYTES_MAX) failed();
    });
    socket.on('error', (cause) => failed(cause));
    socket.on('close', () => failed());
  });
}

function verdictOf(answer: string): Verdict {
  if (answer === 'stream: OK') return { kind: 'clean' };
  const found = /^stream: (.{1,200}) FOUND$/.exec(answer);
  if (found?.[1] !== undefined) return { kind: 'found', name: found[1] };
  return { kind: 'unable', why: answer.slice(0, 200) };
}

function unavailable(cause?: Error): GatewayError {
  return new GatewayError('scanner_unavailable', undefined, cause === undefined ? {} : { cause });
}
