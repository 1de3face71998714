/**
 * What became of every export that was announced in the ledger. The ledger itself says which are open, and the database
 * what they brought out, so that nothing is lost whatever breaks between the two: this is repeated until it stands.
 */
import { type Clock, type Database, LIMITS, sha256 } from '../../foundation/index.ts';
import { appendAuditEvent, type ExportLedger, type ExportOutcome, type OpenIntent } from '../../recorder/index.ts';
import { isResultTold, useOfIntent } from './queries.ts';

export interface ResultsDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly ledger: Pick<ExportLedger, 'open' | 'result'>;
}

/** Tells the ledger the results there are now. @returns how many. */
export async function recordExportResults(deps: ResultsDeps): Promise<number> {
  let recorded = 0;
  for (const open of deps.ledger.open) {
    const outcome = await outcomeOf(deps, open);
    if (outcome === undefined) continue;
    await deps.ledger.result(open.index, outcome);
    recorded += 1;
  }
  return recorded;
}

async function outcomeOf(deps: ResultsDeps, open: OpenIntent): Promise<ExportOutcome | undefined> {
  const { database, clock } = deps;
  const { index, intent } = open;
  const about = { ticket: intent.ticket, index };
  const use = await useOfIntent(database, about);
  if (use === undefined) {
    const age = clock.now().getTime() - Date.parse(intent.at);
    if (age < LIMITS.ledgerIntentSeconds * 1_000) return undefined; // The ticket may just be taken.
    const outcome = {
      outcome: 'not_begun',
      rows: 0,
      bytes: 0,
      sha256: sha256().toString('hex'),
      customers: 0,
    } as const;
    if (!(await isResultTold(database, about))) await tell(deps, open, outcome);
    return outcome;
  }
  const { outcome, rows, bytes, sha256: hash, customers } = use;
  if (outcome === null || rows === null || bytes === null || hash === null) return undefined; // It lasts.
  const result = { outcome, rows, bytes, sha256: hash.toString('hex'), customers };
  if (!use.isTold) await tell(deps, open, result);
  return result;
}

/** First the event: should the ledger not be told then, it is asked again, and the event is not written twice. */
async function tell(
  { database, clock }: ResultsDeps,
  { index, intent }: OpenIntent,
  result: ExportOutcome,
): Promise<void> {
  await appendAuditEvent(database, clock, {
    type: 'export.result',
    actor: null,
    session: intent.session,
    ticket: intent.ticket,
    body: { intent: index, ...result },
  });
}
