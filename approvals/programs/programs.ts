/** Programs the gate does not know: met by one person, made known to it for a whole system by another. */
import { GatewayError, LIMITS, newUuid, type Transaction } from '../../foundation/index.ts';
import { isLocked } from '../../identity/index.ts';
import type { Principal, RefusedActId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { NewRefusedAct } from '../acts/queries.ts';
import { requireText } from '../checks.ts';
import type { ApprovalsDeps } from '../model.ts';
import { ownsSystem } from '../facts/queries.ts';
import {
  lockProgram,
  type ProgramState,
  type ProgramView,
  selectPrograms,
  upsertAsker,
  upsertProgram,
  writeDecision,
} from './queries.ts';

const UNKNOWN_PROGRAM = 'gate.unknown-program';
const NAME_CHARACTERS_MAX = 255;

/** Keeps the unknown programs of a refused act as candidates, in the act's own transaction. */
export async function noteUnknownPrograms(
  tx: Transaction,
  { clock }: Pick<ApprovalsDeps, 'clock'>,
  act: NewRefusedAct & { readonly id: RefusedActId },
): Promise<void> {
  const at = clock.now();
  for (const name of unknownPrograms(act)) {
    const { personId, targetId, sessionId } = act;
    const ask = { id: newUuid(at), targetId, personId, refusedActId: act.id, name, at };
    const program = await upsertProgram(tx, ask);
    await upsertAsker(tx, program.id, ask);
    if (!program.isNew) continue;
    const body = { program: program.id, name, target: targetId };
    await appendAuditEvent(tx, clock, { type: 'program.asked', actor: personId, session: sessionId, body });
  }
}

function unknownPrograms({ judgement }: NewRefusedAct): readonly string[] {
  const names = judgement.findings.filter(({ rule }) => rule === UNKNOWN_PROGRAM).map(({ subject }) => subject);
  // A name nobody could read on a page is nobody's to accept.
  const readable = names.filter(
    (name) => name.length <= NAME_CHARACTERS_MAX && /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(name),
  );
  return [...new Set(readable)].slice(0, LIMITS.unknownProgramsPerActMax);
}

/** What was met on the systems this person owns; auditors, security officers and administrators see every system's. */
export function listPrograms({ database }: ApprovalsDeps, { person }: Principal): Promise<ProgramView[]> {
  const everySystem = person.roles.some((role) => role !== 'maintainer' && role !== 'owner');
  return selectPrograms(database, { person: person.id, everySystem, limit: LIMITS.programsListedMax });
}

export interface ProgramDecision {
  readonly decision: 'accept' | 'decline';
  readonly reason: string;
}

/**
 * An owner of the system makes a program known there, or says that it stays unknown; either may be changed later.
 * @throws {GatewayError} `not_found`, `not_permitted` (not an owner), `own_request` (asked for it themselves),
 * `person_locked`, `request_invalid`.
 */
export async function decideProgram(
  deps: ApprovalsDeps,
  { person }: Principal,
  id: string,
  { decision, reason: given }: ProgramDecision,
): Promise<void> {
  const reason = requireText('reason', given);
  await deps.database.inTransaction(async (tx) => {
    const program = await lockProgram(tx, id, person.id);
    const at = deps.clock.now();
    if (program === undefined) throw new GatewayError('not_found');
    if (await isLocked(tx, person.id)) throw new GatewayError('person_locked');
    if (!(await ownsSystem(tx, person.id, program.systemId, at))) throw new GatewayError('not_permitted');
    if (decision === 'accept' && program.asked) throw new GatewayError('own_request');
    const state: ProgramState = decision === 'accept' ? 'accepted' : 'declined';
    await writeDecision(tx, id, { state, by: person.id, reason, at });
    await appendAuditEvent(tx, deps.clock, {
      type: decision === 'accept' ? 'program.accepted' : 'program.declined',
      actor: person.id,
      body: { program: id, name: program.name, reason },
    });
  });
}
