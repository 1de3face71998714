/** Follows each session through the log: its leaves name one another, count right and end once. */
import { toHex } from './bytes.ts';
import type { ChunkLeaf, CloseLeaf, Leaf, OpenLeaf, RotateLeaf, ShredLeaf, Stream } from './leaves.ts';
import type { FindingCode, Findings } from './verdicts.ts';

type SessionLeaf = Extract<Leaf, { sid: string }>;

export interface InspectedSession {
  readonly sid: string;
  readonly open: OpenLeaf;
  readonly openIndex: number;
  readonly chunks: readonly ChunkLeaf[];
  readonly close: CloseLeaf | undefined;
  readonly closeIndex: number | undefined;
  /** SHA-256 of the age file that holds each stream's key now, as the log says. */
  readonly wraps: Readonly<Record<Stream, string>>;
  readonly rotated: readonly RotateLeaf[];
  readonly shredded: Readonly<Partial<Record<Stream, ShredLeaf>>>;
  /** In the order of the log; `where` is the leaf. */
  readonly findings: readonly { readonly code: FindingCode; readonly where: string; readonly detail: string }[];
}

interface Following {
  readonly sid: string;
  readonly open: OpenLeaf;
  readonly openIndex: number;
  readonly chunks: ChunkLeaf[];
  close: CloseLeaf | undefined;
  closeIndex: number | undefined;
  readonly wraps: Record<Stream, string>;
  readonly rotated: RotateLeaf[];
  readonly shredded: Partial<Record<Stream, ShredLeaf>>;
  readonly findings: { code: FindingCode; where: string; detail: string }[];
  prev: string;
  readonly next: Record<Stream, { seq: number; frame: number }>;
  frames: number;
}

export interface SessionsInspector {
  take(leaf: SessionLeaf, index: number, hash: Uint8Array): void;
  /** Forgets a session that turned out not to be asked for. */
  forget(sid: string): void;
  readonly sessions: ReadonlyMap<string, InspectedSession>;
}

/** `findings` takes what belongs to no session. */
export function inspectSessions(findings: Findings): SessionsInspector {
  const sessions = new Map<string, Following>();
  return {
    sessions,
    forget: (sid) => void sessions.delete(sid),
    take(leaf, index, hash) {
      const where = `leaf ${index}`;
      const session = sessions.get(leaf.sid);
      if (leaf.type === 'session.open') {
        if (session === undefined) sessions.set(leaf.sid, begin(leaf, index, hash));
        else session.findings.push({ code: 'session_twice', where, detail: leaf.sid });
      } else if (session === undefined) {
        findings.add('leaf_outside', where, leaf.sid);
      } else {
        follow(session, leaf, index, hash);
      }
    },
  };
}

function begin(open: OpenLeaf, openIndex: number, hash: Uint8Array): Following {
  return {
    ...{ sid: open.sid, open, openIndex, chunks: [], close: undefined, closeIndex: undefined },
    ...{ wraps: { ...open.wraps }, rotated: [], shredded: {}, findings: [], prev: toHex(hash), frames: 0 },
    next: { screen: { seq: 0, frame: 0 }, keystrokes: { seq: 0, frame: 0 } },
  };
}

function follow(session: Following, leaf: Exclude<SessionLeaf, OpenLeaf>, index: number, hash: Uint8Array): void {
  const where = `leaf ${index}`;
  const note = (code: FindingCode, detail = ''): void => void session.findings.push({ code, where, detail });
  switch (leaf.type) {
    case 'session.chunk':
    case 'session.close':
      // Without this link a leaf could be taken out and the rest still be signed.
      if (leaf.prev !== session.prev) note('chain_broken');
      session.prev = toHex(hash);
      if (session.close !== undefined) note('leaf_outside', leaf.sid);
      else if (leaf.type === 'session.chunk') takeChunk(session, leaf, note);
      else takeClose(session, leaf, index, note);
      break;
    case 'key.rotate':
      if (session.wraps[leaf.stream] !== leaf.from) note('rotate_broken', leaf.stream);
      session.wraps[leaf.stream] = leaf.to;
      session.rotated.push(leaf);
      break;
    case 'key.shred':
      session.shredded[leaf.stream] ??= leaf;
      break;
  }
}

type Note = (code: FindingCode, detail?: string) => void;

function takeChunk(session: Following, leaf: ChunkLeaf, note: Note): void {
  const next = session.next[leaf.stream];
  // Frames are numbered over both streams, so a chunk begins at or after the end of the one before it.
  if (leaf.seq !== next.seq || leaf.first < next.frame || leaf.t1 < leaf.t0)
    note('chunk_order', `${leaf.stream} ${leaf.seq}`);
  session.next[leaf.stream] = { seq: leaf.seq + 1, frame: leaf.first + leaf.frames };
  session.frames += leaf.frames;
  session.chunks.push(leaf);
}

function takeClose(session: Following, leaf: CloseLeaf, index: number, note: Note): void {
  const { screen, keystrokes } = session.next;
  session.close = leaf;
  session.closeIndex = index;
  if (leaf.frames !== session.frames || leaf.screen !== screen.seq || leaf.keystrokes !== keystrokes.seq) {
    note('totals_differ', `${session.frames} / ${leaf.frames}`);
  }
}
