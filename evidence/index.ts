export { equal, EvidenceError, fromBase64, fromHex, fromUtf8, toBase64, toHex, utf8 } from './bytes.ts';
export { canonicalJson, type Json, parseCanonicalJson } from './canonical-json.ts';
export { crc32 } from './crc32.ts';
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoints.ts';
export {
  type Chunk,
  CHUNK_TAG_BYTES,
  type ChunkHeader,
  encodeChunkHead,
  KEY_LABELS,
  parseChunk,
} from './chunks.ts';
export { cosign, cosignatureMessage, verifyCosignature } from './cosignatures.ts';
export type { Hashing, Signer, Verifying } from './crypto.ts';
export { isSoundPublicKey, verifySignature } from './ed25519.ts';
export {
  encodeFrame,
  encodeFrameHead,
  type Frame,
  FRAME_HEAD_BYTES,
  FRAME_TYPES,
  type FrameType,
  parseFrames,
  streamOf,
  writeFrameHead,
} from './frames.ts';
export {
  formatVerifierKey,
  KEY_TYPE,
  keyId,
  parseVerifierKey,
  type VerifierKey,
  verifierKey,
} from './keys.ts';
export {
  type ChunkLeaf,
  type CloseLeaf,
  encodeLeaf,
  type EventLeaf,
  type HeartbeatLeaf,
  type Leaf,
  LeafSchema,
  type OpenLeaf,
  parseLeaf,
  type RotateLeaf,
  type ShredLeaf,
  type Stream,
} from './leaves.ts';
export type { InspectedSession } from './inspect-sessions.ts';
export { EVIDENCE_LIMITS } from './limits.ts';
export { createNodeStore, type NodeStore, tileNodes } from './nodes.ts';
export { addSignatures, type Note, openNote, parseNote, signNote, type VerifiedSignature } from './notes.ts';
export { policyAccepts, type PolicyDecision } from './policy-accepts.ts';
export {
  formatPolicy,
  parsePolicy,
  parseSigsumPolicy,
  type Policy,
  type PolicyLog,
  type PolicyWitness,
  sigsumOrigin,
} from './policy.ts';
export {
  type Consistency,
  consistencyProof,
  type Inclusion,
  inclusionProof,
  type NodeSource,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from './proofs.ts';
export { formatSignature, type NoteSignature, parseSignature } from './signature-line.ts';
export {
  formatSigsumProof,
  parseSigsumLeaf,
  parseSigsumProof,
  type SigsumLeaf,
  sigsumLeaf,
  type SigsumProof,
  verifySigsumProof,
} from './sigsum.ts';
export {
  bundlePath,
  bundlesOf,
  encodeBundle,
  parseBundle,
  parseHashTile,
  type Tile,
  TILE_HEIGHT,
  TILE_WIDTH,
  tilePath,
  tilesOf,
} from './tiles.ts';
export { formatTlogProof, parseTlogProof, type TlogProof, verifyTlogProof } from './tlog-proof.ts';
export { type CompactTree, createTree, hashChildren, hashLeaf, rootOf, type TreeState } from './tree.ts';
export {
  type BundleReport,
  type BundleSource,
  damagedBundle,
  encodeManifest,
  formatSums,
  type Manifest,
  verifyBundle,
} from './bundle.ts';
export { type EventCommitment, eventCommitment, formatEventLine, type OpenedEvent } from './events.ts';
export { type EvidenceSource, PATHS, type Progress, type Scope } from './source.ts';
export {
  EXIT_CODES,
  type Finding,
  type FindingCode,
  FINDINGS,
  type Severity,
  type Verdict,
  VERDICTS,
} from './verdicts.ts';
export {
  type SessionReport,
  verifyEvidence,
  type VerifyOptions,
  type VerifyReport,
  verifySession,
  withFindings,
} from './verify.ts';
export { readNamedKey } from './named-key.ts';
export { collectEvidence, type CollectedLog, type Collection } from './collect.ts';
