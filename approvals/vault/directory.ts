/**
 * The vault as a directory: one directory a parcel, its files under numbers, and a manifest (docs/formats/vault-v1.md).
 * Nothing in it is named by a target or a person, so no name can lead out of it.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, GatewayError, LIMITS, sha256 } from '../../foundation/index.ts';
import type {
  ParcelFile,
  ParcelFileWriter,
  ParcelOrigin,
  ParcelTotals,
  ParcelWriter,
  SealedParcel,
  Vault,
} from './model.ts';

const FORMAT = 'sekisho-vault/1';
const PARCEL_ID = /^[0-9a-f-]{36}$/;
const OWN_DIRECTORY = 0o700;
const OWN_FILE = 0o600;

/** `directory` is made when the first parcel begins. */
export function directoryVault({ directory, clock }: { directory: string; clock: Clock }): Vault {
  const placeOf = (id: string): string => {
    if (!PARCEL_ID.test(id)) throw new GatewayError('vault_unavailable');
    return join(directory, id);
  };
  return {
    begin: (origin) =>
      storing(async () => {
        await mkdir(directory, { recursive: true, mode: OWN_DIRECTORY });
        const place = placeOf(origin.id);
        await mkdir(`${place}.open`, { mode: OWN_DIRECTORY });
        return new DirectoryParcel({ place, directory, clock, origin });
      }),
    discard: (id) =>
      storing(async () => {
        await rm(`${placeOf(id)}.open`, { recursive: true, force: true });
        await rm(placeOf(id), { recursive: true, force: true });
      }),
  };
}

interface Place {
  readonly place: string;
  readonly directory: string;
  readonly clock: Clock;
  readonly origin: ParcelOrigin;
}

class DirectoryParcel implements ParcelWriter {
  readonly #at: Place;
  readonly #open: string;
  readonly #files: DirectoryFile[] = [];
  #isEnded = false;

  constructor(at: Place) {
    this.#at = at;
    this.#open = `${at.place}.open`;
  }

  file(path: string): Promise<ParcelFileWriter> {
    return storing(async () => {
      if (this.#isEnded || this.#files.length >= LIMITS.parcelFilesMax) throw new GatewayError('vault_unavailable');
      const file = new DirectoryFile(path);
      this.#files.push(file);
      await file.open(join(this.#open, nameOf(this.#files.length)));
      return file;
    });
  }

  commit(totals: ParcelTotals): Promise<SealedParcel> {
    return storing(async () => {
      this.#end();
      for (const file of this.#files) await file.end();
      const files = this.#files.map((file) => file.facts());
      const { directory, place, clock, origin } = this.#at;
      const manifest = manifestOf({ origin, totals, files, sealedAt: clock.now() });
      const handle = await open(join(this.#open, 'manifest.json'), 'wx', OWN_FILE);
      try {
        await handle.writeFile(manifest);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncDirectory(this.#open);
      await rename(this.#open, place);
      await syncDirectory(directory);
      return { files, manifestSha256: sha256(manifest) };
    });
  }

  abort(): Promise<void> {
    return storing(async () => {
      this.#end();
      for (const file of this.#files) await file.close();
      await rm(this.#open, { recursive: true, force: true });
    });
  }

  #end(): void {
    if (this.#isEnded) throw new GatewayError('vault_unavailable', 'The parcel has ended.');
    this.#isEnded = true;
  }
}

class DirectoryFile implements ParcelFileWriter {
  readonly #path: string;
  readonly #hash = createHash('sha256');
  #handle: FileHandle | undefined;
  #writing: Promise<void> = Promise.resolve();
  #bytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async open(place: string): Promise<void> {
    this.#handle = await open(place, 'wx', OWN_FILE);
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.#writing = this.#writing.then(() => storing(() => this.#store(bytes)));
    return this.#writing;
  }

  async #store(bytes: Uint8Array): Promise<void> {
    const handle = this.#handle;
    if (handle === undefined) throw new GatewayError('vault_unavailable', 'The file has ended.');
    for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
  }

  end(): Promise<void> {
    return storing(async () => {
      await this.#writing;
      await this.#handle?.sync();
      await this.close();
    });
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await this.#writing.catch(() => undefined); // What it failed with was told to whoever wrote.
    await handle?.close();
  }

  facts(): ParcelFile {
    return { path: this.#path, bytes: this.#bytes, sha256: this.#hash.copy().digest('hex') };
  }
}

function nameOf(number: number): string {
  return String(number).padStart(6, '0');
}

function manifestOf(parcel: {
  readonly origin: ParcelOrigin;
  readonly totals: ParcelTotals;
  readonly files: readonly ParcelFile[];
  readonly sealedAt: Date;
}): Buffer {
  const { origin, totals, files, sealedAt } = parcel;
  const { id, number, ticket, ticketNumber, session } = origin;
  const told = files.map((file, at) => ({ name: nameOf(at + 1), ...file }));
  const manifest = { format: FORMAT, id, number, ticket, ticketNumber, session, sealedAt, ...totals, files: told };
  return Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The operating system's own words stay in the log: they name places of the gateway. */
async function storing<Result>(act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError('vault_unavailable', undefined, { cause });
  }
}
