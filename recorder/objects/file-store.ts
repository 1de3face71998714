/** Objects as read-only files: written under a name of their own, synced, renamed, and the directory synced. */
import { basename, dirname, join } from 'node:path';
import { GatewayError, hasErrno, LIMITS } from '../../foundation/index.ts';
import { DirectorySync } from '../directory-sync.ts';
import { unavailable } from '../fault.ts';
import {
  DIRECTORY_MODE,
  type FileSystem,
  openIfThere,
  type OpenFile,
  READ_ONLY_MODE,
  readWhole,
  removeFile,
  sizeOf,
  syncDirectory,
  writeAll,
  writeParts,
} from '../files.ts';
import type { Immutability } from './immutable.ts';
import { isObjectId, objectPath, type ObjectStore, type Protection, type StoredObject } from './store.ts';

/** Files being written; after a crash they are what nobody was told of. */
const UNFINISHED = 'unfinished';

export interface FileObjectsOptions {
  /** `objects/` of the recorder; made when missing, in a directory that exists. */
  readonly directory: string;
  readonly files: FileSystem;
  /** Makes files unchangeable for everybody but root. None by default. */
  readonly immutability?: Immutability;
}

interface ToPut {
  readonly bytes: readonly Uint8Array[];
  readonly pages?: Uint8Array | undefined;
}

/** @throws what the file system said. */
export async function openFileObjects(options: FileObjectsOptions): Promise<FileObjects> {
  const { directory, files } = options;
  await files.mkdir(join(directory, UNFINISHED), { recursive: true, mode: DIRECTORY_MODE });
  await syncDirectory(files, directory);
  await syncDirectory(files, dirname(directory));
  return new FileObjects(options);
}

/** The last page is written whole, and what is behind the object is cut off before anybody is told of it. */
async function writePages(file: OpenFile, pages: Uint8Array, bytes: number): Promise<void> {
  await writeAll(file, pages, 0);
  if (pages.length > bytes) await file.truncate(bytes);
}

function refuse(thrown: unknown): never {
  throw thrown instanceof GatewayError ? thrown : unavailable(thrown);
}

export class FileObjects implements ObjectStore, AsyncDisposable {
  readonly #directory: string;
  readonly #files: FileSystem;
  readonly #immutability: Immutability | undefined;
  readonly #shards = new Map<string, Promise<DirectorySync>>();
  /** Two puts of one id take turns. */
  readonly #running = new Map<string, Promise<void>>();
  /** Until the file system refuses it. */
  #isDirect = true;
  #failed: GatewayError | undefined;
  #isClosing = false;
  #markingAll: Promise<void> | undefined;

  constructor({ directory, files, immutability }: FileObjectsOptions) {
    this.#directory = directory;
    this.#files = files;
    this.#immutability = immutability;
  }

  async put(bytes: readonly Uint8Array[], id: string, pages?: Uint8Array): Promise<void> {
    const path = this.path(id);
    const before = this.#running.get(id) ?? Promise.resolve();
    const putting = before.catch(() => undefined).then(() => this.#put({ bytes, pages }, path));
    this.#running.set(id, putting);
    try {
      await putting;
    } finally {
      if (this.#running.get(id) === putting) this.#running.delete(id);
    }
  }

  async #put(object: ToPut, path: string): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    const shard = await this.#shard(dirname(path)).catch(refuse);
    if (!(await this.#stands(object.bytes, path).catch(refuse))) await this.#write(object, path).catch(refuse);
    await this.#syncNames(shard);
    this.#immutability?.add(path);
  }

  /** Whether these very bytes stand there. @throws `recording_corrupt` when others do: nothing is ever replaced. */
  async #stands(bytes: readonly Uint8Array[], path: string): Promise<boolean> {
    const there = await readWhole(this.#files, path, LIMITS.objectBytesMax);
    if (there === undefined) return false;
    if (there.equals(Buffer.concat(bytes))) return true;
    throw new GatewayError('recording_corrupt', `Other bytes stand in the object ${basename(path)}.`);
  }

  async #write({ bytes, pages }: ToPut, path: string): Promise<void> {
    const unfinished = join(this.#directory, UNFINISHED, basename(path));
    const direct = this.#isDirect ? pages : undefined;
    const file = await this.#create(unfinished, direct === undefined ? 'wx' : 'direct');
    try {
      if (direct === undefined) await writeParts(file, bytes, 0);
      else await writePages(file, direct, sizeOf(bytes));
      await file.datasync(); // The size too.
    } catch (thrown) {
      // Its bytes may be lost though a second sync would say yes: the file is given up, never synced again.
      await file.close().catch(() => undefined);
      await removeFile(this.#files, unfinished).catch(() => undefined);
      if (direct === undefined || !hasErrno(thrown, 'EINVAL')) throw thrown;
      this.#isDirect = false; // Larger sectors, or a file system that takes the flag and does not mean it.
      await this.#write({ bytes }, path);
      return;
    }
    await file.close();
    await this.#files.rename(unfinished, path);
  }

  async #create(unfinished: string, flags: 'wx' | 'direct'): Promise<OpenFile> {
    try {
      return await this.#files.open(unfinished, flags, READ_ONLY_MODE);
    } catch (thrown) {
      if (!hasErrno(thrown, 'EEXIST')) throw thrown;
      await removeFile(this.#files, unfinished); // What a crash left.
      return await this.#files.open(unfinished, flags, READ_ONLY_MODE);
    }
  }

  /** After one sync that failed the next may say yes about names that are lost: the store stores nothing more. */
  async #syncNames(shard: DirectorySync): Promise<void> {
    try {
      await shard.sync();
    } catch (thrown) {
      this.#failed ??= unavailable(thrown);
      throw this.#failed;
    }
  }

  async #shard(path: string): Promise<DirectorySync> {
    const known = this.#shards.get(path);
    if (known !== undefined) return await known;
    const made = this.#openShard(path);
    this.#shards.set(path, made);
    try {
      return await made;
    } catch (thrown) {
      this.#shards.delete(path);
      throw thrown;
    }
  }

  async #openShard(path: string): Promise<DirectorySync> {
    await this.#files.mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
    await syncDirectory(this.#files, this.#directory); // Also when it was there: who made it may have died before.
    return new DirectorySync(this.#files, path);
  }

  async get(id: string): Promise<Buffer | undefined> {
    return await readWhole(this.#files, this.path(id), LIMITS.objectBytesMax).catch(refuse);
  }

  async has(id: string): Promise<boolean> {
    return (await this.size(id)) !== undefined;
  }

  /** Bytes of the object, undefined when there is none. */
  async size(id: string): Promise<number | undefined> {
    const file = await openIfThere(this.#files, this.path(id)).catch(refuse);
    if (file === undefined) return undefined;
    try {
      return (await file.stat().catch(refuse)).size;
    } finally {
      await file.close();
    }
  }

  async *list(): AsyncGenerator<StoredObject> {
    for (const shard of await this.#files.readdir(this.#directory)) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      for (const id of await this.#files.readdir(join(this.#directory, shard))) {
        const bytes = isObjectId(id) && id.startsWith(shard) ? await this.size(id) : undefined;
        if (bytes !== undefined) yield { id, bytes };
      }
    }
  }

  /** Never `prevented`: who is root here takes every flag off a file again. */
  protection(): Promise<Protection> {
    const isImmutable = this.#immutability?.isPermitted === true;
    return Promise.resolve({ mode: 'detected', detail: isImmutable ? 'files_immutable' : 'files_read_only' });
  }

  admit(): Promise<void> {
    return this.#failed === undefined ? Promise.resolve() : Promise.reject(this.#failed);
  }

  /** Takes away a file that stands elsewhere by now, durably when the next object of its directory is. */
  async remove(id: string): Promise<void> {
    await removeFile(this.#files, this.path(id));
  }

  /** Marks in the background what a process that ended could not. */
  markAll(): void {
    this.#markingAll ??= this.#markAll().catch(() => undefined);
  }

  async #markAll(): Promise<void> {
    if (this.#immutability?.isPermitted !== true) return;
    let count = 0;
    for await (const { id } of this.list()) {
      if (this.#isClosing) return;
      this.#immutability.add(this.path(id));
      count += 1;
      if (count % LIMITS.immutableFilesPerCall === 0) await this.#immutability.settled();
    }
  }

  path(id: string): string {
    return join(this.#directory, objectPath(id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true;
    await Promise.allSettled([...this.#running.values(), this.#markingAll]);
    await this.#immutability?.[Symbol.asyncDispose]();
    for (const shard of this.#shards.values()) await (await shard.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}
