/** The bytes that the leaves of a session name: sealed chunks and wrapped keys. */
import { EvidenceError, toHex } from './bytes.ts';
import { type Chunk, parseChunk } from './chunks.ts';
import type { Verifying } from './crypto.ts';
import type { InspectedSession } from './inspect-sessions.ts';
import { type ChunkLeaf, type Stream, STREAMS } from './leaves.ts';
import { namedKey, readNamedKey } from './named-key.ts';
import { type EvidenceSource, PATHS, type Progress } from './source.ts';
import type { Findings } from './verdicts.ts';

export interface ObjectsCheck {
  readonly source: EvidenceSource;
  readonly crypto: Verifying;
  readonly findings: Findings;
  /** Of these the chunks have to be there. */
  readonly streams: readonly Stream[];
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Every chunk and key of these sessions. What is not there is told, never passed over. */
export async function checkObjects(check: ObjectsCheck, sessions: readonly InspectedSession[]): Promise<void> {
  const total = sessions.reduce((sum, { chunks }) => sum + chunks.length, 0);
  let done = 0;
  for (const session of sessions) {
    tellSession(check, session);
    for (const leaf of session.chunks) {
      done += 1;
      if (!check.streams.includes(leaf.stream)) continue;
      await checkChunk(check, leaf);
      check.onProgress?.({ stage: 'objects', done, total });
    }
    for (const stream of check.streams) await checkKey(check, session, stream);
  }
}

function tellSession({ findings, streams }: ObjectsCheck, session: InspectedSession): void {
  const where = `session ${session.sid}`;
  if (session.close === undefined) findings.add('session_open', where);
  else if (session.close.recovered) findings.add('recovered', where);
  for (const stream of STREAMS) {
    const shred = session.shredded[stream];
    if (shred !== undefined) findings.add('shredded', where, `${stream} ${shred.at} ${shred.basis}`);
  }
  for (const { stream, at } of session.rotated) findings.add('rotated', where, `${stream} ${at}`);
  const left = session.chunks.some(({ stream }) => stream === 'keystrokes');
  if (left && !streams.includes('keystrokes')) findings.add('keystrokes_left_out', where);
}

async function checkChunk({ source, crypto, findings }: ObjectsCheck, leaf: ChunkLeaf): Promise<void> {
  const path = PATHS.object(leaf.object);
  const bytes = await source.read(path);
  if (bytes === undefined) {
    findings.add('object_missing', path, `session ${leaf.sid} ${leaf.stream} ${leaf.seq}`);
    return;
  }
  if (toHex(crypto.sha256(bytes)) !== leaf.object) {
    findings.add('object_differs', path, `session ${leaf.sid} ${leaf.stream} ${leaf.seq}`);
    return;
  }
  const problem = whatDiffers(bytes, leaf);
  if (problem !== undefined) findings.add('object_says_other', path, problem);
}

/** Undefined when a chunk says of itself what its leaf says. */
function whatDiffers(bytes: Uint8Array, leaf: ChunkLeaf): string | undefined {
  let chunk: Chunk;
  try {
    chunk = parseChunk(bytes);
  } catch (thrown) {
    if (!(thrown instanceof EvidenceError)) throw thrown;
    return thrown.message;
  }
  const said = { ...chunk.header, bytes: bytes.length };
  const fields = ['sid', 'stream', 'seq', 'first', 'frames', 't0', 't1', 'bytes'] as const;
  return fields.find((field) => said[field] !== leaf[field]);
}

async function checkKey(check: ObjectsCheck, session: InspectedSession, stream: Stream): Promise<void> {
  const { crypto, findings } = check;
  const named = namedKey(session, stream);
  const { path } = named;
  const bytes = await readNamedKey(check, named);
  if (bytes === undefined) {
    if (session.shredded[stream] === undefined) findings.add('key_missing', path);
  } else if (toHex(crypto.sha256(bytes)) !== named.sha256) {
    findings.add('key_differs', path);
  }
}
