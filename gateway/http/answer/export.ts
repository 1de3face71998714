/** The one use of a ticket over HTTP: counted, hashed and cut where it ends, on its way to the vault or to the browser. */
import {
  completeRedemption,
  type ParcelWriter,
  type RedemptionResult,
  type SealedParcel,
} from '../../../approvals/index.ts';
import { asError, GatewayError } from '../../../foundation/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import { createDelivery, type Delivery, type Redeemed } from '../../exports/delivery.ts';
import type { Work } from '../model.ts';
import { say, sendPage } from '../pages.ts';
import { AnswerWriter } from './write.ts';

export interface ExportBody {
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
  /** Sends the head of the answer to the browser. */
  readonly begin: () => Promise<void>;
}

const WHOLE = { status: 0 };

export async function deliverExport(work: Work, ticket: Redeemed, body: ExportBody): Promise<void> {
  await (ticket.parcel === undefined ? toBrowser(work, ticket, body) : toVault(work, ticket, body));
}

/** As the ticket says: every byte that goes to the person's machine is on it. */
async function toBrowser(work: Work, ticket: Redeemed, body: ExportBody): Promise<void> {
  const { record, response, signal, visit } = work;
  const delivery = createDelivery(ticket, visit.meter.identifiers);
  let isWhole = false;
  try {
    await body.begin();
    const writer = new AnswerWriter(response, record, { isText: false, signal });
    for await (const chunk of body.chunks) {
      const { pass, stop } = delivery.filter('o', chunk);
      if (pass.length > 0) await writer.write(Buffer.from(pass));
      if (stop) break;
    }
    await writer.flush();
    isWhole = !delivery.exceeded();
  } finally {
    const result = delivery.finish(isWhole ? WHOLE : {}, signal.aborted);
    record.rows = result.rows;
    await completeRedemption(work.deps, ticket.ticketId, result);
    await record.done(isWhole ? 'passed' : 'cut');
  }
  if (isWhole) response.end();
  else response.destroy();
}

/** Nothing of it reaches the browser; what did not come to its end is not kept. */
async function toVault(work: Work, ticket: Redeemed, body: ExportBody): Promise<void> {
  const { deps, record, signal, visit } = work;
  const { parcel } = ticket;
  if (parcel === undefined) throw new GatewayError('internal', 'This ticket does not go to the vault.');
  const delivery = createDelivery(ticket, visit.meter.identifiers);
  let writer: ParcelWriter | undefined;
  let fault: unknown;
  try {
    const { id: session } = visit.session;
    writer = await deps.vault.begin({ ...parcel, ticket: ticket.ticketId, ticketNumber: ticket.number, session });
    await fill(writer, delivery, body);
  } catch (thrown) {
    fault = thrown;
  }
  const counted = delivery.finish(fault === undefined ? WHOLE : {}, signal.aborted);
  const sealed = await seal(work, writer, counted).catch((thrown: unknown) => {
    fault ??= thrown;
    return undefined;
  });
  const result =
    sealed === undefined && counted.outcome === 'completed' ? { ...counted, outcome: 'failed' as const } : counted;
  await completeRedemption(deps, ticket.ticketId, result, { parcel, sealed });
  record.rows = result.rows;
  const label = sealed === undefined ? 'discarded' : `${result.bytes} ${result.sha256.toString('hex')}`;
  await visit.session.mark(`vault P-${parcel.number} ${label}`);
  await record.done(sealed === undefined ? 'cut' : 'vault');
  tell(work, ticket, result, sealed);
  if (fault !== undefined)
    deps.log.warn({ event: 'site.export_broke_off', err: asError(fault) }, 'an export broke off');
}

async function fill(writer: ParcelWriter, delivery: Delivery, { name, chunks }: ExportBody): Promise<void> {
  const file = await writer.file(name);
  for await (const chunk of chunks) {
    const { pass, stop } = delivery.filter('o', chunk);
    if (pass.length > 0) await file.write(Buffer.from(pass));
    if (stop) break;
  }
  await file.end();
}

async function seal(
  work: Work,
  writer: ParcelWriter | undefined,
  { outcome, rows, bytes, sha256 }: RedemptionResult,
): Promise<SealedParcel | undefined> {
  if (outcome === 'completed') return writer?.commit({ rows, bytes, sha256: sha256.toString('hex') });
  await writer?.abort().catch((thrown: unknown) => {
    work.deps.log.error({ event: 'vault.not_removed', err: asError(thrown) }, 'what a broken-off export left stays');
  });
  return undefined;
}

function tell(work: Work, ticket: Redeemed, result: RedemptionResult, sealed: SealedParcel | undefined): void {
  const { locale } = work.visit.session.authorization.person;
  const { number, parcel } = ticket;
  const { rows, bytes, sha256 } = result;
  const isKept = sealed !== undefined;
  sendPage(work.request, work.response, {
    ...{ status: isKept ? 200 : 502, locale, title: say(locale, isKept ? 'site.vault.title' : 'site.discarded.title') },
    texts: isKept
      ? [
          say(locale, 'site.vault.text', { number, parcel: parcel?.number ?? 0 }),
          say(locale, 'site.vault.counted', { rows, bytes, sha256: sha256.toString('hex') }),
        ]
      : [say(locale, 'site.discarded.text', { number })],
  });
}

/** An answer that broke off in the middle leaves its trace, for nobody can be told any more. */
export async function noteCut(work: Pick<Work, 'deps' | 'record' | 'visit'>, reason: string): Promise<void> {
  const { deps, record, visit } = work;
  const { method, url } = record.asked;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'site.answer_cut',
    actor: visit.session.authorization.person.id,
    session: visit.session.id,
    body: { method, path: url.slice(0, 2_000), reason, bytes: record.bytesOut },
  });
}

/** The site gave nothing that the ticket is for: its use ends with nothing, so that it does not stay open for ever. */
export async function abandonExport(work: Work, ticket: Redeemed): Promise<void> {
  const { parcel, ticketId } = ticket;
  const counted = createDelivery(ticket, work.visit.meter.identifiers).finish({}, false);
  const result = { ...counted, outcome: 'failed' as const };
  await completeRedemption(
    work.deps,
    ticketId,
    result,
    ...(parcel === undefined ? [] : [{ parcel, sealed: undefined }]),
  );
}
