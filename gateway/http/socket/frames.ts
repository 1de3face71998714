/** Reads WebSocket frames (RFC 6455 §5.2) as they stream by, to see what they carry; the bytes go on as they are. */

export interface SocketMessage {
  readonly opcode: number;
  readonly payload: Buffer;
}

export interface WholeFrames {
  readonly messages: readonly SocketMessage[];
  readonly bytes: Buffer;
}

export type SocketFault = 'extension_bits' | 'mask' | 'too_large' | 'opcode' | 'control';

const OPCODES = new Set([0x0, 0x1, 0x2, 0x8, 0x9, 0xa]);
const CONTROL_BYTES_MAX = 125;

export class SocketReader {
  readonly #isMasked: boolean;
  readonly #bytesMax: number;
  #held: Buffer = Buffer.alloc(0);

  /** `isMasked`: of a browser; what a site sends never is (§5.1). */
  constructor(options: { readonly isMasked: boolean; readonly bytesMax: number }) {
    this.#isMasked = options.isMasked;
    this.#bytesMax = options.bytesMax;
  }

  /**
   * The whole frames that are there now, and their bytes as they came; of a frame that is not whole nothing passes. What
   * breaks the protocol ends the connection: nobody could say what it is.
   */
  take(chunk: Buffer): WholeFrames | SocketFault {
    const whole = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = whole;
    const messages: SocketMessage[] = [];
    for (;;) {
      const frame = this.#frame();
      if (frame === undefined) return { messages, bytes: whole.subarray(0, whole.length - this.#held.length) };
      if (typeof frame === 'string') return frame;
      messages.push(frame);
    }
  }

  #frame(): SocketMessage | SocketFault | undefined {
    const held = this.#held;
    if (held.length < 2) return undefined;
    const first = held.readUInt8(0);
    const second = held.readUInt8(1);
    const opcode = first & 0x0f;
    // An extension nobody agreed on would carry what is not read here (permessage-deflate).
    if ((first & 0x70) !== 0) return 'extension_bits';
    if (!OPCODES.has(opcode)) return 'opcode';
    if (((second & 0x80) !== 0) !== this.#isMasked) return 'mask';
    const short = second & 0x7f;
    if (opcode >= 0x8 && (short > CONTROL_BYTES_MAX || (first & 0x80) === 0)) return 'control';
    const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
    const at = 2 + lengthBytes + (this.#isMasked ? 4 : 0);
    if (held.length < at) return undefined;
    const length = lengthOf(held, short);
    if (length > this.#bytesMax) return 'too_large';
    if (held.length < at + length) return undefined;
    const payload = Buffer.from(held.subarray(at, at + length));
    if (this.#isMasked) unmask(payload, held.subarray(at - 4, at));
    this.#held = held.subarray(at + length);
    return { opcode, payload };
  }
}

function lengthOf(held: Buffer, short: number): number {
  if (short === 126) return held.readUInt16BE(2);
  return short === 127 ? Number(held.readBigUInt64BE(2)) : short;
}

function unmask(payload: Buffer, mask: Buffer): void {
  for (let at = 0; at < payload.length; at += 1) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
}
