/**
 * What a server says before anything is encrypted: its identification and its algorithms (RFC 4253 §4.2, §7.1). Read
 * beside the library, so that "no common algorithm" can say who offered what.
 */
import type { Readable } from 'node:stream';
import { ByteReader } from '../../../foundation/index.ts';

export interface ServerOffer {
  readonly kex: readonly string[];
  readonly hostKey: readonly string[];
  readonly cipher: readonly string[];
  readonly mac: readonly string[];
}

const KEXINIT = 20;
const READ_MAX = 64 * 1024;
const NEWLINE = 0x0a;

/** Collects the first bytes of a connection until they told what is asked here, or are too many. */
export class ServerHello {
  #bytes = Buffer.alloc(0);
  #ident: string | undefined;
  #offer: ServerOffer | undefined;
  #done = false;

  /** Without CR LF, for example `SSH-2.0-OpenSSH_9.2p1`; undefined until it came. */
  get ident(): string | undefined {
    return this.#ident;
  }

  get offer(): ServerOffer | undefined {
    return this.#offer;
  }

  get done(): boolean {
    return this.#done;
  }

  take(chunk: Uint8Array): void {
    if (this.#done) return;
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    if (this.#bytes.length > READ_MAX) this.#finish();
    else this.#read();
  }

  #read(): void {
    // Lines before the identification are allowed and mean nothing.
    while (this.#ident === undefined) {
      const end = this.#bytes.indexOf(NEWLINE);
      if (end < 0) return;
      const line = this.#bytes.subarray(0, end).toString('latin1').replace(/\r$/, '');
      this.#bytes = this.#bytes.subarray(end + 1);
      if (line.startsWith('SSH-')) this.#ident = line;
    }
    if (this.#bytes.length < 5) return;
    const length = this.#bytes.readUInt32BE(0);
    if (length > READ_MAX) this.#finish();
    else if (this.#bytes.length >= 4 + length) {
      this.#offer = readOffer(this.#bytes.subarray(5, 4 + length));
      this.#finish();
    }
  }

  #finish(): void {
    this.#done = true;
    this.#bytes = Buffer.alloc(0);
  }
}

function readOffer(payload: Buffer): ServerOffer | undefined {
  if (payload[0] !== KEXINIT) return undefined;
  try {
    const reader = new ByteReader(payload.subarray(1 + 16));
    const list = (): string[] => reader.sshString().toString('latin1').split(',').filter(Boolean);
    const [kex, hostKey, cipher, , mac] = [list(), list(), list(), list(), list()];
    return { kex, hostKey, cipher, mac };
  } catch {
    return undefined; // Malformed: the library says so itself.
  }
}

/**
 * Calls `attach` at the moment somebody else begins to read `stream`: earlier, a listener of ours would make the bytes
 * flow before the library listens.
 */
export function whenRead(stream: Readable, attach: () => void): void {
  const onListener = (event: string | symbol): void => {
    if (event !== 'data') return;
    stream.off('newListener', onListener);
    attach();
  };
  stream.on('newListener', onListener);
}
