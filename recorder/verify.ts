/**
 * Recomputes everything from the files alone: the signature of the checkpoint, the root from the entries, the session's
 * two leaves, every hash of the recording. Says VERIFIED only when all of it agrees.
 */
import { join } from 'node:path';
import { asError, GatewayError, sha256 } from '../foundation/index.ts';
import { type FileSystem, nodeFiles } from './files.ts';
import { createRecordingParser, type RecordingParser, TRAILER_BYTES } from './frames.ts';
import type { CloseLeaf, OpenLeaf } from './log/leaves.ts';
import { readLog } from './log/read-log.ts';
import { createSessionFinder, type SessionLeaves } from './log/session-leaves.ts';
import { parseFile } from './read.ts';
import { LOG, recordingFileName, recordingPath, type SealedRecording } from './recording.ts';
import type { SessionId } from '../policy/index.ts';

export interface VerifyReport {
  /** INCOMPLETE: something that should be there is missing, so nothing is proven. */
  readonly verdict: 'VERIFIED' | 'TAMPERED' | 'INCOMPLETE';
  readonly sessionId: string;
  /** Frames and bytes found right. */
  readonly frames: number;
  readonly bytes: number;
  /** Byte offset in the recording of the first bad frame; null when the recording is not what is wrong. */
  readonly at: number | null;
  readonly detail: string;
}

export interface VerifyOptions {
  /** The recorder's directory. */
  readonly directory: string;
  readonly sessionId: string;
  /** Another copy to check against the same log. */
  readonly file?: string;
  /** A verifier key held elsewhere (`name+id+key`); without it the one beside the log is believed. */
  readonly verifier?: string;
  readonly files?: FileSystem;
}

type Finding = Pick<VerifyReport, 'verdict' | 'detail'> & Partial<Pick<VerifyReport, 'at'>>;

/** @throws {GatewayError} `request_invalid` when the session id is none. */
export async function verifySession(options: VerifyOptions): Promise<VerifyReport> {
  const path = recordingPath(options.directory, options.sessionId);
  const parser = createRecordingParser(options.sessionId);
  const leaves = await readLeaves(options);
  const finding =
    'verdict' in leaves ? leaves : await checkFile({ ...options, file: options.file ?? path }, leaves, parser);
  return {
    at: null,
    ...finding,
    sessionId: options.sessionId,
    frames: parser.state?.frames ?? 0,
    bytes: parser.offset,
  };
}

/** What the log says of a sealed session; undefined when it is not sealed. @throws {GatewayError} `recording_corrupt`. */
export async function findSealedRecording(options: VerifyOptions): Promise<SealedRecording | undefined> {
  const file = recordingFileName(options.sessionId);
  const leaves = await readLeaves(options);
  if ('verdict' in leaves) {
    if (leaves.verdict === 'TAMPERED') throw new GatewayError('recording_corrupt', leaves.detail);
    return undefined;
  }
  const { open, close } = leaves;
  return {
    sessionId: options.sessionId as SessionId,
    file,
    bytes: close.leaf.bytes,
    frames: close.leaf.frames,
    head: Buffer.from(close.leaf.head, 'hex'),
    openLeaf: open.entry.index,
    closeLeaf: close.entry.index,
    recovered: close.leaf.recovered,
  };
}

interface Leaves {
  readonly open: SessionLeaves['opens'][number];
  readonly close: SessionLeaves['closes'][number];
}

async function readLeaves({
  directory,
  sessionId,
  verifier,
  files = nodeFiles,
}: VerifyOptions): Promise<Leaves | Finding> {
  const finder = createSessionFinder(new Set([sessionId]));
  const log = { directory: join(directory, LOG), files, visit: finder.visit };
  const reading = await readLog(verifier === undefined ? log : { ...log, verifier });
  if (reading.condition === 'missing') return { verdict: 'INCOMPLETE', detail: reading.detail };
  if (reading.condition === 'altered') return { verdict: 'TAMPERED', detail: reading.detail };
  const { opens, closes } = finder.leavesOf(sessionId);
  const [open] = opens;
  const [close] = closes;
  if (open === undefined) return { verdict: 'INCOMPLETE', detail: 'The log knows no such session.' };
  if (opens.length > 1 || closes.length > 1)
    return { verdict: 'TAMPERED', detail: 'The log tells of this session twice.' };
  if (close === undefined) {
    return {
      verdict: 'INCOMPLETE',
      detail: `The session is open: leaf ${open.entry.index} of the log has no closing leaf.`,
    };
  }
  if (close.leaf.prev !== open.entry.hash.toString('hex') || close.entry.index < open.entry.index) {
    return { verdict: 'TAMPERED', detail: `Leaf ${close.entry.index} of the log closes another session than it says.` };
  }
  return { open, close };
}

async function checkFile(
  { file, files = nodeFiles }: VerifyOptions & { readonly file: string },
  { open, close }: Leaves,
  parser: RecordingParser,
): Promise<Finding> {
  try {
    for await (const frame of parseFile(files, file, parser)) {
      if (frame.type === 'h' && !saysMeta(frame.payload, open.leaf)) {
        return tampered(frame.offset, `The first frame is not the one of leaf ${open.entry.index} of the log.`);
      }
    }
    const end = parser.finish();
    return differs(end, close.leaf)
      ? tampered(
          end.offset - TRAILER_BYTES,
          `The hash chain holds, but does not end as leaf ${close.entry.index} of the log says.`,
        )
      : {
          verdict: 'VERIFIED',
          detail: `${end.frames} frames as leaves ${open.entry.index} and ${close.entry.index} of the log say.`,
        };
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    if (thrown.code === 'not_found') return { verdict: 'INCOMPLETE', detail: 'The recording is missing.' };
    return tampered(parser.offset, asError(thrown).message);
  }
}

function saysMeta(payload: Buffer, leaf: OpenLeaf): boolean {
  return sha256(payload).toString('hex') === leaf.meta;
}

function differs(end: { head: Buffer; frames: number; offset: number }, leaf: CloseLeaf): boolean {
  return end.head.toString('hex') !== leaf.head || end.frames !== leaf.frames || end.offset !== leaf.bytes;
}

function tampered(at: number, detail: string): Finding {
  return { verdict: 'TAMPERED', at, detail };
}
