/** Makes one segment of several, without what is to be forgotten. */
import { type ContainerWriter, packJson } from '../replay/container.ts';
import { decodeBlocks, PageWriter } from './pages.ts';
import type { SegmentReader } from './segment-read.ts';
import { encodeBlocks, type SegmentHead, type SegmentSession } from './segment-write.ts';

/** Of one segment: the new number of each block; -1 for those that go. */
type Renumbering = Int32Array;

/** `isLeftOut` is asked for each session of each segment. */
export async function mergeSegments(
  segments: readonly SegmentReader[],
  container: ContainerWriter,
  isLeftOut: (session: string, segment: SegmentReader) => boolean,
): Promise<SegmentHead> {
  const sessions: SegmentSession[] = [];
  let fields = '';
  const renumberings: Renumbering[] = [];
  for (const segment of segments) {
    const renumbering = new Int32Array(segment.blocks).fill(-1);
    renumberings.push(renumbering);
    for (const session of segment.head.sessions) {
      if (isLeftOut(session.id, segment)) continue;
      sessions.push({ ...session, first: fields.length });
      for (let block = session.first; block < session.first + session.count; block++) {
        renumbering[block] = fields.length;
        fields += segment.head.fields.charAt(block);
        await container.add(await segment.packed(block));
      }
    }
  }
  const pages = new PageWriter(container);
  await mergePages(segments, renumberings, pages);
  const head: SegmentHead = {
    ...{ v: 1, sessions, fields },
    characters: segments.reduce((sum, { head: { characters } }) => sum + characters, 0),
    textBytes: segments.reduce((sum, { head: { textBytes } }) => sum + textBytes, 0),
    pages: await pages.finish(),
  };
  await container.add(packJson(head));
  return head;
}

interface Cursor {
  readonly next: () => Promise<void>;
  readonly current: { readonly key: number; readonly list: Uint8Array } | undefined;
}

async function mergePages(
  segments: readonly SegmentReader[],
  renumberings: readonly Renumbering[],
  pages: PageWriter,
): Promise<void> {
  const cursors = segments.map((segment) => cursorOf(segment));
  await Promise.all(cursors.map(({ next }) => next()));
  for (;;) {
    const key = Math.min(...cursors.map(({ current }) => current?.key ?? Infinity));
    if (key === Infinity) return;
    const blocks: number[] = [];
    for (const [n, cursor] of cursors.entries()) {
      if (cursor.current?.key !== key) continue;
      for (const block of decodeBlocks(cursor.current.list)) {
        const now = renumberings[n]?.[block] ?? -1;
        if (now >= 0) blocks.push(now);
      }
      await cursor.next();
    }
    if (blocks.length > 0) await pages.add(key, encodeBlocks(blocks));
  }
}

function cursorOf(segment: SegmentReader): Cursor {
  let page = -1;
  let bytes: Uint8Array = new Uint8Array();
  let entries: Iterator<{ key: number; from: number; until: number }> = [][Symbol.iterator]();
  let current: Cursor['current'];
  return {
    get current() {
      return current;
    },
    async next() {
      for (;;) {
        const entry = entries.next();
        if (entry.done !== true) {
          current = { key: entry.value.key, list: bytes.subarray(entry.value.from, entry.value.until) };
          return;
        }
        page += 1;
        if (page >= segment.head.pages.length) {
          current = undefined;
          return;
        }
        bytes = await segment.page(page);
        entries = segment.entries(page, bytes)[Symbol.iterator]();
      }
    },
  };
}
