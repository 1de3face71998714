/**
 * What the log signed last, kept apart from the log: whoever puts back an older copy of one does not put back the other.
 * Before each signature it must still say what was written last, so that two writers, and a log taken from a backup, are
 * noticed before a second tree of one size is signed.
 *
 * Two slots in one file, written in turn, each one write: a crash in the middle of one leaves the other.
 */
import { dirname } from 'node:path';
import { formatCheckpoint, parseCheckpoint } from '../../evidence/index.ts';
import { GatewayError, invariant, sha256 } from '../../foundation/index.ts';
import { type FileSystem, makeDirectory, type OpenFile, readWhole, replaceFile, writeAll } from '../files.ts';
import { type TreeHead, unlessMalformed } from './note.ts';

/** Apart from each other, so that no page of a disk holds both. */
const SLOT_BYTES = 4_096;
const SLOTS = 2;
const MAGIC = 'sekisho-log-head/1';

export interface HeadFile extends AsyncDisposable {
  readonly head: TreeHead;
  /**
   * @throws {GatewayError} `log_conflict` when it does not hold what was written here last: somebody else signs, or an
   * older file was put back.
   */
  check(): Promise<void>;
  /** Says that the tree up to `next` is signed; durable on return. Call `check` before. */
  advance(next: TreeHead): Promise<void>;
}

export interface HeadPlace {
  readonly files: FileSystem;
  readonly path: string;
  readonly origin: string;
}

/** The head, or undefined when there is no such file. @throws {GatewayError} `start_refused` when it says nothing. */
export async function readHead(place: HeadPlace): Promise<TreeHead | undefined> {
  const bytes = await readWhole(place.files, place.path, SLOT_BYTES * SLOTS);
  if (bytes === undefined) return undefined;
  const slots = [0, 1].map((slot) => decode(bytes.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES), place.origin));
  const newest = slots.reduce((best, head) => (best === undefined || (head?.size ?? -1) > best.size ? head : best));
  if (newest === undefined)
    throw new GatewayError('start_refused', `${place.path} is no head of the log ${place.origin}.`);
  return newest;
}

/** Begins the file for a log that signed nothing else yet. */
export async function createHead(place: HeadPlace, head: TreeHead): Promise<void> {
  const root = dirname(dirname(place.path));
  await makeDirectory(place.files, dirname(place.path), root);
  await replaceFile(place.files, place.path, Buffer.concat([encode(head, place.origin), Buffer.alloc(SLOT_BYTES)]));
}

export async function openHead(place: HeadPlace): Promise<HeadFile> {
  const head = await readHead(place);
  invariant(head, 'the head file is there');
  return new OpenHead(place, head, await place.files.open(place.path, 'durable'));
}

class OpenHead implements HeadFile {
  readonly #place: HeadPlace;
  readonly #file: OpenFile;
  #head: TreeHead;
  #slot = 0;

  constructor(place: HeadPlace, head: TreeHead, file: OpenFile) {
    this.#place = place;
    this.#head = head;
    this.#file = file;
  }

  get head(): TreeHead {
    return this.#head;
  }

  async check(): Promise<void> {
    // By its name and not by our handle: a file put in its place is another one.
    const bytes = await readWhole(this.#place.files, this.#place.path, SLOT_BYTES * SLOTS).catch(() => undefined);
    const expected = encode(this.#head, this.#place.origin);
    const slots = [0, 1].map((slot) => bytes?.subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES));
    const at = slots.findIndex((slot) => slot?.equals(expected) === true);
    const other = slots[1 - at];
    const otherHead = other === undefined ? undefined : decode(other, this.#place.origin);
    if (at === -1 || (otherHead !== undefined && otherHead.size > this.#head.size)) {
      throw new GatewayError(
        'log_conflict',
        `${this.#place.path} does not hold what this process signed last: another writer, or an older copy put back.`,
      );
    }
    this.#slot = 1 - at;
  }

  async advance(next: TreeHead): Promise<void> {
    await writeAll(this.#file, encode(next, this.#place.origin), this.#slot * SLOT_BYTES);
    this.#head = next;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/** magic, origin, size and root, then the SHA-256 of these lines; zeros to the end of the slot. */
function encode(head: TreeHead, origin: string): Buffer {
  const text = `${MAGIC}\n${formatCheckpoint({ origin, ...head })}`;
  const slot = Buffer.alloc(SLOT_BYTES);
  slot.write(`${text}${sha256(text).toString('hex')}\n`);
  return slot;
}

function decode(slot: Buffer, origin: string): TreeHead | undefined {
  const end = slot.indexOf(0);
  const lines = slot.subarray(0, end === -1 ? slot.length : end).toString('utf8');
  const at = lines.length - 65;
  const text = lines.slice(0, Math.max(at, 0));
  if (!text.startsWith(`${MAGIC}\n`) || lines.slice(at) !== `${sha256(text).toString('hex')}\n`) return undefined;
  const named = unlessMalformed(() => parseCheckpoint(text.slice(MAGIC.length + 1)));
  return named?.origin === origin ? { size: named.size, root: named.root } : undefined;
}
