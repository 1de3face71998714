import { type Clock, LIMITS, newUuid, type Queryable, type Transaction } from '../foundation/index.ts';
import type { Person, RefusedActId } from '../policy/index.ts';
import { appendAuditEvent } from '../recorder/index.ts';
import type { RefusedAct } from './model.ts';
import { noteUnknownPrograms } from './programs/programs.ts';
import { insertRefusedAct, type NewRefusedAct, selectRefusedAct } from './acts/queries.ts';
import { refusedActId } from './schemas.ts';

/** Keeps an act the gate refused, with its audit event. @returns the id a request for a ticket starts from. */
export async function recordRefusedAct(tx: Transaction, clock: Clock, act: NewRefusedAct): Promise<RefusedActId> {
  const now = clock.now();
  const id = refusedActId.parse(newUuid(now));
  await insertRefusedAct(tx, { ...act, id, refusedAt: now });
  await noteUnknownPrograms(tx, { clock }, { ...act, id });
  await appendAuditEvent(tx, clock, {
    type: 'act.refused',
    actor: act.personId,
    session: act.sessionId,
    body: {
      refusedAct: id,
      verdict: act.judgement.verdict,
      text: act.text,
      digest: act.judgement.digest,
      findings: act.judgement.findings.map(({ rule, class: name, subject, assets }) => ({
        rule,
        class: name,
        subject,
        assets: [...assets],
      })),
    },
  });
  return id;
}

const SUGGESTED_ROWS = 1_000;
const HEADER_ROWS = 200;
const BYTES_PER_ROW = 1_024;
const SUGGESTED_BYTES_MIN = 1024 * 1024;

/** The person's own refused act; somebody else's is as absent as one that never was. */
export async function findRefusedAct(db: Queryable, person: Person, id: RefusedActId): Promise<RefusedAct | undefined> {
  const act = await selectRefusedAct(db, id, person.id);
  if (act === undefined) return undefined;
  const counts = act.assets.flatMap(({ recordCount }) => (recordCount === null ? [] : [recordCount]));
  const records = counts.reduce((sum, count) => sum + count, 0);
  // A dump has comments and statements around its rows; a tenth more keeps an honest export inside its bounds.
  const rows = counts.length === 0 ? SUGGESTED_ROWS : Math.ceil(records * 1.1) + HEADER_ROWS;
  const rowsMax = Math.min(rows, LIMITS.ticketRowsMax);
  const bytesMax = Math.min(Math.max(rowsMax * BYTES_PER_ROW, SUGGESTED_BYTES_MIN), LIMITS.ticketBytesMax);
  // A file is kept whole wherever it lands; what a command prints is mostly looked at.
  const destination = act.sessionKind === 'files' ? 'vault' : 'workstation';
  return { ...act, suggested: { rowsMax, bytesMax, destination } };
}
