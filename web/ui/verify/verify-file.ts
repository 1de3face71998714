/** Checks a bundle on this computer: nothing of it, and nothing about it, leaves the browser. */
import { type BundleReport, damagedBundle, type Progress, verifyBundle } from '../../../evidence/index.ts';
import { browserCrypto } from './crypto.ts';
import { DamagedBundle, openBundleFile } from './zip.ts';

export interface VerifyFileOptions {
  readonly bundle: Blob;
  /** The verifier's own policy file; without it the best verdict is VERIFIED-UNWITNESSED. */
  readonly policy: Blob | undefined;
  /** Signed checkpoints that he has from elsewhere. */
  readonly held?: readonly Blob[];
  readonly onProgress?: (progress: Progress) => void;
}

/** @throws {EvidenceError} when what the verifier himself brought cannot be used. */
export async function verifyFile({ bundle, policy, held = [], onProgress }: VerifyFileOptions): Promise<BundleReport> {
  try {
    return await verifyBundle({
      source: await openBundleFile(bundle),
      crypto: browserCrypto,
      policy: policy === undefined ? undefined : await bytesOf(policy),
      held: await Promise.all(held.map(bytesOf)),
      onProgress,
    });
  } catch (thrown) {
    if (thrown instanceof DamagedBundle) return damagedBundle(thrown.message);
    throw thrown;
  }
}

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer());
}
