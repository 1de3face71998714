/** What the export ledger says: that data is about to leave on a ticket, and what then really left. */
import { z } from 'zod';
import { canonicalJson } from '../../evidence/index.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const pseudonym = z.string().regex(/^[a-z]-[0-9a-f]{32}$/);
const common = { v: z.literal(1), at: z.iso.datetime({ precision: 3 }), ticket: z.uuid(), session: z.uuid() };

const IntentSchema = z.strictObject({
  ...common,
  type: z.literal('export.intent'),
  /** Of the person whose ticket it is, and of the target it leaves. */
  person: pseudonym,
  target: pseudonym,
  /** Of the act as it was approved. */
  act: hash,
  destination: z.enum(['workstation', 'vault', 'system', 'outside', 'page']),
  /** What the ticket allows. */
  rowsMax: count,
  bytesMax: count,
});

const ResultSchema = z.strictObject({
  ...common,
  type: z.literal('export.result'),
  /** Index of the intent in this ledger. */
  intent: count,
  /** `not_begun`: the ticket was not used after all, and nothing left. */
  outcome: z.enum(['completed', 'limit_exceeded', 'interrupted', 'failed', 'not_begun']),
  rows: count,
  bytes: count,
  /** Of the bytes that left, in their order. */
  sha256: hash,
  /** How many different customers were found in them; null: nobody counted. */
  customers: count.nullable(),
});

const LedgerRecordSchema = z.discriminatedUnion('type', [IntentSchema, ResultSchema]);

export type ExportIntent = z.infer<typeof IntentSchema>;
export type ExportResult = z.infer<typeof ResultSchema>;
export type LedgerRecord = z.infer<typeof LedgerRecordSchema>;

/** What is about to leave, as the gateway knows it; the ledger makes pseudonyms of the ids. */
export const IntentDraftSchema = z.strictObject({
  ticket: z.uuid(),
  session: z.uuid(),
  personId: z.uuid(),
  targetId: z.uuid(),
  act: hash,
  destination: z.enum(['workstation', 'vault', 'system', 'outside', 'page']),
  rowsMax: count,
  bytesMax: count,
});

export type IntentDraft = z.infer<typeof IntentDraftSchema>;

export function encodeRecord(record: LedgerRecord): Buffer {
  return Buffer.from(canonicalJson(LedgerRecordSchema.parse(record)));
}

/** Undefined for what is no record, or not written in the canonical form. */
export function parseRecord(bytes: Buffer): LedgerRecord | undefined {
  try {
    const parsed = LedgerRecordSchema.safeParse(JSON.parse(bytes.toString('utf8')));
    return parsed.success && encodeRecord(parsed.data).equals(bytes) ? parsed.data : undefined;
  } catch {
    return undefined; // Not JSON.
  }
}
