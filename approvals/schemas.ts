/** How rows of this room are read: strictly, so that a column that changed its meaning stops us. */
import { z } from 'zod';
import {
  type Judgement,
  type PersonId,
  type RefusedActId,
  type SessionId,
  type SystemId,
  TICKET_KINDS,
  TICKET_STATES,
  type TargetId,
  type TicketId,
  VERDICTS,
} from '../policy/index.ts';
import { MESSAGE_KINDS } from './model.ts';
import { DESTINATIONS } from './vault/model.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const isUuid = (value: unknown): boolean => typeof value === 'string' && UUID.test(value);

export const personId = z.custom<PersonId>(isUuid);
export const systemId = z.custom<SystemId>(isUuid);
export const targetId = z.custom<TargetId>(isUuid);
export const sessionId = z.custom<SessionId>(isUuid);
export const ticketId = z.custom<TicketId>(isUuid);
export const refusedActId = z.custom<RefusedActId>(isUuid);

/** A bigint column; pg gives it as text, and none of ours passes 2^53. */
export const count = z.coerce.number().int().nonnegative();
/** A bytea column, as hex digits. */
export const hex = z.instanceof(Uint8Array).transform((bytes) => Buffer.from(bytes).toString('hex'));

/** What was asked for, where less was allowed. */
export const askedLimits = z.strictObject({
  rowsMax: z.number(),
  bytesMax: z.number(),
  usesMax: z.number(),
  notAfter: z.coerce.date(),
  lastsSeconds: z.number().nullable(),
});

/** A draft is no ticket yet and stands in another table. */
export const ticketState = z.enum(TICKET_STATES);
export const ticketKind = z.enum(TICKET_KINDS);
export const destination = z.enum(DESTINATIONS);
export const approvalDecision = z.enum(['approve', 'reject']);
export const outcome = z.enum(['completed', 'limit_exceeded', 'interrupted', 'failed']);

const finding = z.strictObject({
  rule: z.string(),
  class: z.enum([
    'dbdump',
    'bulk_read',
    'offhost',
    'listen',
    'tunnel',
    'stage',
    'interpreter',
    'dynamic',
    'unreadable',
    'unknown',
    'shell_control',
    'channel',
  ]),
  span: z.tuple([z.number(), z.number()]),
  subject: z.string(),
  assets: z.array(z.string()),
});

export const judgement: z.ZodType<Judgement> = z.strictObject({
  verdict: z.enum(VERDICTS),
  findings: z.array(finding),
  commands: z.array(z.array(z.string())),
  // Acts kept before the gate told them have none.
  objects: z.array(z.string()).default([]),
  copies: z.array(z.strictObject({ asset: z.string(), path: z.string() })).default([]),
  statements: z
    .array(
      z.strictObject({
        text: z.string(),
        span: z.tuple([z.number(), z.number()]),
        relations: z.array(z.string()),
        fingerprint: z.string().nullable(),
      }),
    )
    .default([]),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

/** The protected assets an act names, out of a JSON aggregate. */
export const assets = z.array(
  z.strictObject({
    kind: z.enum(['table', 'path']),
    name: z.string(),
    dataClass: z.string(),
    recordCount: count.nullable(),
  }),
);

/** What the kinds say of themselves in `details`, and what tickets from before it said nothing of. */
export const exportDetails = z.strictObject({
  rowsExpected: count.nullable().default(null),
  recipient: z.string().default(''),
  legalBasis: z.string().default(''),
  clientInformed: z.boolean().nullable().default(null),
  deleteBy: z.coerce.date().nullable().default(null),
});
/** `reportHours`: when the work report is due after its end, as the systems asked when the work was; null: none. */
export const accessDetails = z.strictObject({ workPlan: z.string(), reportHours: z.number().nullable().default(null) });
export const transferDetails = z.strictObject({
  description: z.string(),
  parcel: count.nullable(),
  // What travels at most; tickets from before they were asked for say nothing.
  rowsExpected: count.nullable().default(null),
  peopleExpected: count.nullable().default(null),
  fields: z.array(z.string()).nullable().default(null),
});
export const messageKind = z.enum(MESSAGE_KINDS);
