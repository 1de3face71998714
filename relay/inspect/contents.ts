/** Reads a whole parcel once: what its files are, what is in them, how many rows and people, and what a scanner says. */
import {
  createDistinctCounter,
  createPersonalDataMeter,
  createRowCounter,
  type Difference,
  type DistinctCounter,
} from '../../policy/index.ts';
import { LIMITS } from '../../foundation/index.ts';
import type { Counted } from '../journey/queries.ts';
import type { OpenParcel } from '../vault/reader.ts';
import { ArchiveRefused, type Member, UnpackBudget, walkGzip, walkZip } from './archive.ts';
import type { Scanner } from './scanner.ts';
import { fieldsOf, type FileType, HEAD_BYTES, typeOf } from './types.ts';

export interface InspectionOptions {
  readonly scanner: Scanner;
  /** Of the hashes by which people are counted, 16 bytes or more. */
  readonly meterKey: Buffer;
}

export interface Inspection extends Counted {
  /** What must not go by itself, whatever the ticket says. */
  readonly findings: readonly Difference[];
}

/** @throws {GatewayError} `scanner_unavailable`, `vault_unavailable`: it is inspected again later. */
export async function inspectParcel(parcel: OpenParcel, options: InspectionOptions): Promise<Inspection> {
  const inspector = new Inspector(options);
  for (const [at] of parcel.manifest.files.entries()) await inspector.file(parcel, at);
  return inspector.result();
}

class Inspector {
  readonly #options: InspectionOptions;
  readonly #people: DistinctCounter = createDistinctCounter();
  readonly #budget = new UnpackBudget();
  readonly #fields = new Set<string>();
  readonly #types = new Set<FileType>();
  readonly #findings: Difference[] = [];
  #opaquePeople = 0;
  #rows = 0;

  constructor(options: InspectionOptions) {
    this.#options = options;
  }

  async file(parcel: OpenParcel, at: number): Promise<void> {
    const type = typeOf(await parcel.read(at, 0, HEAD_BYTES));
    this.#types.add(type);
    const isPacked = type === 'archive' || type === 'zip' || type === 'gzip';
    await this.#read(parcel, at, isPacked ? undefined : this.#member());
    if (type === 'archive') this.#find('archive', 'of a kind that cannot be opened');
    else if (isPacked) await this.#unpack(parcel, at, type);
  }

  result(): Inspection {
    return {
      rows: this.#rows,
      people: this.#people.count() + this.#opaquePeople,
      fields: [...this.#fields].slice(0, LIMITS.transferFieldsMax),
      types: [...this.#types],
      scanner: this.#options.scanner.name,
      findings: this.#findings,
    };
  }

  /**
   * The scanner gets the file as it is: it opens archives itself, by its own limits. What is counted as it stands is
   * counted in the same reading, while the scanner looks.
   */
  async #read(parcel: OpenParcel, at: number, member: Member | undefined): Promise<void> {
    using scan = await this.#options.scanner.begin();
    for await (const piece of parcel.stream(at)) {
      for (const part of partsOf(piece)) await Promise.all([scan.write(part), member?.take(part)]);
    }
    await member?.finish();
    const verdict = await scan.finish();
    if (verdict.kind === 'found') this.#find('malware', verdict.name);
    if (verdict.kind === 'unable') this.#find('scanner', verdict.why);
  }

  async #unpack(parcel: OpenParcel, at: number, type: 'zip' | 'gzip'): Promise<void> {
    const begin = (): Promise<Member> => Promise.resolve(this.#member(true));
    try {
      await (type === 'zip' ? walkZip : walkGzip)(parcel, at, begin, this.#budget);
    } catch (thrown) {
      if (!(thrown instanceof ArchiveRefused)) throw thrown;
      this.#find('archive', thrown.message);
    }
  }

  /** Counts one file, or one inside an archive. */
  #member(isInside = false): Member {
    const meter = createPersonalDataMeter({ key: this.#options.meterKey });
    const rows = createRowCounter(Number.MAX_SAFE_INTEGER);
    let head: Buffer | undefined;
    const note = ({ persons, opaque }: ReturnType<typeof meter.take>): void => {
      for (const { person } of persons) this.#people.add(person);
      for (const part of opaque) this.#opaquePeople += part.persons;
    };
    const begin = (bytes: Buffer): void => {
      head = bytes.subarray(0, HEAD_BYTES);
      const type = typeOf(head);
      this.#types.add(type);
      if (type === 'csv') for (const field of fieldsOf(head) ?? []) this.#fields.add(field);
      // Zips inside zips hide from every limit; nobody needs them to hand data over.
      if (isInside && (type === 'zip' || type === 'gzip' || type === 'archive')) {
        throw new ArchiveRefused('an archive inside an archive');
      }
    };
    return {
      take: async (bytes) => {
        for (const part of partsOf(bytes)) {
          if (head === undefined) begin(part);
          rows.count(part, part.length);
          note(meter.take(part));
          await new Promise((resolve) => setImmediate(resolve)); // Others have their turn.
        }
      },
      finish: () => {
        note(meter.finish());
        rows.finish();
        this.#rows += rows.rows;
        return Promise.resolve();
      },
    };
  }

  #find(kind: Difference['kind'], found: string): void {
    if (this.#findings.length < LIMITS.parcelFindingsMax) this.#findings.push({ kind, promised: '', found });
  }
}

function* partsOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += LIMITS.inspectedBytesAtOnce) {
    yield bytes.subarray(at, at + LIMITS.inspectedBytesAtOnce);
  }
}
