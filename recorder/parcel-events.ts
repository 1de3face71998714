/** The audit events of parcels on their way through the relay; see audit-events.ts. Each is a leaf of the log. */
import { z } from 'zod';

const text = z.string().max(16_384);
const number = z.number().int();

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

const differences = z.array(z.strictObject({ kind: text, promised: text, found: text }));

export const PARCEL_EVENTS = {
  'parcel.put_begun': body('A system began to put a parcel for a transfer.', {
    parcel: number,
    identity: text,
    sourceAddress: text,
    name: text,
  }),
  'parcel.scanning': body('The inspection of a parcel began.', { parcel: number }),
  'parcel.held': body('A parcel is held for the owners: it is not what was promised, or it could not be inspected.', {
    parcel: number,
    differences,
  }),
  'parcel.released': body('A parcel may be picked up under a transfer ticket.', {
    parcel: number,
    by: z.enum(['inspection', 'owners']),
    rows: number.nullable(),
    people: number.nullable(),
    scanner: text.nullable(),
  }),
  'parcel.decided': body('An owner decided about a held parcel, or took one back.', {
    parcel: number,
    decision: z.enum(['release', 'revoke']),
    reason: text,
    undecided: number.describe('Systems of which nobody has said yes yet.'),
  }),
  'parcel.pickup_begun': body('A system began to take a parcel.', {
    parcel: number,
    identity: text,
    sourceAddress: text,
  }),
  'parcel.pickup_broken': body('A system did not take a parcel whole; it may begin again.', {
    parcel: number,
    identity: text,
  }),
  'parcel.pickup_refused': body('A system asked for a parcel that it does not get.', {
    parcel: number.nullable(),
    identity: text,
    sourceAddress: text,
    reason: text,
  }),
  'parcel.picked_up': body('A system took a parcel whole; nobody takes it again.', {
    parcel: number,
    identity: text,
    system: text,
    manifestSha256: text,
  }),
  'parcel.download_begun': body('Who asked for an export began to take it over the console.', {
    parcel: number,
    sourceAddress: text,
  }),
  'parcel.download_broken': body('A parcel did not reach a person whole; they may begin again.', { parcel: number }),
  'parcel.download_refused': body('A person asked for a parcel that they do not get now.', {
    parcel: number,
    sourceAddress: text,
    reason: text,
  }),
  'parcel.downloaded': body('The person whom the ticket names took a parcel whole; nobody takes it again.', {
    parcel: number,
    sourceAddress: text,
    files: number,
    bytes: number,
    manifestSha256: text,
  }),
  'parcel.receipt': body('The receiver signed what it holds.', {
    parcel: number,
    identity: text,
    fingerprint: text,
    sha256: text,
    signature: text,
  }),
  'parcel.receipt_refused': body('A receipt was not what the receiver should have signed.', {
    parcel: number.nullable(),
    identity: text,
    reason: text,
  }),
  'parcel.expired': body('The time of a parcel is over before anybody took it.', { parcel: number, from: text }),
  'parcel.destroyed': body('A parcel is no more: its key and its bytes were removed from the vault.', {
    parcel: number,
    manifestSha256: text,
    files: number,
    bytes: number,
    heldSeconds: number,
  }),
  'transfer.begun': body('What an approved transfer ticket is for began.', { parcel: number.nullable() }),
  'transfer.ended': body('What a transfer ticket was for was done, or cannot be done any more.', {
    parcel: number.nullable(),
    outcome: z.enum(['completed', 'aborted']),
  }),
  'relay.signed_in': body('A system signed in at the relay by its own key.', {
    connection: z.uuid(),
    identity: text,
    system: text,
    fingerprint: text,
    sourceAddress: text,
  }),
  'relay.sign_in_refused': body('Somebody did not prove at the relay to be a system that is known, at its address.', {
    connection: z.uuid(),
    sourceAddress: text,
    fingerprint: text.nullable(),
    reason: text,
  }),
  'relay.refused': body('A system asked the relay for something that it does not do.', {
    connection: z.uuid(),
    identity: text,
    kind: text,
    detail: text,
  }),
} as const;
