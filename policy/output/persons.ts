/** Who has been seen. Identifiers are forgotten at once; what is kept of them are hashes. */
import { keyedHash64, LIMITS } from '../../foundation/index.ts';
import type { Found, Shelf } from './identifiers/index.ts';
import { IDENTIFIER_KINDS, type IdentifierKind, type Sighting } from './model.ts';

export interface Row {
  readonly found: readonly Found[];
  /** One field of a record that goes on over several lines. */
  readonly vertical: boolean;
  /** Where in the chunk the row begins. */
  readonly at: number;
  /** Where in the chunk a place of the row's text stands. */
  readonly place: (index: number) => number;
}

const RECORD_LINES_MAX = 40;

/**
 * A row holds as many new persons as its fullest shelf holds new identifiers. Not the persons of its strongest
 * identifier: one address of one's own in front of every row would make them all one person.
 */
export class Persons {
  readonly #key: Buffer;
  readonly #seed: number;
  readonly #known = new Set<number>();
  /** What is known, the oldest first; what it has passed is forgotten. */
  readonly #oldest = this.#known.values();
  readonly #counts = new Map<IdentifierKind, number>();
  /** New identifiers of the present record. */
  #record = new Map<Shelf, Found[]>();
  #reported = 0;
  /** Shelves of the present record: a field that comes again begins the next one. */
  readonly #seen = new Set<Shelf>();
  /** Lines since the record's last identifier. */
  #age = 0;
  #sightings: Sighting[] = [];
  #bareNumbers = 0;
  #bareMyNumbers = 0;

  constructor(key: Buffer) {
    this.#key = key;
    this.#seed = key.length >= 4 ? key.readUInt32BE(0) : 0;
  }

  /** Numbers of twelve digits without anything around them; where most of them check, they are My Numbers. */
  noticeBareNumbers(count: number): void {
    this.#bareNumbers += count;
  }

  nextLine(): void {
    this.#age += 1;
  }

  read(row: Row): void {
    if (!row.vertical || this.#age > RECORD_LINES_MAX || row.found.some(({ shelf }) => this.#seen.has(shelf)))
      this.endRecord();
    this.#age = 0;
    for (const { shelf } of row.found) this.#seen.add(shelf);
    for (const found of row.found) this.#counts.set(found.kind, (this.#counts.get(found.kind) ?? 0) + 1);
    const before = this.#reported;
    for (const found of this.#strong(row.found)) this.#shelve(found);
    const fullest = this.#fullest();
    this.#reported = Math.max(before, fullest.length);
    let at = row.at;
    for (const found of fullest.slice(before)) {
      const person = keyedHash64(this.#key, `${found.kind}\0${found.value.normalize('NFKC')}`);
      this.#sightings.push({ person, kind: found.kind, at: Math.max(0, at) }); // Of a line that began in an earlier chunk.
      at = row.place(found.end);
    }
  }

  endRecord(): void {
    this.#seen.clear();
    if (this.#record.size > 0) this.#record = new Map();
    this.#reported = 0;
  }

  sightings(): readonly Sighting[] {
    const sightings = this.#sightings;
    this.#sightings = [];
    return sightings;
  }

  counts(): Readonly<Record<IdentifierKind, number>> {
    const none: Record<IdentifierKind, number> = {
      my_number: 0,
      card: 0,
      iban: 0,
      email: 0,
      phone: 0,
      name: 0,
      kana_name: 0,
      address: 0,
      postal_code: 0,
      customer_id: 0,
      custom: 0,
    };
    return { ...none, ...Object.fromEntries(this.#counts) };
  }

  /** What names a person alone, and what does together: two weak ones of different kinds. */
  #strong(found: readonly Found[]): readonly Found[] {
    if (found.every(({ strong }) => strong)) return found;
    const bare = found.filter(({ kind, strong }) => kind === 'my_number' && !strong);
    this.#bareMyNumbers += bare.length;
    const weakKinds = new Set(found.filter(({ strong }) => !strong).map(({ kind }) => kind));
    const evident = this.#bareMyNumbers >= 3 && this.#bareMyNumbers * 2 > this.#bareNumbers;
    return found.filter(
      ({ kind, strong }) =>
        strong ||
        (kind === 'my_number' && evident) ||
        (kind === 'kana_name' && (weakKinds.size > 1 || found.length > 1)),
    );
  }

  #shelve(found: Found): void {
    const hash = shortHash(`${found.kind}\0${found.value}`, this.#seed);
    if (this.#known.has(hash)) return;
    this.#known.add(hash);
    if (this.#known.size > LIMITS.meterPersonsKnownMax) this.#forgetFirst();
    const shelf = this.#record.get(found.shelf);
    if (shelf === undefined) this.#record.set(found.shelf, [found]);
    else shelf.push(found);
  }

  /** A new iterator would walk over all that was deleted before, each time. */
  #forgetFirst(): void {
    const { done, value } = this.#oldest.next();
    if (done !== true) this.#known.delete(value);
  }

  /** The strongest of the fullest. */
  #fullest(): readonly Found[] {
    let fullest: readonly Found[] = [];
    let strength = 0;
    for (const shelf of this.#record.values()) {
      const own = IDENTIFIER_KINDS.length - IDENTIFIER_KINDS.indexOf(shelf[0]?.kind ?? 'custom');
      if (shelf.length < fullest.length || (shelf.length === fullest.length && own <= strength)) continue;
      fullest = shelf;
      strength = own;
    }
    return fullest;
  }
}

/** 53 bits (cyrb53), seeded: to know again within one meter, never to be stored. */
function shortHash(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed;
  let low = 0x41c6ce57 ^ seed;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
