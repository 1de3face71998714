/** What this room needs of cryptography. It is handed in: Node and browsers have different ways to it. */

export interface Hashing {
  /** SHA-256 (FIPS 180-4) over the parts one after the other; 32 bytes. */
  sha256(...parts: readonly Uint8Array[]): Uint8Array;
}

export interface Verifying extends Hashing {
  /**
   * Ed25519 (RFC 8032 §5.1.7), without the cofactor, R compared as bytes. Use `verifySignature`, which refuses keys
   * that any signature fits.
   */
  verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** Whoever signs notes: a log or a witness. */
export interface Signer {
  /** The key's name: of a log, its origin. */
  readonly name: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519; 64 bytes. */
  sign(message: Uint8Array): Uint8Array;
}
