/**
 * A segment of the search index (docs/formats/search-index-v1.md): blocks of lines, and for every key of one, two or
 * three characters the blocks that have it. Made in memory and never changed.
 */
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { type ContainerWriter, packJson } from '../replay/container.ts';
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

/** Beyond this number a key and a block do not fit one float. */
const BLOCKS_MAX = 2 ** 20;

export class SegmentBuilder {
  readonly #container: ContainerWriter;
  readonly #sessions: SegmentSession[] = [];
  #fields = '';
  #characters = 0;
  #textBytes = 0;
  #blocks = 0;
  #session: Omit<SegmentSession, 'count'> | undefined;
  readonly #open = new Map<SearchField, { lines: Line[]; characters: number }>();
  /** key x 2^20 + block: sorted, it is the index. */
  #pairs = new Float64Array(64 * 1024);
  #pairsUsed = 0;

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
    const pairs = this.#pairs.subarray(0, this.#pairsUsed).sort();
    const pages = new PageWriter(this.#container);
    let blocks: number[] = [];
    for (let at = 0; at < pairs.length; at++) {
      const pair = pairs[at] ?? 0;
      const key = Math.floor(pair / BLOCKS_MAX);
      blocks.push(pair % BLOCKS_MAX);
      if (at + 1 === pairs.length || Math.floor((pairs[at + 1] ?? 0) / BLOCKS_MAX) !== key) {
        await pages.add(key, encodeBlocks(blocks));
        blocks = [];
      }
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
    if (this.#blocks >= BLOCKS_MAX) throw new GatewayError('derived_unreadable', 'A segment has too many blocks.');
    const grams = new Set<number>();
    for (const [, text] of open.lines) {
      for (const form of formsOf(text)) addGrams(form, (gram) => grams.add(gram));
      this.#textBytes += Buffer.byteLength(text);
    }
    this.#makeRoom(grams.size);
    for (const gram of grams) this.#pairs[this.#pairsUsed++] = gram * BLOCKS_MAX + this.#blocks;
    await this.#container.add(packJson(open.lines));
    this.#fields += field.charAt(0);
    this.#characters += open.characters;
    this.#blocks += 1;
  }

  #makeRoom(more: number): void {
    if (this.#pairsUsed + more <= this.#pairs.length) return;
    const larger = new Float64Array(Math.max(this.#pairs.length * 2, this.#pairsUsed + more));
    larger.set(this.#pairs);
    this.#pairs = larger;
  }
}

/** Differences, seven bits a byte. */
export function encodeBlocks(blocks: readonly number[]): Uint8Array {
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
