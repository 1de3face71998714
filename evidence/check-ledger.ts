/** The ledger of exports: a Sigsum log with its records beside it. */
import { z } from 'zod';
import { equal, EvidenceError, fromHex, fromUtf8 } from './bytes.ts';
import { parseCanonicalJson } from './canonical-json.ts';
import { checkLog, type LogCheck } from './read-log.ts';
import { isSubmittedBy, parseSigsumLeaf, type SigsumLeaf } from './sigsum.ts';
import { PATHS, type Scope } from './source.ts';

const KEY_BYTES = 32;
/** The time is all that a verifier has to understand of a record. */
const RecordSchema = z.looseObject({ at: z.string() });

export interface LedgerCheck extends Omit<LogCheck, 'place' | 'visit'> {
  readonly scope: Scope;
  /** Raw public keys of those who may submit, as the verifier knows them; none: the bundle's own word is taken. */
  readonly submitters: readonly Uint8Array[];
}

export interface CheckedLedger {
  readonly size: number;
  /** Records that are there and right. */
  readonly records: number;
}

/** Undefined when the ledger cannot be judged; the findings say why. */
export async function checkLedger(check: LedgerCheck): Promise<CheckedLedger | undefined> {
  const leaves: (SigsumLeaf | undefined)[] = [];
  const log = await checkLog({ ...check, place: PATHS.ledger, visit: ({ bytes }) => leaves.push(leafOf(bytes)) });
  if (log === undefined) return undefined;
  const submitters = await submittersOf(check);
  const times: (string | undefined)[] = [];
  for (const [index, leaf] of leaves.entries()) {
    const record = await check.source.read(PATHS.record(index));
    times.push(record === undefined ? undefined : checkRecord(check, { index, leaf, record, submitters }));
    check.onProgress?.({ stage: 'ledger', done: index + 1, total: leaves.length });
  }
  if (check.scope.kind === 'period') tellMissing(check, times, check.scope);
  return { size: leaves.length, records: times.filter((time) => time !== undefined).length };
}

function leafOf(bytes: Uint8Array): SigsumLeaf | undefined {
  try {
    return parseSigsumLeaf(bytes);
  } catch (thrown) {
    if (!(thrown instanceof EvidenceError)) throw thrown;
    return undefined; // Whoever asks for its record is told.
  }
}

async function submittersOf({ source, submitters, findings }: LedgerCheck): Promise<readonly Uint8Array[]> {
  if (submitters.length > 0) return submitters;
  const file = await source.read(PATHS.submitter);
  const key = file === undefined ? undefined : fromHex(new TextDecoder().decode(file).trimEnd(), KEY_BYTES);
  findings.add(key === undefined ? 'file_missing' : 'submitter_not_yours', PATHS.submitter);
  return key === undefined ? [] : [key];
}

interface Submitted {
  readonly index: number;
  readonly leaf: SigsumLeaf | undefined;
  readonly record: Uint8Array;
  readonly submitters: readonly Uint8Array[];
}

/** The time of the record, when it is the one that was logged. */
function checkRecord(
  { crypto, findings }: LedgerCheck,
  { index, leaf, record, submitters }: Submitted,
): string | undefined {
  const path = PATHS.record(index);
  if (leaf === undefined || !equal(leaf.checksum, crypto.sha256(crypto.sha256(record)))) {
    findings.add('record_differs', path);
    return undefined;
  }
  if (submitters.length === 0) return undefined; // Told already.
  if (!submitters.some((submitter) => isSubmittedBy(crypto, leaf, submitter))) {
    findings.add('submitter_differs', path);
    return undefined;
  }
  const parsed = RecordSchema.safeParse(parseRecord(record));
  if (!parsed.success) findings.add('record_differs', path, 'at');
  return parsed.success ? parsed.data.at : undefined;
}

function parseRecord(record: Uint8Array): unknown {
  try {
    return parseCanonicalJson(fromUtf8(record));
  } catch (thrown) {
    if (!(thrown instanceof EvidenceError)) throw thrown;
    return undefined;
  }
}

/** All between the last record known to be before the period and the first known to be after it. */
function tellMissing(
  { findings }: LedgerCheck,
  times: readonly (string | undefined)[],
  scope: { from: string; to: string },
): void {
  const before = times.findLastIndex((time) => time !== undefined && time < scope.from);
  const after = times.findIndex((time, index) => index > before && time !== undefined && time > scope.to);
  const end = after === -1 ? times.length : after;
  for (let index = before + 1; index < end; index += 1) {
    if (times[index] === undefined) findings.add('record_missing', PATHS.record(index));
  }
}
