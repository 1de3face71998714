/** Looks in segments for lines that hold all words, the newest sessions first. */
import { LIMITS } from '../../foundation/index.ts';
import { gramsToFind } from './normalise.ts';
import {
  holdsWords,
  type SearchAnswer,
  type SearchHit,
  type SearchPlace,
  type SearchRequest,
  type Word,
  wordsOf,
} from './query.ts';
import type { SegmentReader } from './segment-read.ts';
import type { SegmentSession } from './segment-write.ts';

interface Candidate {
  readonly segment: SegmentReader;
  readonly session: SegmentSession;
  readonly blocks: readonly number[];
}

const CONTEXT_LINES = 1;
const CONTEXT_CHARACTERS = 160;

/** `now` is asked for the time that is left. @throws {GatewayError} `request_invalid`, `derived_unreadable`. */
export async function searchSegments(
  segments: readonly SegmentReader[],
  request: SearchRequest,
  now: () => number,
): Promise<SearchAnswer> {
  const words = wordsOf(request.text);
  const until = now() + LIMITS.searchMillisMax;
  const only = request.sessions === null ? null : new Set(request.sessions);
  const candidates: Candidate[] = [];
  for (const segment of segments) candidates.push(...(await candidatesIn(segment, words, only, request)));
  candidates.sort(byPlace);
  const page = new PageOfHits(request);
  for (const { segment, session, blocks } of candidates) {
    for (const block of blocks) {
      const place = placeOf(session, block, 0);
      if (isBehind(place, request.from)) continue;
      if (page.isFull(session.id)) break;
      if (page.isOver) return page.answer(place, false);
      if (now() > until) return page.answer(place, true);
      const stopped = await page.look(segment, session, block, words);
      if (stopped !== undefined) return page.answer(stopped, false);
    }
  }
  return page.answer(null, false);
}

/** Newest sessions first; a session that is in several segments stays together, its blocks in their order. */
function byPlace(one: Candidate, other: Candidate): number {
  if (one.session.startedAt !== other.session.startedAt) return other.session.startedAt - one.session.startedAt;
  if (one.session.id !== other.session.id) return one.session.id < other.session.id ? -1 : 1;
  return one.session.part - other.session.part;
}

function placeOf(session: SegmentSession, block: number, line: number): SearchPlace {
  return { from: session.startedAt, session: session.id, part: session.part, block: block - session.first, line };
}

/** Whether a page that ended at `from` has shown this block: those before it in the order of `byPlace`. */
function isBehind(place: SearchPlace, from: SearchPlace | null): boolean {
  if (from === null) return false;
  if (place.from !== from.from) return place.from > from.from;
  if (place.session !== from.session) return place.session < from.session;
  return place.part === from.part ? place.block < from.block : place.part < from.part;
}

async function candidatesIn(
  segment: SegmentReader,
  words: readonly Word[],
  only: ReadonlySet<string> | null,
  request: SearchRequest,
): Promise<Candidate[]> {
  const found = await blocksWith(segment, words);
  const fields = new Set(request.fields.map((field) => field.charAt(0)));
  const candidates: Candidate[] = [];
  let at = 0;
  for (const session of segment.head.sessions) {
    const end = session.first + session.count;
    const blocks: number[] = [];
    for (let block = found === null ? session.first : found[at]; block !== undefined && block < end; ) {
      if (fields.has(segment.head.fields.charAt(block))) blocks.push(block);
      block = found === null ? block + 1 : found[++at];
    }
    const isWanted = only === null ? session.startedAt > 0 : only.has(session.id);
    if (blocks.length > 0 && isWanted) candidates.push({ segment, session, blocks });
  }
  return candidates;
}

/** Blocks that may hold every word; null for all. */
async function blocksWith(segment: SegmentReader, words: readonly Word[]): Promise<Uint32Array | null> {
  let found: Uint32Array | null = null;
  for (const word of words) {
    const ofWord: Uint32Array[] = [];
    for (const form of word) {
      const blocks = await blocksWithAll(segment, gramsToFind(form));
      if (blocks === null) return found;
      ofWord.push(blocks);
    }
    const either = ofWord.length === 1 && ofWord[0] !== undefined ? ofWord[0] : united(ofWord);
    found = found === null ? either : common(found, either);
    if (found.length === 0) return found;
  }
  return found;
}

async function blocksWithAll(segment: SegmentReader, grams: readonly number[]): Promise<Uint32Array | null> {
  if (grams.length === 0) return null;
  let found: Uint32Array | undefined;
  for (const gram of grams) {
    const blocks = await segment.find(gram);
    found = found === undefined ? blocks : common(found, blocks);
    if (found.length === 0) break;
  }
  return found ?? new Uint32Array();
}

function common(one: Uint32Array, other: Uint32Array): Uint32Array {
  const both = new Uint32Array(Math.min(one.length, other.length));
  let used = 0;
  for (let left = 0, right = 0; left < one.length && right < other.length; ) {
    const difference = (one[left] ?? 0) - (other[right] ?? 0);
    if (difference === 0) both[used++] = one[left] ?? 0;
    if (difference <= 0) left += 1;
    if (difference >= 0) right += 1;
  }
  return both.subarray(0, used);
}

function united(lists: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(new Set(lists.flatMap((list) => [...list]))).sort();
}

class PageOfHits {
  readonly #request: SearchRequest;
  readonly #hits: SearchHit[] = [];
  readonly #perSession = new Map<string, number>();
  readonly #moreIn = new Set<string>();

  constructor(request: SearchRequest) {
    this.#request = request;
  }

  get isOver(): boolean {
    return this.#hits.length >= this.#request.hits;
  }

  /** Whether enough of this session is shown on this page. */
  isFull(session: string): boolean {
    return this.#moreIn.has(session);
  }

  /** @returns where the page ended inside the block. */
  async look(
    segment: SegmentReader,
    session: SegmentSession,
    block: number,
    words: readonly Word[],
  ): Promise<SearchPlace | undefined> {
    const lines = await segment.lines(block);
    const { from, after, before, hitsPerSession } = this.#request;
    const here = placeOf(session, block, 0);
    const isFirst = from?.session === here.session && from.part === here.part && from.block === here.block;
    for (let line = isFirst ? from.line : 0; line < lines.length; line++) {
      const [at, text] = lines[line] ?? [0, ''];
      if ((after !== null && at < after) || (before !== null && at > before) || !holdsWords(text, words)) continue;
      const shown = this.#perSession.get(session.id) ?? 0;
      if (shown >= hitsPerSession) {
        this.#moreIn.add(session.id);
        return undefined;
      }
      if (this.isOver) return { ...here, line };
      this.#perSession.set(session.id, shown + 1);
      this.#hits.push({
        ...{ session: session.id, field: segment.fieldOf(block), at, offset: at - session.startedAt },
        text: around(text, words),
        linesBefore: lines.slice(Math.max(0, line - CONTEXT_LINES), line).map(([, near]) => start(near)),
        linesAfter: lines.slice(line + 1, line + 1 + CONTEXT_LINES).map(([, near]) => start(near)),
      });
    }
    return undefined;
  }

  answer(next: SearchPlace | null, ranOut: boolean): SearchAnswer {
    return { hits: this.#hits, moreIn: [...this.#moreIn], next, ranOut };
  }
}

const start = (text: string): string => text.slice(0, CONTEXT_CHARACTERS);

/** The part of a long line in which the first word stands. */
function around(text: string, words: readonly Word[]): string {
  if (text.length <= 2 * CONTEXT_CHARACTERS) return text;
  const places = (words[0] ?? []).map((form) => text.toLowerCase().indexOf(form)).filter((place) => place >= 0);
  const place = places.length === 0 ? 0 : Math.min(...places);
  const from = Math.max(0, place - CONTEXT_CHARACTERS);
  return `${from > 0 ? '…' : ''}${text.slice(from, place + CONTEXT_CHARACTERS)}…`;
}
