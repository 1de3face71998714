/** What a signed-in system sees: parcels to take, tickets to put for, a place for receipts. Nothing else is there. */
import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2';
import { asError, GatewayError, hasCode, LIMITS } from '../../foundation/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { RelayIdentity } from '../identities/queries.ts';
import { filesOf, findParcelId } from '../journey/queries.ts';
import { breakPickup, claimParcel, handoverOf } from '../pickup/claim.ts';
import { offeredTo } from '../pickup/queries.ts';
import { Taking } from '../pickup/taking.ts';
import { beginPut, type Put, type PutDeps } from '../put/put.ts';
import { expectedOf } from '../put/queries.ts';
import { type NamedFile, takeReceipt } from '../receipt/receipt.ts';
import { openParcel, type ReaderOptions } from '../vault/reader.ts';
import { isPlainName, namesFor, type Place, placeOf } from './names.ts';

export interface RelayFilesDeps extends PutDeps, ReaderOptions {}

export interface Caller {
  readonly identity: RelayIdentity;
  readonly connection: string;
  readonly sourceAddress: string;
}

const { OPEN_MODE } = ssh2.utils.sftp;
const WRITES = OPEN_MODE.WRITE | OPEN_MODE.APPEND;
const DIRECTORY_MODE = 0o040700;
const FILE_MODE = 0o100600;
const RECEIPT_BYTES_MAX = 16 * 1024;

export type Handle =
  | { readonly kind: 'list'; entries: FileEntry[] | undefined }
  | { readonly kind: 'take'; readonly taking: Taking; readonly at: number; readonly bytes: number }
  | { readonly kind: 'put'; readonly put: Put }
  | { readonly kind: 'receipt'; readonly parcel: number; parts: Buffer[]; bytes: number };

/** Refused, and why: the client is told that it may not, the event says more. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Nothing is there, or nothing of theirs: the answer is the same. */
export class Absent extends Error {
  override readonly name = 'Absent';
}

export class RelayFiles {
  readonly #deps: RelayFilesDeps;
  readonly #caller: Caller;
  readonly #takings = new Map<number, Taking>();
  readonly #puts = new Set<Put>();

  constructor(deps: RelayFilesDeps, caller: Caller) {
    this.#deps = deps;
    this.#caller = caller;
  }

  async stat(path: string): Promise<Attributes> {
    const place = placeOf(path);
    if (place === undefined) throw new Absent();
    if (place.kind === 'directory') return attributesOf(DIRECTORY_MODE, 0);
    if (place.kind === 'ticket') {
      if ((await this.#expected()).includes(place.ticket)) return attributesOf(DIRECTORY_MODE, 0);
    } else if (place.kind === 'parcel' || place.kind === 'parcel_file') {
      const files = await this.#filesOf(place.parcel);
      if (place.kind === 'parcel' && files !== undefined) return attributesOf(DIRECTORY_MODE, 0);
      const file = files?.find(({ name }) => place.kind === 'parcel_file' && name === place.name);
      if (file !== undefined) return attributesOf(FILE_MODE, file.bytes);
      if (files === undefined && place.kind === 'parcel_file') await this.#tellRefused(place.parcel);
    }
    throw new Absent();
  }

  async list(path: string): Promise<Handle> {
    return { kind: 'list', entries: await this.#entries(placeOf(path)) };
  }

  async open(path: string, flags: number): Promise<Handle> {
    const place = placeOf(path);
    if (place === undefined) throw await this.#refused('path', path);
    const isWrite = (flags & WRITES) !== 0;
    if (!isWrite && place.kind === 'parcel_file') return this.#take(place.parcel, place.name);
    if (isWrite && place.kind === 'put_file') return this.#put(place.ticket, place.name, flags);
    if (isWrite && place.kind === 'receipt') return { kind: 'receipt', parcel: place.parcel, parts: [], bytes: 0 };
    if (isWrite) throw await this.#refused('write', path);
    throw new Absent();
  }

  async read(handle: Handle, offset: number, length: number): Promise<Buffer> {
    if (handle.kind !== 'take') throw new Refused();
    return handle.taking.read(handle.at, offset, length);
  }

  async write(handle: Handle, offset: number, bytes: Buffer): Promise<void> {
    if (handle.kind === 'put') {
      // A file with a hole in it, or written over, is not the file that was sent.
      if (offset !== handle.put.bytes) throw await this.#refused('offset', String(offset));
      await handle.put.write(bytes);
      return;
    }
    if (handle.kind !== 'receipt' || offset !== handle.bytes || offset + bytes.length > RECEIPT_BYTES_MAX) {
      throw new Refused();
    }
    handle.parts.push(Buffer.from(bytes));
    handle.bytes += bytes.length;
  }

  /** A put is whole, and a receipt is kept, when it resolves. */
  async close(handle: Handle): Promise<void> {
    if (handle.kind === 'put') {
      this.#puts.delete(handle.put);
      await handle.put.seal();
    }
    if (handle.kind !== 'receipt') return;
    const files = (await this.#namedFiles(handle.parcel)) ?? [];
    const armoured = Buffer.concat(handle.parts).toString('latin1');
    const given = { parcel: handle.parcel, files, armoured };
    if (!(await takeReceipt(this.#deps, this.#caller.identity, given))) throw new Refused();
  }

  /** The connection is over: what is not whole is given up. */
  async end(): Promise<void> {
    const ends = [...this.#puts].map((put) => put.drop());
    for (const taking of this.#takings.values()) ends.push(taking.end());
    for (const ended of await Promise.allSettled(ends)) {
      if (ended.status === 'fulfilled') continue;
      const err = asError(ended.reason);
      this.#deps.log.warn({ event: 'relay.end_not_told', err }, 'what broke off is ended by the next round');
    }
  }

  /** Tells of a request that is refused. */
  async refuse(kind: string, detail: string): Promise<void> {
    const { connection, identity } = this.#caller;
    const body = { connection, identity: identity.name, kind, detail: detail.slice(0, 1_000) };
    await appendAuditEvent(this.#deps.database, this.#deps.clock, { type: 'relay.refused', actor: null, body });
  }

  async #refused(kind: string, detail: string): Promise<Refused> {
    await this.refuse(kind, detail);
    return new Refused();
  }

  async #take(number: number, name: string): Promise<Handle> {
    const taking = this.#takings.get(number) ?? (await this.#claim(number));
    const { files } = taking.parcel.manifest;
    const at = namesFor(files.map(({ path }) => path)).indexOf(name);
    const file = files[at];
    if (file === undefined) throw new Absent();
    await taking.opened();
    return { kind: 'take', taking, at, bytes: file.bytes };
  }

  async #claim(parcel: number): Promise<Taking> {
    const { identity, sourceAddress } = this.#caller;
    const claim = await claimParcel(this.#deps, identity, { parcel, sourceAddress });
    if (claim === 'unknown' || claim === 'no_ticket') throw new Absent();
    if (typeof claim === 'string') throw new Refused(claim);
    const { id, manifestSha256 } = claim.journey;
    const opened = await openParcel(this.#deps, { id, manifestSha256 });
    const taking = new Taking(this.#deps, handoverOf(this.#deps, claim), opened);
    this.#takings.set(parcel, taking);
    return taking;
  }

  /** Clients look before they open: who comes for a parcel that is not there for them is in the events too. */
  async #tellRefused(parcel: number): Promise<void> {
    const { identity, sourceAddress } = this.#caller;
    const claim = await claimParcel(this.#deps, identity, { parcel, sourceAddress });
    if (typeof claim !== 'string') await breakPickup(this.#deps, claim); // It was released this very moment.
  }

  async #put(ticket: number, name: string, flags: number): Promise<Handle> {
    if (!isPlainName(name)) throw await this.#refused('name', name);
    if ((flags & OPEN_MODE.APPEND) !== 0) throw await this.#refused('append', name);
    const { identity, sourceAddress } = this.#caller;
    try {
      const put = await beginPut(this.#deps, identity, { ticket, name, sourceAddress });
      this.#puts.add(put);
      return { kind: 'put', put };
    } catch (thrown) {
      if (hasCode(thrown, 'ticket_unusable')) throw await this.#refused('ticket', `T-${ticket}`);
      throw thrown;
    }
  }

  async #entries(place: Place | undefined): Promise<FileEntry[]> {
    if (place?.kind === 'parcel') {
      const files = await this.#filesOf(place.parcel);
      if (files === undefined) throw new Absent();
      return files.map(({ name, bytes }) => entry(name, FILE_MODE, bytes));
    }
    if (place?.kind === 'ticket' && (await this.#expected()).includes(place.ticket)) return [];
    if (place?.kind !== 'directory') throw new Absent();
    if (place.of === 'root') return ['pickup', 'put', 'receipts'].map((name) => entry(name, DIRECTORY_MODE, 0));
    if (place.of === 'pickup')
      return (await this.#offered()).map(({ number }) => entry(`P-${number}`, DIRECTORY_MODE, 0));
    if (place.of === 'put') return (await this.#expected()).map((number) => entry(`T-${number}`, DIRECTORY_MODE, 0));
    return [];
  }

  #offered() {
    const { clock, database } = this.#deps;
    return offeredTo(database, { system: this.#caller.identity.system, now: clock.now(), limit: LIMITS.pageRowsMax });
  }

  #expected(): Promise<number[]> {
    return expectedOf(this.#deps.database, this.#caller.identity.system, this.#deps.clock.now());
  }

  /** Of a parcel that is offered, or that this very connection takes. */
  async #filesOf(number: number): Promise<(NamedFile & { readonly bytes: number })[] | undefined> {
    const isTaken = this.#takings.has(number);
    if (!isTaken && !(await this.#offered()).some((offered) => offered.number === number)) return undefined;
    return this.#namedFiles(number);
  }

  async #namedFiles(number: number): Promise<(NamedFile & { readonly bytes: number })[] | undefined> {
    const { database } = this.#deps;
    const id = await findParcelId(database, number);
    if (id === undefined) return undefined;
    const files = await filesOf(database, id, LIMITS.parcelFilesMax);
    const names = namesFor(files.map(({ path }) => path));
    return files.map(({ bytes, sha256 }, at) => ({ name: names[at] ?? '', bytes, sha256 }));
  }
}

function attributesOf(mode: number, size: number): Attributes {
  return { mode, uid: 0, gid: 0, size, atime: 0, mtime: 0 };
}

function entry(filename: string, mode: number, size: number): FileEntry {
  const isDirectory = mode === DIRECTORY_MODE;
  const longname = `${isDirectory ? 'drwx------' : '-rw-------'} 1 relay relay ${size} Jan  1 00:00 ${filename}`;
  return { filename, longname, attrs: attributesOf(mode, size) };
}

/** What an SFTP status says of a failure. */
export function statusOf(thrown: unknown): number {
  const { STATUS_CODE } = ssh2.utils.sftp;
  if (thrown instanceof Absent) return STATUS_CODE.NO_SUCH_FILE;
  if (thrown instanceof Refused) return STATUS_CODE.PERMISSION_DENIED;
  return thrown instanceof GatewayError && thrown.code === 'parcel_unavailable'
    ? STATUS_CODE.PERMISSION_DENIED
    : STATUS_CODE.FAILURE;
}

export type { SFTPWrapper };
