/** How many persons a stream tells of, whatever form it takes. */
import { invariant } from '../../foundation/index.ts';
import type { Metered, PersonalDataMeter } from './model.ts';
import { OpaqueCount } from './opaque-count.ts';
import { Persons } from './persons.ts';
import { PlainText } from './plain.ts';
import { Reader } from './reader.ts';
import type { CompiledRules } from './rules.ts';

const KEY_BYTES_MIN = 16;

export interface MeterOptions {
  /** At least 16 bytes. Counts can be put together as long as it is the same. */
  readonly key: Buffer;
  readonly rules?: CompiledRules;
}

export function createPersonalDataMeter({ key, rules = [] }: MeterOptions): PersonalDataMeter {
  invariant(key.length >= KEY_BYTES_MIN, 'the key of a meter is long enough');
  const persons = new Persons(key);
  const opaque = new OpaqueCount();
  const plain = new PlainText();
  const reader = new Reader({ persons, opaque, rules });
  const metered = (): Metered => ({ persons: persons.sightings(), opaque: opaque.parts() });
  return {
    take(chunk) {
      const { text, place } = plain.read(chunk);
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      reader.newChunk();
      reader.take(text, place, bytes);
      return metered();
    },
    finish() {
      reader.newChunk();
      reader.finish();
      return metered();
    },
    counts: () => persons.counts(),
    opaqueBytes: () => opaque.bytes,
  };
}
