/** The keys of a segment in rising order with the blocks that have them, in pages that are read one by one. */
import { GatewayError } from '../../foundation/index.ts';
import type { ContainerWriter } from '../replay/container.ts';

const PAGE_BYTES = 32 * 1024;

/** One key of a page, and where its list lies in it. */
export interface PageEntry {
  readonly key: number;
  readonly from: number;
  readonly until: number;
}

export class PageWriter {
  readonly #container: ContainerWriter;
  readonly #firstKeys: number[] = [];
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #lastKey = 0;

  constructor(container: ContainerWriter) {
    this.#container = container;
  }

  async add(key: number, list: Uint8Array): Promise<void> {
    if (this.#bytes === 0) {
      this.#firstKeys.push(key);
      this.#lastKey = key;
    }
    const head = [...encodeNumber(key - this.#lastKey), ...encodeNumber(list.length)];
    this.#parts.push(Uint8Array.from(head), list);
    this.#bytes += head.length + list.length;
    this.#lastKey = key;
    if (this.#bytes >= PAGE_BYTES) await this.#write();
  }

  async finish(): Promise<readonly number[]> {
    await this.#write();
    return this.#firstKeys;
  }

  async #write(): Promise<void> {
    if (this.#bytes === 0) return;
    await this.#container.add(Buffer.concat(this.#parts));
    this.#parts = [];
    this.#bytes = 0;
  }
}

/** @throws {GatewayError} `derived_unreadable`. */
export function* pageEntries(page: Uint8Array, firstKey: number): Generator<PageEntry, void, undefined> {
  let key = firstKey;
  for (let at = 0; at < page.length; ) {
    const [step, lengthAt] = decodeNumber(page, at);
    const [length, from] = decodeNumber(page, lengthAt);
    key += step;
    if (from + length > page.length) throw new GatewayError('derived_unreadable');
    yield { key, from, until: from + length };
    at = from + length;
  }
}

/** The blocks of a list. @throws {GatewayError} `derived_unreadable`. */
export function decodeBlocks(list: Uint8Array): Uint32Array {
  const blocks = new Uint32Array(list.length);
  let used = 0;
  let before = -1;
  for (let at = 0; at < list.length; ) {
    const [step, next] = decodeNumber(list, at);
    before += step + 1;
    blocks[used++] = before;
    at = next;
  }
  return blocks.subarray(0, used);
}

function encodeNumber(number: number): number[] {
  const bytes: number[] = [];
  for (let rest = number; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}

function decodeNumber(bytes: Uint8Array, at: number): readonly [number: number, next: number] {
  let number = 0;
  let scale = 1;
  for (let place = at; place < at + 6; place++) {
    const byte = bytes[place];
    if (byte === undefined) break;
    number += (byte % 128) * scale;
    if (byte < 128) return [number, place + 1];
    scale *= 128;
  }
  throw new GatewayError('derived_unreadable');
}
