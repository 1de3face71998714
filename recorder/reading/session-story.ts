/** Puts the leaves of one session together: what the log says happened, in which order, and whether all of it is there. */
import { STREAMS, type PerStream } from '../keys/session-keys.ts';
import { type ChunkLeaf, type CloseLeaf, type Leaf, type OpenLeaf, toHex } from '../../evidence/index.ts';
import type { FoundLeaf, SessionLeaf } from '../log/session-leaves.ts';

export type ShredLeaf = Extract<Leaf, { type: 'key.shred' }>;
export type RotateLeaf = Extract<Leaf, { type: 'key.rotate' }>;

export interface SessionStory {
  readonly open: FoundLeaf<OpenLeaf>;
  /** Of each stream, in order. */
  readonly chunks: PerStream<readonly FoundLeaf<ChunkLeaf>[]>;
  /** Undefined while the session goes on. */
  readonly close: FoundLeaf<CloseLeaf> | undefined;
  /** SHA-256 of each stream's age file as the log last said it, in lower-case hex. */
  readonly wraps: PerStream<string>;
  /** How they came to be others than at the beginning, in order. */
  readonly rotations: readonly FoundLeaf<RotateLeaf>[];
  /** What was erased, and why. */
  readonly shreds: PerStream<FoundLeaf<ShredLeaf> | undefined>;
}

/** Why a story is none. `at`: index of the leaf. */
export interface BrokenStory {
  readonly verdict: 'TAMPERED' | 'INCOMPLETE';
  readonly at: number | null;
  readonly detail: string;
}

interface Growing {
  open: FoundLeaf<OpenLeaf>;
  /** The leaf that the next one has to name. */
  last: FoundLeaf;
  frames: number;
  close: FoundLeaf<CloseLeaf> | undefined;
  readonly chunks: PerStream<FoundLeaf<ChunkLeaf>[]>;
  readonly wraps: { screen: string; keystrokes: string };
  readonly rotations: FoundLeaf<RotateLeaf>[];
  readonly shreds: { screen: FoundLeaf<ShredLeaf> | undefined; keystrokes: FoundLeaf<ShredLeaf> | undefined };
}

/** @param leaves all of one session, in the order of the log. */
export function tellSession(leaves: readonly FoundLeaf[]): SessionStory | BrokenStory {
  const [first, ...rest] = leaves;
  if (first === undefined) return { verdict: 'INCOMPLETE', at: null, detail: 'The log knows no such session.' };
  const open = asType(first, 'session.open');
  if (open === undefined) return wrong(first, 'tells of a session before it was opened');
  const story: Growing = {
    open,
    last: open,
    frames: 0,
    close: undefined,
    chunks: { screen: [], keystrokes: [] },
    wraps: { ...open.leaf.wraps },
    rotations: [],
    shreds: { screen: undefined, keystrokes: undefined },
  };
  for (const found of rest) {
    const fault = faultOf(story, found);
    if (fault !== undefined) return wrong(found, fault);
  }
  return story;
}

function asType<Type extends SessionLeaf['type']>(
  { entry, leaf }: FoundLeaf,
  type: Type,
): FoundLeaf<Extract<SessionLeaf, { type: Type }>> | undefined {
  return isType(leaf, type) ? { entry, leaf } : undefined;
}

function isType<Type extends SessionLeaf['type']>(
  leaf: SessionLeaf,
  type: Type,
): leaf is Extract<SessionLeaf, { type: Type }> {
  return leaf.type === type;
}

/** Takes one leaf into the story; what is wrong with it, if anything. */
function faultOf(story: Growing, found: FoundLeaf): string | undefined {
  const chunk = asType(found, 'session.chunk');
  if (chunk !== undefined) return chunkFault(story, chunk);
  const close = asType(found, 'session.close');
  if (close !== undefined) return closeFault(story, close);
  const rotate = asType(found, 'key.rotate');
  if (rotate !== undefined) {
    const { stream, from, to } = rotate.leaf;
    if (story.wraps[stream] !== from || story.shreds[stream] !== undefined) return 'rewraps a key that is not the one';
    story.wraps[stream] = to;
    story.rotations.push(rotate);
    return undefined;
  }
  const shred = asType(found, 'key.shred');
  if (shred === undefined) return 'opens the session a second time';
  story.shreds[shred.leaf.stream] ??= shred;
  return undefined;
}

function chunkFault(story: Growing, found: FoundLeaf<ChunkLeaf>): string | undefined {
  const { leaf } = found;
  const list = story.chunks[leaf.stream];
  const before = list.at(-1)?.leaf;
  if (!follows(story, found)) return 'does not follow the one before it';
  if (leaf.seq !== list.length) return 'is not the next chunk of its stream';
  if (before !== undefined && (leaf.first < before.first + before.frames || leaf.t0 < before.t1)) {
    return 'holds frames that stand in another chunk';
  }
  list.push(found);
  story.last = found;
  story.frames += leaf.frames;
  return undefined;
}

function closeFault(story: Growing, found: FoundLeaf<CloseLeaf>): string | undefined {
  const { leaf } = found;
  if (!follows(story, found)) return 'does not follow the one before it';
  const counts = STREAMS.every((stream) => story.chunks[stream].length === leaf[stream]);
  if (!counts || story.frames !== leaf.frames) return 'counts other chunks or frames than there are';
  story.close = found;
  story.last = found;
  return undefined;
}

/** The chain stops a leaf of a session from being left out, repeated or put elsewhere. */
function follows(story: Growing, { leaf }: FoundLeaf<ChunkLeaf | CloseLeaf>): boolean {
  return story.close === undefined && leaf.prev === toHex(story.last.entry.hash);
}

function wrong({ entry }: FoundLeaf, what: string): BrokenStory {
  return { verdict: 'TAMPERED', at: entry.index, detail: `Leaf ${entry.index} of the log ${what}.` };
}
