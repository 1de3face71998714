export { toAsciicast } from './asciicast.ts';
export { AUDIT_EVENTS, type AuditEvent, type AuditEventType } from './audit-events.ts';
export type { FileSystem, OpenFile } from './files.ts';
export { type Frame, type FrameType, isSessionId } from './frames.ts';
export { createIdentity, isAgeRecipient, parseIdentities, recipientOf, unwrapKey, wrapKey } from './keys/age.ts';
export { loadIdentities, loadOrMakeIdentities } from './keys/identity-file.ts';
export { KeyFiles } from './keys/key-files.ts';
export { SessionKeyPool, type SessionKeySource } from './keys/key-pool.ts';
export { createKeyRing, type Identities, type SessionKeyRing } from './keys/key-ring.ts';
export { keyCommitment, type PerStream, type Recipients, type StreamName, STREAMS } from './keys/session-keys.ts';
export { findUnechoed } from './reading/echo.ts';
export { followSession, type LiveSource } from './reading/follow.ts';
export { type ChunkRef, openRecordingReader, type RecordingReader } from './reading/reader.ts';
export { openObjects, readObjects } from './objects/open-objects.ts';
export type { OwnedObjects, Protection } from './objects/store.ts';
export type { SessionStory } from './reading/session-story.ts';
export { fileObjects, indexLeaves, readStories, type RecordingSource } from './reading/source.ts';
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
export { loadSecretFile } from './secret-file.ts';
export { findRecorderProcess } from './lock.ts';
export { eventSalt, loggedForm } from './anchoring/event-leaf.ts';
export { nodeCrypto } from './node-crypto.ts';
export { recorderEvidence } from './evidence-source.ts';
export { logPolicy } from './log-policy.ts';
export type { AppendedLeaf, LeafLog } from './log/leaf-log.ts';
export { commandsCsv, exportAsciicast2, exportAsciicast3, transcriptText } from './replay/exports.ts';
export type { FramesOf, Marker, ReplayFrame, ReplayIndex, TranscriptLine } from './replay/model.ts';
export { type LiveEvent, liveEvents } from './replay/live.ts';
export { type OpenReplay, playerIndex, playerSegment } from './replay/read.ts';
export { type Derived, type DerivedOptions, type SearchHealth, startDerived } from './search/derived.ts';
export { rebuildMarkPath } from './search/index-keeper.ts';
export { SEARCH_FIELDS, type SearchField, type SearchPlace, SearchPlaceSchema } from './search/query.ts';
export { inProcess } from './search/thread.ts';
export type { Recorder } from './open-recordings.ts';
export {
  type OwningRecorder,
  type RecorderOptions,
  type RecorderSecrets,
  type RemoteLeafLog,
  startRecorder,
  startWorkerRecorder,
} from './recorder.ts';
export {
  type Durability,
  type RecordingMeta,
  type RecordingWriter,
  type SealedRecording,
} from './recording.ts';
export { findSealedRecordings, type VerifyOptions, type VerifyReport, verifySession } from './verify.ts';
export { nodeFiles, readWhole, replaceFile } from './files.ts';
export { decodeWebStep, encodeWebStep, type WebDone, type WebOutcome, type WebStep } from './web/steps.ts';
export { exportHar, readWebTrail, type WebExchange } from './web/trail.ts';
export { createFault } from './fault.ts';
export { createPseudonyms, type Pseudonyms } from './pseudonyms.ts';
export { EventAnchor } from './anchoring/event-anchor.ts';
export { EventTrace } from './anchoring/event-trace.ts';
export {
  type ExportIntents,
  ExportLedger,
  type ExportOutcome,
  type OpenIntent,
  startExportLedger,
} from './ledger/export-ledger.ts';
export { type IntentDraft, IntentDraftSchema } from './ledger/records.ts';
export type { TransparencySettings } from './log/leaf-log.ts';
export { parsePolicy } from './log/policy.ts';
export type { Witnesses } from './log/open-log.ts';
export { parseVerifierLine } from './log/note.ts';
export type { LogEntry } from './log/read-log.ts';
export { witnessDelay, type WitnessDelay } from './witness/delay.ts';
export { openWitness, type Witness } from './witness/witness.ts';
export { adoptHead } from './log/adopt-head.ts';
