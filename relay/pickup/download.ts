/**
 * Whoever asked for an export takes it out of the vault over the console, where the ticket says so: themselves, once, by
 * two steps. The first is decided and leaves an event; the second carries the bytes and works for one answer alone, so
 * that a link that was copied, or asked for twice, is worth nothing.
 */
import { type Clock, GatewayError, LIMITS, newUuid, type Transaction } from '../../foundation/index.ts';
import type { PersonId, Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { about, type JourneyDeps, moveParcel, requireJourney } from '../journey/move.ts';
import { filesOf, findParcelId, type Journey } from '../journey/queries.ts';
import { namesFor } from '../sftp/names.ts';
import { openParcel, type ReaderOptions } from '../vault/reader.ts';
import { leaseFrom, takeOver } from './claim.ts';
import { downloadOf, endPickup, insertDownload, openDownloadRow } from './queries.ts';
import type { Handover } from './handover.ts';
import { Taking } from './taking.ts';

export interface DownloadDeps extends JourneyDeps, ReaderOptions {}

export interface DownloadAsked {
  /** P-number. */
  readonly parcel: number;
  readonly sourceAddress: string;
}

type Refusal = 'taken' | 'not_released' | 'locked' | 'expired' | 'in_progress' | 'too_many_tries';

/**
 * @returns the id of the attempt, by which it is opened once.
 * @throws {GatewayError} `not_found` for everybody whom the ticket does not name, `parcel_unavailable`; both are events.
 */
export async function beginDownload(
  { database, clock }: JourneyDeps,
  { person }: Principal,
  asked: DownloadAsked,
): Promise<string> {
  const id = await findParcelId(database, asked.parcel);
  if (id === undefined) throw new GatewayError('not_found');
  const begun = await database.inTransaction((tx) => tryBegin(tx, clock, { ...asked, id, person: person.id }));
  if (begun.refusal === undefined) return begun.id;
  throw new GatewayError(begun.refusal === 'not_theirs' ? 'not_found' : 'parcel_unavailable');
}

interface Trying extends DownloadAsked {
  readonly id: string;
  readonly person: PersonId;
}

type Begun = { readonly refusal: undefined; readonly id: string } | { readonly refusal: Refusal | 'not_theirs' };

async function tryBegin(tx: Transaction, clock: Clock, { id, parcel, person, sourceAddress }: Trying): Promise<Begun> {
  const journey = await requireJourney(tx, id);
  const now = clock.now();
  const named = await downloadOf(tx, journey.ticket);
  const isTheirs = named.isForPage && named.requester === person;
  const refusal = isTheirs ? await refusalOf(tx, clock, journey, named.locked) : 'not_theirs';
  if (refusal !== undefined) {
    const body = { parcel, sourceAddress, reason: refusal };
    await appendAuditEvent(tx, clock, { type: 'parcel.download_refused', ...about(journey, person), body });
    return { refusal };
  }
  const download = newUuid(now);
  const from = { ticket: journey.ticket, person, sourceAddress };
  await insertDownload(tx, { id: download, parcel: id, ...from, now, leaseUntil: leaseFrom(now) });
  const told = { type: 'parcel.download_begun', ...about(journey, person), body: { parcel, sourceAddress } } as const;
  await appendAuditEvent(tx, clock, told);
  return { refusal: undefined, id: download };
}

async function refusalOf(
  tx: Transaction,
  clock: Clock,
  journey: Journey,
  isLocked: boolean,
): Promise<Refusal | undefined> {
  if (['picked_up', 'destroyed'].includes(journey.state)) return 'taken';
  if (journey.state !== 'released' || journey.manifestSha256 === null) return 'not_released';
  if (journey.keepUntil <= clock.now()) return 'expired';
  return isLocked ? 'locked' : takeOver(tx, clock, journey);
}

export interface Download extends AsyncDisposable {
  /** Their names are plain, each its own; in the order of the parcel. */
  readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  readonly sealedAt: Date;
  /** All of one file; the last bytes of the last file come when the parcel counts as taken. One at a time. */
  stream(at: number): AsyncGenerator<Buffer>;
}

/**
 * Closed: what was not given whole may be begun again.
 * @throws {GatewayError} `not_found` when it is not theirs, was opened before, or its time is over; `vault_unavailable`.
 */
export async function openDownload(
  deps: DownloadDeps,
  { person }: Principal,
  asked: DownloadAsked & { readonly id: string },
): Promise<Download> {
  const { database, clock } = deps;
  const journey = await database.inTransaction(async (tx) => {
    const parcel = await openDownloadRow(tx, { id: asked.id, person: person.id, now: clock.now() });
    const found = parcel === undefined ? undefined : await requireJourney(tx, parcel);
    if (found?.number !== asked.parcel || found.manifestSha256 === null) throw new GatewayError('not_found');
    return { ...found, manifestSha256: found.manifestSha256 };
  });
  const handover = handoverTo(deps, { person: person.id, journey, id: asked.id, sourceAddress: asked.sourceAddress });
  try {
    const parcel = await openParcel(deps, { id: journey.id, manifestSha256: journey.manifestSha256 });
    const files = await filesOf(database, journey.id, LIMITS.parcelFilesMax);
    const names = namesFor(files.map(({ path }) => path));
    const taking = new Taking(deps, handover, parcel);
    await taking.opened();
    return {
      files: files.map(({ bytes, sha256 }, at) => ({ name: names[at] ?? '', bytes, sha256 })),
      sealedAt: new Date(parcel.manifest.sealedAt),
      stream: (at) => readFile(taking, at),
      [Symbol.asyncDispose]: () => taking.end(),
    };
  } catch (thrown) {
    await handover.giveUp();
    throw thrown;
  }
}

async function* readFile(taking: Taking, at: number): AsyncGenerator<Buffer> {
  for (let offset = 0; ; ) {
    const bytes = await taking.read(at, offset, LIMITS.inspectedBytesAtOnce);
    if (bytes.length === 0) return;
    offset += bytes.length;
    yield bytes;
  }
}

interface HandedTo {
  readonly id: string;
  readonly person: PersonId;
  readonly sourceAddress: string;
  readonly journey: Journey & { readonly manifestSha256: Buffer };
}

function handoverTo({ database, clock }: JourneyDeps, { id, journey, person, sourceAddress }: HandedTo): Handover {
  const { number: parcel } = journey;
  return {
    id,
    finish: () =>
      database.inTransaction(async (tx) => {
        const now = await requireJourney(tx, journey.id);
        const { locked } = await downloadOf(tx, journey.ticket);
        if (locked || now.keepUntil <= clock.now()) throw new GatewayError('parcel_unavailable');
        const isOpen = (await endPickup(tx, { id, outcome: 'whole', now: clock.now() })) === 1;
        if (!isOpen) throw new GatewayError('parcel_unavailable');
        const { bytes, files } = now;
        const body = { parcel, sourceAddress, files, bytes, manifestSha256: journey.manifestSha256.toString('hex') };
        const told = { type: 'parcel.downloaded', ...about(journey, person), body } as const;
        await moveParcel(tx, clock, now, { event: 'pick_up', told });
      }),
    giveUp: () =>
      database.inTransaction(async (tx) => {
        if ((await endPickup(tx, { id, outcome: 'broken', now: clock.now() })) !== 1) return;
        await appendAuditEvent(tx, clock, {
          type: 'parcel.download_broken',
          ...about(journey, person),
          body: { parcel },
        });
      }),
  };
}
