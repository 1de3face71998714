/**
 * The pieces of a parcel (docs/formats/parcel-v1.md): each encrypted under a key of its own, made from the parcel's key
 * and from what the piece is, so that none can stand in the place of another.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';

export const PARCEL_FORMAT = 'sekisho-parcel/1';
export const PARCEL_KEY_BYTES = 32;
/** Bytes of contents in one piece; the last one holds fewer. */
export const PIECE_BYTES = 4 * 1024 * 1024;
export const MANIFEST_NAME = 'manifest';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function pieceName(number: number): string {
  return `${String(number).padStart(6, '0')}.piece`;
}

export interface PieceOf {
  /** 32 bytes. */
  readonly key: Uint8Array;
  readonly parcel: string;
  readonly name: string;
}

/** AES-256-GCM (SP 800-38D): what is encrypted, then the tag of 16 bytes. */
export function sealPiece(of: PieceOf, bytes: Uint8Array): Buffer {
  const { key, nonce } = deriveKey(of);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @throws {GatewayError} `vault_unavailable` when it is not what was sealed so. */
export function openPiece(of: PieceOf, sealed: Uint8Array): Buffer {
  if (sealed.length < TAG_BYTES) throw new GatewayError('vault_unavailable', 'A piece of the parcel is damaged.');
  const { key, nonce } = deriveKey(of);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new GatewayError('vault_unavailable', 'A piece of the parcel is damaged.', { cause });
  }
}

function deriveKey({ key, parcel, name }: PieceOf): { readonly key: Buffer; readonly nonce: Buffer } {
  const info = `sekisho/parcel/v1|${parcel}|${name}`;
  const both = Buffer.from(hkdfSync('sha512', key, '', info, PARCEL_KEY_BYTES + NONCE_BYTES));
  return { key: both.subarray(0, PARCEL_KEY_BYTES), nonce: both.subarray(PARCEL_KEY_BYTES) };
}

const natural = z.number().int().min(0);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** Piece, place in it, length. */
const Extent = z.tuple([natural, natural, natural]);
export type Extent = z.output<typeof Extent>;

export const ManifestSchema = z.strictObject({
  format: z.literal(PARCEL_FORMAT),
  id: z.uuid(),
  number: natural,
  ticket: z.uuid(),
  ticketNumber: natural,
  /** Null: a system put it. */
  session: z.uuid().nullable(),
  sealedAt: z.iso.datetime(),
  rows: natural.nullable(),
  bytes: natural,
  sha256: digest,
  pieces: natural,
  files: z.array(z.strictObject({ path: z.string(), bytes: natural, sha256: digest, extents: z.array(Extent) })),
});
export type Manifest = z.output<typeof ManifestSchema>;
