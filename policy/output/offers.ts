/**
 * Offers of a file transfer through the terminal: the person's terminal would answer them by itself, and a file would
 * leave, or come, past every file gate. None of their first bytes reaches the terminal whole.
 */
import type { TransferOffer } from './model.ts';

const CAN_AND_BACKSPACE = '\x18'.repeat(8) + '\b'.repeat(8);

/**
 * What ends the program that offers, when sent to the target as if typed. ZMODEM §7.3 (eight CAN; backspaces take back
 * what a shell would show of them), Kermit's error packet, and for trzsz the interrupt its programs watch for.
 */
export const CANCEL: Readonly<Record<TransferOffer, Buffer>> = {
  zmodem: Buffer.from(CAN_AND_BACKSPACE, 'latin1'),
  ymodem: Buffer.from(CAN_AND_BACKSPACE, 'latin1'),
  kermit: Buffer.from('\x01# E*\r', 'latin1'),
  trzsz: Buffer.from('\x03', 'latin1'),
};

/** Hex digits behind `**`, CAN, `B`: type, four bytes, CRC. */
export const ZMODEM_HEX_DIGITS = 14;

/** A hex header with its CRC right that begins a transfer: ZRQINIT (a sender) or ZRINIT (a receiver). */
export function isZmodemOffer(digits: string): boolean {
  if (!/^0[01][\da-f]{12}$/i.test(digits)) return false;
  const bytes = Buffer.from(digits, 'hex');
  return crc16(bytes.subarray(0, 5)) === bytes.readUInt16BE(5);
}

/** CRC-16/XMODEM, polynomial 0x1021. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc;
}

const TRZSZ = Buffer.from('::TRZSZ:TRANSFER:', 'latin1');
/** How much of the offer is still its beginning when the byte behind this much of it is another one. */
const FALLBACK = fallbacks(TRZSZ);

function fallbacks(pattern: Uint8Array): readonly number[] {
  const table = [0, 0];
  for (let at = 1, length = 0; at < pattern.length; at += 1) {
    while (length > 0 && pattern[at] !== pattern[length]) length = table[length] ?? 0;
    if (pattern[at] === pattern[length]) length += 1;
    table.push(length);
  }
  return table;
}

/** What the bytes before tell of an offer. */
export class OfferWatch {
  readonly #trzsz = new TrzszWatch();
  #before: readonly number[] = [0, 0, 0];
  #star = false;

  /** Whether an asterisk stands before, as before a ZMODEM header. */
  get star(): boolean {
    return this.#star;
  }

  /** Text that is about to pass. @returns where in it the last byte of a trzsz offer stands, or -1. */
  text(piece: Buffer): number {
    this.#star = piece[piece.length - 1] === 0x2a;
    return this.#trzsz.find(piece);
  }

  /** Every byte outside of sequences. A Kermit send-init is SOH, length, sequence 0, `S`; YMODEM's block 0 is SOH 00 FF. */
  packet(byte: number): TransferOffer | undefined {
    const [first = 0, second = 0, third = 0] = this.#before;
    this.#before = [second, third, byte];
    if (first === 0x01 && second >= 0x23 && second < 0x7f && third === 0x20 && byte === 0x53) return 'kermit';
    return (second === 0x01 || second === 0x02) && third === 0 && byte === 0xff ? 'ymodem' : undefined;
  }
}

/** Finds the trzsz offer in text that comes in pieces (Knuth, Morris, Pratt). */
class TrzszWatch {
  #matched = 0;

  /** @returns where in `piece` the last byte of an offer stands, or -1. */
  find(piece: Buffer): number {
    let at = 0;
    if (this.#matched > 0) {
      for (; at < piece.length && this.#matched > 0; at += 1) if (this.#step(piece[at])) return at;
      if (this.#matched > 0) return -1;
    }
    const whole = piece.indexOf(TRZSZ, at);
    if (whole !== -1) return whole + TRZSZ.length - 1;
    for (at = Math.max(at, piece.length - TRZSZ.length + 1); at < piece.length; at += 1) this.#step(piece[at]);
    return -1;
  }

  #step(byte: number | undefined): boolean {
    while (this.#matched > 0 && byte !== TRZSZ[this.#matched]) this.#matched = FALLBACK[this.#matched] ?? 0;
    if (byte === TRZSZ[this.#matched]) this.#matched += 1;
    if (this.#matched < TRZSZ.length) return false;
    this.#matched = 0;
    return true;
  }
}
