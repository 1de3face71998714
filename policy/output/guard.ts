/**
 * What may reach a terminal. A terminal obeys what it is shown: it can put text on the clipboard, save a file, type an
 * answer as if the person had, or print. So only listed sequences pass, whole; all others are left out and counted.
 */
import { LIMITS } from '../../foundation/index.ts';
import { isBeginning, plainRun } from './characters.ts';
import type { DroppedKind, Guarded, TerminalEncoding, TerminalGuard, TransferOffer } from './model.ts';
import { isZmodemOffer, OfferWatch, ZMODEM_HEX_DIGITS } from './offers.ts';
import { plainCommand, refuseControl, refuseEscape, refuseString, shownLength, STRINGS } from './sequences.ts';
import { Tally } from './tally.ts';

const ESC = 0x1b;
const BEL = 0x07;
const CAN = 0x18;
const SUB = 0x1a;
const LF = 0x0a;
const CR = 0x0d;

type State = 'ground' | 'character' | 'escape' | 'csi' | 'string' | 'string_escape' | 'can' | 'zmodem' | 'rest';

export function createTerminalGuard(options: { readonly encoding?: TerminalEncoding } = {}): TerminalGuard {
  return new Guard(options.encoding ?? 'utf8');
}

class Guard implements TerminalGuard {
  readonly #utf8: boolean;
  readonly #offers = new OfferWatch();
  #state: State = 'ground';
  /** The sequence so far, as far as it could still pass. */
  #held = '';
  /** Its bytes, held or not. */
  #size = 0;
  #string: DroppedKind = 'osc';
  /** It began with an 8-bit introducer: whatever it says, it is dropped. */
  #eightBit = false;
  #out: Buffer[] = [];
  readonly #dropped = new Tally();
  #cancel: TransferOffer | undefined;

  constructor(encoding: TerminalEncoding) {
    this.#utf8 = encoding === 'utf8';
  }

  take(chunk: Uint8Array): Guarded {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'ground') at = this.#run(bytes, at);
      if (at < bytes.length) at += this.#step(bytes[at] ?? 0);
    }
    return this.#result();
  }

  finish(): Guarded {
    if (this.#state === 'character') this.#breakCharacter();
    else if (this.#state !== 'ground') this.#drop(this.#state === 'zmodem' ? 'zmodem' : 'unfinished');
    return this.#result();
  }

  #result(): Guarded {
    const [only] = this.#out;
    const pass = this.#out.length === 1 && only !== undefined ? only : Buffer.concat(this.#out);
    const cancel = this.#cancel;
    this.#out = [];
    this.#cancel = undefined;
    const guarded = { pass, dropped: this.#dropped.take() };
    return cancel === undefined ? guarded : { ...guarded, cancel };
  }

  /** Passes text on in one piece. @returns the place of the first byte that is none. */
  #run(bytes: Buffer, from: number): number {
    let to = plainRun(bytes, from, this.#utf8);
    for (let more = shownLength(bytes, to); more > 0; more = shownLength(bytes, to)) {
      to = plainRun(bytes, to + more, this.#utf8);
    }
    if (to === from) return to;
    const piece = from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to);
    const offer = this.#offers.text(piece);
    if (offer === -1) {
      this.#out.push(piece);
      // Text holds no SOH: what begins a packet stands before it.
      for (let first = from; first < to && first < from + 3; first += 1) this.#notice(bytes[first] ?? 0);
      return to;
    }
    // The last byte of the offer and the rest of its line stay here; the blank keeps what follows from completing it.
    this.#out.push(piece.subarray(0, offer), Buffer.from(' '));
    this.#cancel = 'trzsz';
    this.#begin('rest', '');
    return from + offer;
  }

  #notice(byte: number): void {
    this.#cancel ??= this.#offers.packet(byte);
  }

  /** @returns how many bytes were used: none where the byte has to be looked at again in another state. */
  #step(byte: number): 0 | 1 {
    switch (this.#state) {
      case 'ground':
        return this.#control(byte);
      case 'character':
        return this.#character(byte);
      case 'escape':
        return this.#escape(byte);
      case 'csi':
        return this.#csi(byte);
      case 'string':
        return this.#stringByte(byte);
      case 'string_escape':
        return this.#stringEscape(byte);
      case 'can':
        return this.#can(byte);
      case 'zmodem':
        return this.#zmodem(byte);
      case 'rest':
        return this.#rest(byte);
    }
  }

  #begin(state: State, held: string, size = held.length): 1 {
    this.#state = state;
    this.#held = held;
    this.#size = size;
    this.#eightBit = false;
    return 1;
  }

  /** The sequence does not pass; a byte given back is looked at anew. */
  #drop(kind: DroppedKind): 0 {
    this.#dropped.add(this.#eightBit ? 'c1' : kind, this.#size);
    this.#begin('ground', '');
    return 0;
  }

  #dropThrough(kind: DroppedKind): 1 {
    this.#size += 1;
    this.#drop(kind);
    return 1;
  }

  #pass(text: string): 1 {
    const bytes = Buffer.from(text, 'latin1');
    this.#offers.text(bytes);
    for (const byte of bytes) this.#notice(byte);
    this.#out.push(bytes);
    return this.#begin('ground', '');
  }

  /** A byte that `plainRun` stopped at. */
  #control(byte: number): 0 | 1 {
    if (byte === ESC) return this.#begin('escape', '', 1);
    if (byte === CAN) return this.#begin('can', '', 1);
    if (this.#utf8 && byte >= 0xc2 && byte <= 0xf4) return this.#begin('character', String.fromCharCode(byte));
    this.#begin('ground', '');
    if (byte >= 0xa0) return this.#pass(String.fromCharCode(byte));
    this.#notice(byte);
    if (byte >= 0x80) return this.#eightBitControl(byte, 1);
    // ENQ: the terminal would type its answerback text.
    return this.#dropThrough(byte === 0x05 ? 'answerback' : 'c0');
  }

  /** C1 (ECMA-48 §5.3): what its 7-bit form would begin is read to its end, and nothing of it passes. */
  #eightBitControl(byte: number, size: number): 1 {
    this.#begin('ground', '', size);
    this.#eightBit = true;
    const introduced = String.fromCharCode(byte - 0x40);
    if (introduced === '[') this.#state = 'csi';
    else if (Object.hasOwn(STRINGS, introduced)) this.#beginString(introduced);
    else this.#drop('c1');
    return 1;
  }

  /** Bytes of a character that was not whole when its chunk ended, or never will be. */
  #character(byte: number): 0 | 1 {
    const bytes = Buffer.from(this.#held + String.fromCharCode(byte), 'latin1');
    if (this.#held === '\xc2' && byte >= 0x80 && byte < 0xa0) return this.#eightBitControl(byte, 2);
    if (plainRun(bytes, 0, true) === bytes.length) return this.#pass(bytes.toString('latin1'));
    if (isBeginning(bytes)) {
      this.#held += String.fromCharCode(byte);
      this.#size += 1;
      return 1;
    }
    return this.#breakCharacter();
  }

  /** A broken character: its lead byte passes as what it is, its others count as controls. */
  #breakCharacter(): 0 {
    const [lead = '', ...rest] = this.#held;
    this.#pass(lead);
    for (const byte of rest) {
      const code = byte.charCodeAt(0);
      if (code >= 0xa0) this.#pass(byte);
      else this.#dropped.add('c1', 1);
    }
    return 0;
  }

  #escape(byte: number): 0 | 1 {
    if (byte < 0x20 || byte > 0x7e) return this.#drop('escape');
    const text = String.fromCharCode(byte);
    this.#size += 1;
    if (this.#held === '' && text === '[') {
      this.#state = 'csi';
      return 1;
    }
    if (this.#held === '' && Object.hasOwn(STRINGS, text)) return this.#beginString(text);
    this.#held += text;
    if (byte < 0x30 && this.#held.length < 3) return 1;
    const refused = refuseEscape(this.#held);
    if (refused === undefined) return this.#pass(`\x1b${this.#held}`);
    this.#drop(refused);
    return 1;
  }

  #csi(byte: number): 0 | 1 {
    if (byte < 0x20 || byte > 0x7e) return this.#drop('csi');
    this.#size += 1;
    if (this.#held.length <= LIMITS.controlSequenceBytesMax) this.#held += String.fromCharCode(byte);
    if (this.#size > LIMITS.controlStringBytesMax) this.#drop('too_long');
    else if (byte >= 0x40) this.#endCsi();
    return 1;
  }

  #endCsi(): void {
    const long = this.#held.length > LIMITS.controlSequenceBytesMax;
    const refused = long ? 'too_long' : refuseControl(this.#held);
    if (refused === undefined && !this.#eightBit) this.#pass(`\x1b[${this.#held}`);
    else this.#drop(refused ?? 'c1');
  }

  #beginString(introducer: string): 1 {
    this.#state = 'string';
    this.#string = STRINGS[introducer] ?? 'escape';
    this.#held = '';
    return 1;
  }

  #stringByte(byte: number): 0 | 1 {
    const isCommand = this.#string === 'osc';
    if (byte === ESC) {
      this.#state = 'string_escape';
      return 1;
    }
    if (byte === CAN || byte === SUB) return this.#dropThrough('unfinished');
    // A line break ends a command that nobody ended: a broken prompt hides one line and no more.
    if (isCommand && (byte === LF || byte === CR)) return this.#drop('unfinished');
    this.#size += 1;
    if (this.#eightBit && byte === 0x9c) this.#drop('c1');
    else if (isCommand && byte === BEL) this.#endString('\x07');
    else if (this.#size > LIMITS.controlStringBytesMax) this.#drop('too_long');
    else if (isCommand && this.#held.length < LIMITS.terminalTitleBytesMax) this.#held += String.fromCharCode(byte);
    return 1;
  }

  /** ST is ESC and a backslash; any other byte behind ESC begins another sequence and ends this one. */
  #stringEscape(byte: number): 0 | 1 {
    if (byte === 0x5c) {
      this.#size += 2;
      this.#endString('\x1b\\');
      return 1;
    }
    this.#drop(refuseString(this.#string, this.#held) ?? 'unfinished');
    this.#begin('escape', '', 1);
    return 0;
  }

  #endString(terminator: string): void {
    const refused = this.#eightBit ? 'c1' : refuseString(this.#string, this.#held);
    if (refused === undefined) this.#out.push(plainCommand(this.#held, this.#utf8));
    if (refused === undefined) this.#pass(terminator);
    else this.#drop(refused);
  }

  /** CAN never passes, so no ZMODEM header does. */
  #can(byte: number): 0 | 1 {
    if (!this.#offers.star || (byte !== 0x41 && byte !== 0x42 && byte !== 0x43)) return this.#drop('c0');
    this.#begin('zmodem', '', 2);
    if (byte !== 0x42) this.#drop('zmodem');
    return 1;
  }

  /** Only a header that is whole and right is answered: what merely shows one in a file types nothing into the shell. */
  #zmodem(byte: number): 0 | 1 {
    if (!/[\da-f]/i.test(String.fromCharCode(byte))) return this.#drop('zmodem');
    this.#held += String.fromCharCode(byte);
    this.#size += 1;
    if (this.#held.length < ZMODEM_HEX_DIGITS) return 1;
    if (isZmodemOffer(this.#held)) this.#cancel = 'zmodem';
    this.#drop('zmodem');
    return 1;
  }

  /** The rest of the line of a trzsz offer. */
  #rest(byte: number): 0 | 1 {
    if (byte === CR || byte === LF || byte === ESC) return this.#drop('trzsz');
    this.#size += 1;
    if (this.#size > LIMITS.controlSequenceBytesMax) this.#drop('trzsz');
    return 1;
  }
}
