/** A sealed parcel, read: only with an identity that its key is wrapped to, and only while it is what was sealed. */
import { GatewayError, LIMITS, sha256 } from '../../foundation/index.ts';
import { unwrapKey } from '../../recorder/index.ts';
import { type Manifest, MANIFEST_NAME, ManifestSchema, openPiece, PARCEL_KEY_BYTES, pieceName } from './pieces.ts';
import { KEY_NAME, type PieceStore } from './store.ts';

export interface ReaderOptions {
  readonly store: PieceStore;
  /** `AGE-SECRET-KEY-1…`. */
  readonly identities: readonly string[];
}

export interface OpenParcel extends Disposable {
  readonly manifest: Manifest;
  /** At most `length` bytes of file `at` (from 0) from `offset` on; empty at its end. */
  read(at: number, offset: number, length: number): Promise<Buffer>;
  /** All of it, piece by piece. */
  stream(at: number): AsyncGenerator<Buffer>;
}

/**
 * @param manifestSha256 as the database has it: a manifest that was exchanged in the store is not believed.
 * @throws {GatewayError} `vault_unavailable` when it is not there whole, or no identity opens it.
 */
export async function openParcel(
  { store, identities }: ReaderOptions,
  { id, manifestSha256 }: { readonly id: string; readonly manifestSha256: Uint8Array },
): Promise<OpenParcel> {
  const wrapped = await store.get(id, KEY_NAME);
  const key = wrapped === undefined ? undefined : await unwrapKey(wrapped, identities);
  if (key?.length !== PARCEL_KEY_BYTES) throw damaged();
  const sealed = await store.get(id, MANIFEST_NAME);
  if (sealed === undefined) throw damaged();
  const bytes = openPiece({ key, parcel: id, name: MANIFEST_NAME }, sealed);
  if (!sha256(bytes).equals(manifestSha256)) throw damaged();
  const manifest = ManifestSchema.parse(JSON.parse(bytes.toString('utf8')));
  return new SealedContents({ store, key, manifest });
}

class SealedContents implements OpenParcel {
  readonly manifest: Manifest;
  readonly #store: PieceStore;
  readonly #key: Buffer;
  /** The last pieces that were asked for: readers ask for small parts in order. */
  readonly #pieces = new Map<number, Promise<Buffer>>();

  constructor({ store, key, manifest }: { store: PieceStore; key: Buffer; manifest: Manifest }) {
    this.#store = store;
    this.#key = key;
    this.manifest = manifest;
  }

  async read(at: number, offset: number, length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let [skip, wanted] = [offset, length];
    for (const [piece, start, size] of this.manifest.files[at]?.extents ?? []) {
      if (wanted <= 0) break;
      if (skip >= size) {
        skip -= size;
        continue;
      }
      const bytes = await this.#piece(piece);
      const part = bytes.subarray(start + skip, start + Math.min(size, skip + wanted));
      if (part.length === 0) throw damaged();
      parts.push(part);
      wanted -= part.length;
      skip = 0;
    }
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  async *stream(at: number): AsyncGenerator<Buffer> {
    for (const [piece, start, size] of this.manifest.files[at]?.extents ?? []) {
      const part = (await this.#piece(piece)).subarray(start, start + size);
      if (part.length !== size) throw damaged();
      yield part;
    }
  }

  [Symbol.dispose](): void {
    this.#key.fill(0);
    this.#pieces.clear();
  }

  #piece(number: number): Promise<Buffer> {
    const known = this.#pieces.get(number);
    if (known !== undefined) return known;
    const loading = this.#load(number);
    this.#pieces.set(number, loading);
    loading.catch(() => this.#pieces.delete(number));
    for (const old of this.#pieces.keys()) {
      if (this.#pieces.size <= LIMITS.parcelPiecesKept) break;
      this.#pieces.delete(old);
    }
    return loading;
  }

  async #load(number: number): Promise<Buffer> {
    const parcel = this.manifest.id;
    const name = pieceName(number);
    const sealed = await this.#store.get(parcel, name);
    if (sealed === undefined) throw damaged();
    return openPiece({ key: this.#key, parcel, name }, sealed);
  }
}

function damaged(): GatewayError {
  return new GatewayError('vault_unavailable', 'The parcel is not whole in the vault, or its key is not held here.');
}
