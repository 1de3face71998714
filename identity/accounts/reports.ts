/** What was found of accounts on targets is kept, and who answers is told of what is new. */
import { newUuid } from '../../foundation/index.ts';
import {
  type AccountFinding,
  compareAccounts,
  type ExistingAccount,
  type Person,
  type Role,
} from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import {
  type AccountReport,
  insertAccountReport,
  type InspectedTarget,
  knownAccounts,
  lastFindings,
  noticeFindings,
  selectAccountReports,
} from './queries.ts';

const READERS: readonly Role[] = ['auditor', 'security_officer', 'administrator'];

/** Compares what exists with what is known and keeps the report; owners and the second line hear of what is new. */
export async function reportAccounts(
  { database, clock }: IdentityDeps,
  { target, inspectAs }: InspectedTarget,
  existing: readonly ExistingAccount[],
): Promise<void> {
  const at = clock.now();
  await database.inTransaction(async (tx) => {
    const findings = compareAccounts(existing, await knownAccounts(tx, target.id), { inspectAs, now: at });
    const before = new Set((await lastFindings(tx, target.id))?.map(({ kind, account }) => `${kind} ${account}`));
    const fresh = findings.filter(({ kind, account }) => !before.has(`${kind} ${account}`));
    const report = { id: newUuid(at), target: target.id, at, code: null, accounts: existing.length, findings };
    await insertAccountReport(tx, report);
    const of = (kind: AccountFinding['kind']): string[] =>
      findings.flatMap((one) => (one.kind === kind ? [one.account] : []));
    const found = {
      ...{ unknown: of('unknown'), shared: of('shared'), left: of('left') },
      ...{ dormant: of('dormant'), missing: of('missing') },
    };
    await appendAuditEvent(tx, clock, {
      type: 'accounts.compared',
      actor: null,
      body: { target: target.id, accounts: existing.length, found, fresh: fresh.length },
    });
    const subject = `${target.name}%${target.systemName}`;
    if (fresh.length > 0) await noticeFindings(tx, { target: target.id, subject, now: at });
  });
}

/** That they could not be read is kept, too: a target that nobody can look at is no target without findings. */
export async function reportUnread(
  { database, clock }: IdentityDeps,
  { target }: InspectedTarget,
  { code, detail }: { readonly code: string; readonly detail: string },
): Promise<void> {
  const at = clock.now();
  await database.inTransaction(async (tx) => {
    await insertAccountReport(tx, { id: newUuid(at), target: target.id, at, code, accounts: 0, findings: [] });
    const body = { target: target.id, code, detail: detail.slice(0, 1_000) };
    await appendAuditEvent(tx, clock, { type: 'accounts.unread', actor: null, body });
  });
}

/** Owners see their systems; auditors, security officers and administrators see all. */
export function listAccountReports(
  { database }: Pick<IdentityDeps, 'database'>,
  person: Person,
): Promise<AccountReport[]> {
  const everySystem = person.roles.some((role) => READERS.includes(role));
  return selectAccountReports(database, { viewer: person.id, everySystem });
}
