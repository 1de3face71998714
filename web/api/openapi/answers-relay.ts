/** Parcels, deliveries, accounts and what else is kept track of, as the API answers with them. */
import { z } from 'zod';
import { count, id, text, when, whenOrNull } from './answers.ts';

const side = z.object({ name: text, titleEn: text, titleJa: text });
const listed = {
  ...{ number: count, state: text, ticket: z.object({ id, number: count }) },
  ...{ from: side.nullable(), to: side.nullable(), files: count, bytes: count },
  ...{ rows: count.nullable(), people: count.nullable(), keepUntil: when },
};
export const ListedParcel = z.object(listed).meta({ id: 'ListedParcel' });
export const Parcel = z
  .object({
    ...listed,
    ...{ requester: text, mayDecide: z.boolean(), mayDownload: z.boolean() },
    shownFiles: z.array(z.object({ path: text, bytes: count, sha256: text })),
    moves: z.array(z.object({ type: text, at: when, by: text.nullable() })),
  })
  .meta({ id: 'Parcel' });
export const Route = z
  .object({ from: side, to: side, parcels: count, bytes: count, people: count, since: when, last: when })
  .meta({ id: 'Route' });

const Delivery = z
  .object({ id, channel: text, topic: text, attempts: count, error: text.nullable(), createdAt: when, nextAt: when })
  .meta({ id: 'Delivery' });
export const Deliveries = z.object({
  channels: z.array(z.object({ channel: text, waiting: count, sent: count, dead: count, configured: z.boolean() })),
  ...{ dead: z.array(Delivery), retrying: z.array(Delivery), mayResend: z.boolean() },
});
export const MailSettings = z
  .object({ mail: z.boolean(), address: text.nullable(), mailOffered: z.boolean(), mayDecline: z.boolean() })
  .meta({ id: 'MailSettings' });

export const AccountReport = z
  .object({
    ...{ targetId: id, target: text, system: text, inspectAs: text.nullable(), madeAt: whenOrNull },
    ...{ code: text.nullable(), accounts: count },
    findings: z.array(z.object({ kind: text, account: text, about: text })),
  })
  .meta({ id: 'AccountReport' });

export const GuardedTarget = z
  .object({ id, name: text, mode: text, systemId: id, owned: z.boolean(), programs: z.array(text) })
  .meta({ id: 'GuardedTarget' });
export const MeterUse = z
  .object({ systemId: id, person: text, days: count, rows: count, bytes: count, files: count })
  .meta({ id: 'MeterUse' });
export const Program = z
  .object({ id, name: text, state: z.enum(['candidate', 'accepted', 'declined']), owned: z.boolean() })
  .meta({ id: 'Program' });

const Hold = z.object({ id, session: id, reason: text, placedBy: id, placedAt: text }).meta({ id: 'LegalHold' });
export const Erasure = z
  .object({
    ...{ id, session: id, stream: z.enum(['screen', 'keystrokes']), reason: text, basis: text },
    ...{ requestedBy: id, requestedAt: text, verdict: z.enum(['approved', 'rejected']).nullable() },
  })
  .meta({ id: 'Erasure' });
export const Custody = z.object({ holds: z.array(Hold), erasures: z.array(Erasure), names: z.record(text, text) });
