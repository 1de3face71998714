/** A segment of the search index, opened. Pages that were read lately are kept. */
import { join } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';
import { ContainerReader, unpackJson } from '../replay/container.ts';
import { decodeBlocks, type PageEntry, pageEntries } from './pages.ts';
import { SEARCH_FIELDS, type SearchField } from './query.ts';
import type { SegmentHead } from './segment-write.ts';

const count = z.number().int().nonnegative();

const SegmentHeadSchema = z.strictObject({
  v: z.literal(1),
  sessions: z.array(z.strictObject({ id: z.string(), startedAt: count, first: count, count, part: count })),
  fields: z.string(),
  characters: count,
  textBytes: count,
  pages: z.array(count),
}) satisfies z.ZodType<SegmentHead>;

const LinesSchema = z.array(z.tuple([count, z.string()]));
export type BlockLines = z.infer<typeof LinesSchema>;

const FIELD_OF = new Map(SEARCH_FIELDS.map((field) => [field.charAt(0), field]));

export function segmentPath(directory: string, name: string): string {
  // Stops a manifest's name that climbs out of the directory.
  if (!/^[0-9a-f]{32}$/.test(name)) throw new GatewayError('derived_unreadable');
  return join(directory, 'search', `${name}.sks`);
}

export function segmentPurpose(name: string): string {
  return `search|${name}`;
}

export class SegmentReader implements AsyncDisposable {
  readonly name: string;
  readonly head: SegmentHead;
  readonly #container: ContainerReader;

  private constructor(name: string, head: SegmentHead, container: ContainerReader) {
    this.name = name;
    this.head = head;
    this.#container = container;
  }

  /** @throws {GatewayError} `derived_unreadable`; what the file system throws. */
  static async open(place: { directory: string; key: Buffer }, name: string): Promise<SegmentReader> {
    const container = await ContainerReader.open(segmentPath(place.directory, name), place.key, segmentPurpose(name));
    try {
      const head = SegmentHeadSchema.parse(unpackJson(await container.read(container.records - 1)));
      if (head.fields.length + head.pages.length + 1 !== container.records)
        throw new GatewayError('derived_unreadable');
      return new SegmentReader(name, head, container);
    } catch (thrown) {
      await container[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  get blocks(): number {
    return this.head.fields.length;
  }

  fieldOf(block: number): SearchField {
    const field = FIELD_OF.get(this.head.fields.charAt(block));
    if (field === undefined) throw new GatewayError('derived_unreadable');
    return field;
  }

  async lines(block: number): Promise<BlockLines> {
    return LinesSchema.parse(unpackJson(await this.#container.read(block)));
  }

  /** The blocks that may hold what has this key. */
  async find(key: number): Promise<Uint32Array> {
    const { pages } = this.head;
    let low = 0;
    for (let high = pages.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((pages[middle] ?? 0) <= key) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return new Uint32Array();
    const page = await this.page(low - 1);
    for (const entry of this.entries(low - 1, page)) {
      if (entry.key === key) return decodeBlocks(page.subarray(entry.from, entry.until));
      if (entry.key > key) break;
    }
    return new Uint32Array();
  }

  page(number: number): Promise<Buffer> {
    return this.#container.read(this.blocks + number);
  }

  /** A block as it lies there, for another segment. */
  packed(block: number): Promise<Buffer> {
    return this.#container.read(block);
  }

  entries(number: number, page: Uint8Array): Iterable<PageEntry> {
    return pageEntries(page, this.head.pages[number] ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#container[Symbol.asyncDispose]();
  }
}
