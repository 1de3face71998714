/**
 * A segment of the search index (docs/formats/search-index-v1.md): blocks of lines, and for every key of one, two or
 * three characters the blocks that have it. Made in memory and never changed.
 */
import { LIMITS } from '../../foundation/index.ts';
import { type ContainerWriter, packJson } from '../replay/container.ts';
import { GramSet, sortedByKey } from './gram-set.ts';
import { addGrams, formsOf } from './normalise.ts';
import { PageWriter } from './pages.ts';
import type { SearchField } from './query.ts';

export interface IndexedLine {
  readonly field: SearchField;
  /** Unix milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** A session's blocks in a segment: `count` of them from `first` on. */
export interface SegmentSession {
  readonly id: string;
  /** Unix milliseconds at which its recording began. */
  readonly startedAt: number;
  readonly first: number;
  readonly count: number;
  /** 0, 1, 2 …: a large session lies in several segments. */
  readonly part: number;
}

/** The last record. */
export interface SegmentHead {
  readonly v: 1;
  readonly sessions: readonly SegmentSession[];
  /** The field of each block, by its first letter. */
  readonly fields: string;
  /** Characters of all lines. */
  readonly characters: number;
  /** UTF-8 bytes of all lines. */
  readonly textBytes: number;
  /** First key of each page; page n is the record behind the blocks and the n pages before it. */
  readonly pages: readonly number[];
}

type Line = readonly [at: number, text: string];

export class SegmentBuilder {
  readonly #container: ContainerWriter;
  readonly #sessions: SegmentSession[] = [];
  #fields = '';
  #characters = 0;
  #textBytes = 0;
  #blocks = 0;
  #session: Omit<SegmentSession, 'count'> | undefined;
  readonly #open = new Map<SearchField, { lines: Line[]; characters: number }>();
  /** Key n stands in block n of the other list; blocks rise. */
  #keys = new Uint32Array(64 * 1024);
  #keyBlocks = new Uint32Array(64 * 1024);
  #used = 0;
  readonly #grams = new GramSet();

  constructor(container: ContainerWriter) {
    this.#container = container;
  }

  get isFull(): boolean {
    return this.#blocks >= LIMITS.searchSegmentBlocksMax;
  }

  beginSession(id: string, startedAt: number, part: number): void {
    this.#session = { id, startedAt, first: this.#blocks, part };
  }

  async add({ field, at, text }: IndexedLine): Promise<void> {
    const open = this.#open.get(field) ?? { lines: [], characters: 0 };
    this.#open.set(field, open);
    open.lines.push([at, text]);
    open.characters += text.length;
    if (open.characters >= LIMITS.searchBlockCharacters) await this.#close(field);
  }

  async endSession(): Promise<void> {
    for (const field of [...this.#open.keys()]) await this.#close(field);
    if (this.#session === undefined) return;
    this.#sessions.push({ ...this.#session, count: this.#blocks - this.#session.first });
    this.#session = undefined;
  }

  /** Writes the index behind the blocks. */
  async finish(): Promise<SegmentHead> {
    const { keys, blocks } = sortedByKey(this.#keys.subarray(0, this.#used), this.#keyBlocks.subarray(0, this.#used));
    const pages = new PageWriter(this.#container);
    for (let from = 0; from < keys.length; ) {
      const key = keys[from] ?? 0;
      let until = from + 1;
      while (keys[until] === key) until += 1;
      await pages.add(key, encodeBlocks(blocks.subarray(from, until)));
      from = until;
    }
    const head: SegmentHead = {
      ...{ v: 1, sessions: this.#sessions, fields: this.#fields },
      ...{ characters: this.#characters, textBytes: this.#textBytes, pages: await pages.finish() },
    };
    await this.#container.add(packJson(head));
    return head;
  }

  async #close(field: SearchField): Promise<void> {
    const open = this.#open.get(field);
    this.#open.delete(field);
    if (open === undefined) return;
    const grams = this.#grams;
    grams.clear();
    for (const [, text] of open.lines) {
      for (const form of formsOf(text)) addGrams(form, grams);
      this.#textBytes += Buffer.byteLength(text);
    }
    this.#makeRoom(grams.size);
    this.#keys.set(grams.values, this.#used);
    this.#keyBlocks.fill(this.#blocks, this.#used, this.#used + grams.size);
    this.#used += grams.size;
    await this.#container.add(packJson(open.lines));
    this.#fields += field.charAt(0);
    this.#characters += open.characters;
    this.#blocks += 1;
  }

  #makeRoom(more: number): void {
    if (this.#used + more <= this.#keys.length) return;
    const size = Math.max(this.#keys.length * 2, this.#used + more);
    const grown = (list: Uint32Array): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(size);
      larger.set(list);
      return larger;
    };
    this.#keys = grown(this.#keys);
    this.#keyBlocks = grown(this.#keyBlocks);
  }
}

/** Differences, seven bits a byte. */
export function encodeBlocks(blocks: Iterable<number>): Uint8Array {
  const bytes: number[] = [];
  let before = -1;
  for (const block of blocks) {
    for (let rest = block - before - 1; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) {
        bytes.push(rest);
        break;
      }
      bytes.push((rest % 128) + 128);
    }
    before = block;
  }
  return Uint8Array.from(bytes);
}
