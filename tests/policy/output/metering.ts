import { compileRules, createPersonalDataMeter, type IdentifierRule } from '../../../policy/index.ts';

export const KEY = Buffer.alloc(32, 7);

export interface Counted {
  readonly persons: ReadonlySet<bigint>;
  /** Persons that unreadable bytes were taken for. */
  readonly opaque: number;
  readonly kinds: Readonly<Record<string, number>>;
}

function chunksOf(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

export function count(text: string | Buffer, { size = 16_384, rules = [] as readonly IdentifierRule[] } = {}): Counted {
  const meter = createPersonalDataMeter({ key: KEY, rules: compileRules(rules) });
  const results = [...chunksOf(Buffer.from(text), size).map((chunk) => meter.take(chunk)), meter.finish()];
  return {
    persons: new Set(results.flatMap(({ persons }) => persons.map(({ person }) => person))),
    opaque: results.flatMap(({ opaque }) => opaque).reduce((sum, { persons }) => sum + persons, 0),
    kinds: Object.fromEntries(Object.entries(meter.counts()).filter(([, value]) => value > 0)),
  };
}

/** The bytes that leave when nothing passes beyond `budget` persons, as the gateway cuts them. */
export function passedWithin(budget: number, bytes: Buffer, size: number): number {
  const meter = createPersonalDataMeter({ key: KEY });
  let persons = 0;
  let base = 0;
  for (const chunk of chunksOf(bytes, size)) {
    const metered = meter.take(chunk);
    const events = [
      ...metered.persons.map(({ at }) => ({ at, count: 1 })),
      ...metered.opaque.map((part) => ({ at: part.at, count: part.persons })),
    ].sort((a, b) => a.at - b.at);
    for (const { at, count: more } of events) {
      persons += more;
      if (persons > budget) return base + at;
    }
    base += chunk.length;
  }
  return bytes.length;
}
