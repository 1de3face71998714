/**
 * The bounds of the formats. They stand here and not with the gateway's own because every verifier, whoever wrote it,
 * has to agree on them: a bound of its own would let two verifiers say two words of one bundle.
 */
export const EVIDENCE_LIMITS = {
  /** Bytes of a signed note. */
  noteBytesMax: 16 * 1024,
  /** Signature lines of a signed note. */
  noteSignaturesMax: 100,
  /** Bytes of a policy file. */
  policyBytesMax: 64 * 1024,
  /** Logs, witnesses and groups of a policy, each. */
  policyNamesMax: 64,
  /** Hashes of an inclusion or consistency proof. */
  proofHashesMax: 63,
  /** Bytes of a proof file, of either format. */
  proofBytesMax: 64 * 1024,
  /** Bytes of a leaf: its length stands in a uint16. */
  leafBytesMax: 65_535,
  /** Bytes of a chunk's header. */
  chunkHeaderBytesMax: 1_024,
  /** Bytes of a chunk's frames before compression. */
  chunkPlaintextBytesMax: 2 * 1024 * 1024,
  /** Bytes of a chunk as an object: its frames never grow by more than this in compression and sealing. */
  chunkObjectBytesMax: 2 * 1024 * 1024 + 64 * 1024,
  /** Bytes of one frame's payload. */
  frameBytesMax: 1024 * 1024,
  /** Seconds a leaf's time may stand before that of the leaf in front of it, or after a witness's. */
  clockToleranceSeconds: 60,
  /** Seconds without any leaf, of which one is due each minute, that are told. */
  silenceSeconds: 300,
} as const;
