import type { Clock } from '../foundation/index.ts';
import type { ChainState } from './frames.ts';
import type { AppendedLeaf, LeafLog } from './log/leaf-log.ts';
import { recordingPath, recordingFileName, type SealedRecording } from './recording.ts';
import type { RecordingFile } from './recording-file.ts';
import type { SessionId } from '../policy/index.ts';

/**
 * Closes a complete recording for ever: first its file is durable, then the log says so. After a crash between the two
 * the write-ahead log still has everything, so the order loses nothing.
 */
export async function sealRecording(options: {
  readonly directory: string;
  readonly sessionId: SessionId;
  readonly file: RecordingFile;
  readonly state: ChainState;
  readonly openLeaf: AppendedLeaf;
  readonly recovered: boolean;
  readonly leafLog: LeafLog;
  readonly clock: Clock;
}): Promise<SealedRecording> {
  const { sessionId, state, openLeaf, recovered } = options;
  await options.file.seal(recordingPath(options.directory, sessionId));
  const closeLeaf = await options.leafLog.append({
    v: 1,
    type: 'session.close',
    sid: sessionId,
    at: options.clock.now().toISOString(),
    frames: state.frames,
    bytes: state.offset,
    head: state.head.toString('hex'),
    recovered,
    prev: openLeaf.hash.toString('hex'),
  });
  return {
    sessionId,
    file: recordingFileName(sessionId),
    bytes: state.offset,
    frames: state.frames,
    head: state.head,
    openLeaf: openLeaf.index,
    closeLeaf: closeLeaf.index,
    recovered,
  };
}
