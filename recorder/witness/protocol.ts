/** The bodies of c2sp.org/tlog-witness: what a log sends to have a checkpoint cosigned. */
import { EVIDENCE_LIMITS, fromBase64, toBase64 } from '../../evidence/index.ts';

/** Of an answer 409: the size the witness knows. */
export const SIZE_TYPE = 'text/x.tlog.size';

export interface AddCheckpoint {
  /** Size of the tree the proof begins at. */
  readonly old: number;
  readonly proof: readonly Uint8Array[];
  /** The signed note. */
  readonly note: Buffer;
}

export function encodeAddCheckpoint({ old, proof, note }: AddCheckpoint): Buffer {
  const lines = proof.map((hash) => `${toBase64(hash)}\n`).join('');
  return Buffer.concat([Buffer.from(`old ${old}\n${lines}\n`), note]);
}

/** Undefined for anything else, also for a number or a hash written in another way. */
export function parseAddCheckpoint(body: Buffer): AddCheckpoint | undefined {
  const end = body.indexOf('\n\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = body.subarray(0, end).toString('latin1').split('\n');
  const old = parseSize(/^old (.*)$/.exec(first)?.[1] ?? '');
  const proof = lines.map(fromBase64);
  if (old === undefined || proof.length > EVIDENCE_LIMITS.proofHashesMax) return undefined;
  if (!proof.every((hash) => hash?.length === 32)) return undefined;
  return { old, proof: proof.filter((hash) => hash !== undefined), note: body.subarray(end + 2) };
}

/** A decimal number without leading zeros that counts leaves. */
export function parseSize(text: string): number | undefined {
  const size = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : undefined;
  return size !== undefined && Number.isSafeInteger(size) ? size : undefined;
}
