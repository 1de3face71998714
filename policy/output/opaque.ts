/** Whether output looks encoded, compressed or encrypted rather than like something to read. */
import { LIMITS } from '../../foundation/index.ts';
import { OpaqueCount } from './opaque-count.ts';
import { Persons } from './persons.ts';
import { PlainText } from './plain.ts';
import { Reader } from './reader.ts';

export interface OpaqueDetector {
  /** @returns true once the output looks so, and from then on. */
  take(chunk: Uint8Array): boolean;
  finish(): boolean;
  /** Bytes so far that look so. */
  readonly bytes: number;
}

export function createOpaqueDetector(): OpaqueDetector {
  const opaque = new OpaqueCount();
  const plain = new PlainText();
  const reader = new Reader({ persons: new Persons(Buffer.alloc(0)), opaque, rules: [] });
  const looksSo = () => opaque.bytes > 0 || opaque.encoded >= LIMITS.opaqueBytesMin;
  return {
    take(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      reader.newChunk();
      reader.take(plain.read(chunk).text, () => 0, bytes);
      return looksSo();
    },
    finish() {
      reader.finish();
      return looksSo();
    },
    get bytes() {
      return opaque.bytes + opaque.encoded;
    },
  };
}
