/** Where the pieces of parcels lie: encrypted before they come here, removable, nothing in a name but numbers. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GatewayError, hasErrno, LIMITS } from '../../foundation/index.ts';

/** @throws {GatewayError} `vault_unavailable` from each call that the storage does not answer as it should. */
export interface PieceStore {
  /** Durable when it resolves; nothing is ever replaced. */
  put(parcel: string, name: string, bytes: Uint8Array): Promise<void>;
  /** All pieces that were put are found after a power cut when it resolves. */
  settle(parcel: string): Promise<void>;
  get(parcel: string, name: string): Promise<Buffer | undefined>;
  /** The key first, then everything else: whoever stops it half-way leaves nothing that opens. */
  remove(parcel: string): Promise<void>;
}

export const KEY_NAME = 'key.age';

const PARCEL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Begins with a letter or a digit: `.` and `..` are directories, and no piece. */
const NAME = /^[0-9a-z][0-9a-z.]{0,31}$/;
const OWN_DIRECTORY = 0o700;
const OWN_FILE = 0o600;

/** One directory a parcel below `directory`. */
export function filePieces(directory: string): PieceStore {
  // Stops an id or a name from a database row or a manifest that climbs out of the directory.
  const placeOf = (parcel: string, name?: string): string => {
    if (!PARCEL_ID.test(parcel) || (name !== undefined && !NAME.test(name)))
      throw new GatewayError('vault_unavailable');
    return name === undefined ? join(directory, parcel) : join(directory, parcel, name);
  };
  return {
    put: (parcel, name, bytes) => storing(() => write(placeOf(parcel, name), bytes)),
    settle: (parcel) =>
      storing(async () => {
        await syncDirectory(placeOf(parcel));
        await syncDirectory(directory);
      }),
    get: (parcel, name) => storing(() => read(placeOf(parcel, name))),
    remove: (parcel) =>
      storing(async () => {
        const place = placeOf(parcel);
        await rm(join(place, KEY_NAME), { force: true });
        await syncDirectory(place).catch(ignoreAbsence);
        await rm(place, { recursive: true, force: true });
        await rm(`${place}.open`, { recursive: true, force: true }); // Of the first version of the vault.
        await syncDirectory(directory).catch(ignoreAbsence);
      }),
  };
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await openMaking(unfinished);
  try {
    for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

async function openMaking(path: string) {
  try {
    return await open(path, 'wx', OWN_FILE);
  } catch (thrown) {
    if (!hasErrno(thrown, 'ENOENT')) throw thrown;
    await mkdir(dirname(path), { recursive: true, mode: OWN_DIRECTORY });
    return await open(path, 'wx', OWN_FILE);
  }
}

async function read(path: string): Promise<Buffer | undefined> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > LIMITS.parcelManifestBytesMax) throw new GatewayError('vault_unavailable');
    return bytes;
  } catch (thrown) {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}

function ignoreAbsence(thrown: unknown): void {
  if (!hasErrno(thrown, 'ENOENT')) throw thrown;
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
