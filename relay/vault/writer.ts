/** A parcel that is being filled: hashed, packed and encrypted as it comes; nothing of it stands on a disk readable. */
import { createHash, randomBytes } from 'node:crypto';
import type {
  ParcelFile,
  ParcelFileWriter,
  ParcelOrigin,
  ParcelTotals,
  ParcelWriter,
  SealedParcel,
  Vault,
} from '../../approvals/index.ts';
import { type Clock, GatewayError, LIMITS, sha256 } from '../../foundation/index.ts';
import { wrapKey } from '../../recorder/index.ts';
import { Packing } from './packing.ts';
import { type Extent, type Manifest, MANIFEST_NAME, PARCEL_FORMAT, PARCEL_KEY_BYTES, sealPiece } from './pieces.ts';
import { KEY_NAME, type PieceStore } from './store.ts';

export interface VaultOptions {
  readonly store: PieceStore;
  readonly clock: Clock;
  /** Age recipients of every parcel's key: the relay's own and the escrow's. At least one. */
  readonly recipients: readonly string[];
}

/** Whoever fills a parcel by it cannot open any: it holds recipients, no identity. */
export function sealedVault(options: VaultOptions): Vault {
  return {
    begin: (origin) => Promise.resolve(new FillingParcel(options, origin)),
    discard: (id) => options.store.remove(id),
  };
}

class FillingParcel implements ParcelWriter {
  readonly #options: VaultOptions;
  readonly #origin: ParcelOrigin;
  readonly #key = randomBytes(PARCEL_KEY_BYTES);
  readonly #packing: Packing;
  readonly #files: FillingFile[] = [];
  #isEnded = false;
  /** Writes of several files take turns. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: VaultOptions, origin: ParcelOrigin) {
    this.#options = options;
    this.#origin = origin;
    this.#packing = new Packing({ store: options.store, key: this.#key, parcel: origin.id });
  }

  file(path: string): Promise<ParcelFileWriter> {
    if (this.#isEnded || this.#files.length >= LIMITS.parcelFilesMax) return Promise.reject(ended());
    const file = new FillingFile(path, (bytes, extents) => this.#append(bytes, extents));
    this.#files.push(file);
    return Promise.resolve(file);
  }

  async commit(totals: ParcelTotals): Promise<SealedParcel> {
    this.#end();
    try {
      for (const file of this.#files) await file.end();
      await this.#packing.finish();
      return await this.#seal(totals);
    } catch (thrown) {
      await this.#packing.settled();
      await this.#options.store.remove(this.#origin.id).catch(() => undefined); // The next start removes it.
      throw thrown;
    } finally {
      this.#key.fill(0);
    }
  }

  async abort(): Promise<void> {
    this.#end();
    for (const file of this.#files) file.close();
    await this.#turn.catch(() => undefined);
    await this.#packing.settled();
    this.#key.fill(0);
    await this.#options.store.remove(this.#origin.id);
  }

  async #seal(totals: ParcelTotals): Promise<SealedParcel> {
    const { clock, recipients, store } = this.#options;
    const { id, number, ticket, ticketNumber, session } = this.#origin;
    const manifest: Manifest = {
      ...{ format: PARCEL_FORMAT, id, number, ticket, ticketNumber, session: session ?? null },
      ...{ sealedAt: clock.now().toISOString(), ...totals, pieces: this.#packing.pieces },
      files: this.#files.map((file) => ({ ...file.facts(), extents: file.extents })),
    };
    const bytes = Buffer.from(`${JSON.stringify(manifest)}\n`);
    const sealed = sealPiece({ key: this.#key, parcel: id, name: MANIFEST_NAME }, bytes);
    // As the reader counts it: a manifest that nobody could read again would lose the parcel.
    if (sealed.length > LIMITS.parcelManifestBytesMax) throw new GatewayError('vault_unavailable');
    await store.put(id, MANIFEST_NAME, sealed);
    await store.put(id, KEY_NAME, await wrapKey(this.#key, recipients));
    await store.settle(id);
    return { files: this.#files.map((file) => file.facts()), manifestSha256: sha256(bytes) };
  }

  async #append(bytes: Uint8Array, extents: Extent[]): Promise<void> {
    const turn = this.#turn.then(() => this.#packing.append(bytes, extents));
    this.#turn = turn.catch(() => undefined);
    await turn;
  }

  #end(): void {
    if (this.#isEnded) throw ended();
    this.#isEnded = true;
  }
}

/** Two streams that take turns in small writes must not leave an extent for each of them. */
const GATHERED_BYTES = 64 * 1024;

class FillingFile implements ParcelFileWriter {
  readonly extents: Extent[] = [];
  readonly #path: string;
  readonly #append: (bytes: Uint8Array, extents: Extent[]) => Promise<void>;
  readonly #hash = createHash('sha256');
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #bytes = 0;
  #isOpen = true;

  constructor(path: string, append: (bytes: Uint8Array, extents: Extent[]) => Promise<void>) {
    this.#path = path;
    this.#append = append;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#isOpen) throw ended();
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.#gathered.push(Buffer.from(bytes));
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= GATHERED_BYTES) await this.#flush();
  }

  async end(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#flush();
  }

  close(): void {
    this.#isOpen = false;
    this.#gathered = [];
  }

  facts(): ParcelFile {
    return { path: this.#path, bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    await this.#append(bytes, this.extents);
  }
}

function ended(): GatewayError {
  return new GatewayError('vault_unavailable', 'The parcel has ended.');
}
