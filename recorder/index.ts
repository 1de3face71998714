export { toAsciicast } from './asciicast.ts';
export { AUDIT_EVENTS, type AuditEvent, type AuditEventType } from './audit-events.ts';
export type { FileSystem, OpenFile } from './files.ts';
export type { Frame, FrameType } from './frames.ts';
export {
  appendAuditEvent,
  auditBody,
  type AuditEventFilter,
  findRecording,
  insertRecording,
  listAuditEvents,
  type RecordingRow,
  type StoredAuditEvent,
} from './queries.ts';
export { readRecording } from './read.ts';
export { findRecorderProcess } from './lock.ts';
export { nodeCrypto } from './node-crypto.ts';
export type { AppendedLeaf, LeafLog } from './log/leaf-log.ts';
export { type Leaf, LeafSchema } from './log/leaves.ts';
export { commandsCsv, exportAsciicast2, exportAsciicast3, transcriptText } from './replay/exports.ts';
export type { FramesOf, Marker, ReplayFrame, ReplayIndex, TranscriptLine } from './replay/model.ts';
export { type OpenReplay, playerIndex, playerSegment } from './replay/read.ts';
export { type Derived, type DerivedOptions, type SearchHealth, startDerived } from './search/derived.ts';
export { rebuildMarkPath } from './search/index-keeper.ts';
export { SEARCH_FIELDS, type SearchField, type SearchPlace, SearchPlaceSchema } from './search/query.ts';
export { inProcess } from './search/thread.ts';
export type { Recorder } from './open-recordings.ts';
export {
  type OwningRecorder,
  type RecorderOptions,
  type RemoteLeafLog,
  startRecorder,
  startWorkerRecorder,
} from './recorder.ts';
export {
  type Durability,
  type RecordingMeta,
  recordingPath,
  type RecordingWriter,
  type SealedRecording,
} from './recording.ts';
export { findSealedRecording, type VerifyOptions, type VerifyReport, verifySession } from './verify.ts';
