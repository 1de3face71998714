import { keyedHash64 } from '../../foundation/index.ts';
import {
  IDENTIFIER_KINDS,
  type IdentifierKind,
  type IdentifierRule,
  type PersonalDataMeter,
  type Sighting,
} from './model.ts';

export interface MeterOptions {
  /** Of at least 16 bytes; it must outlive the counts that are compared. */
  readonly key: Buffer;
  readonly rules?: readonly IdentifierRule[];
}

const SIMPLE: readonly (readonly [IdentifierKind, RegExp])[] = [
  ['email', /[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}/gi],
  ['phone', /(?<![\w-])0\d{1,4}-?\d{1,4}-?\d{4}(?![\w-])/g],
];

export function createPersonalDataMeter({ key }: MeterOptions): PersonalDataMeter {
  const counts = Object.fromEntries(IDENTIFIER_KINDS.map((kind) => [kind, 0])) as Record<IdentifierKind, number>;
  const known = new Set<bigint>();
  let pending = '';
  function readLine(line: string, at: number): Sighting[] {
    for (const [kind, pattern] of SIMPLE) {
      const [found] = line.match(pattern) ?? [];
      if (found === undefined) continue;
      counts[kind] += 1;
      const person = keyedHash64(key, `${kind}:${found.normalize('NFKC')}`);
      if (known.has(person)) return [];
      known.add(person);
      return [{ person, kind, at }];
    }
    return [];
  }
  return {
    take(chunk) {
      const lines = (pending + Buffer.from(chunk).toString('utf8')).split('\n');
      pending = lines.pop() ?? '';
      return { persons: lines.flatMap((line) => readLine(line, 0)), opaque: [] };
    },
    finish() {
      const persons = readLine(pending, 0);
      pending = '';
      return { persons, opaque: [] };
    },
    counts: () => counts,
    opaqueBytes: () => 0,
  };
}
