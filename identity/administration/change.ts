/** What people change of targets in the console. Each change is in force at once, and one event. */
import { GatewayError, LIMITS, type Transaction } from '../../foundation/index.ts';
import type { Person, Principal, Role, TargetId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { fingerprintOf } from '../keys/public-key.ts';
import { requireUnlocked } from '../persons/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import { type EndableGrant, lockGrant, markGrantEnded, selectTarget, updateHostKey } from './queries.ts';

/** Whose business every system is. Auditors look and change nothing. */
const ENDERS: readonly Role[] = ['security_officer', 'administrator'];

/**
 * Ends a grant: sessions that stand on it end within a second, and the inventory does not give the same one back.
 * @throws {GatewayError} `not_found`, `not_permitted`, `grant_ended`, `request_invalid`, `person_locked`.
 */
export async function endGrant(
  { database, clock }: IdentityDeps,
  principal: Principal,
  asked: { readonly grant: string; readonly reason: string },
): Promise<void> {
  const reason = readReason(asked.reason);
  const at = clock.now();
  await database.inTransaction(async (tx) => {
    const actor = await requireUnlocked(tx, principal.person.id);
    const { id: grant, personId: person, targetId: target, actions } = await findEndable(tx, asked.grant, actor);
    await markGrantEnded(tx, { grant, by: actor.id, at });
    await appendAuditEvent(tx, clock, {
      type: 'grant.ended',
      actor: actor.id,
      body: { grant, person, target, actions, reason },
    });
  });
}

async function findEndable(tx: Transaction, id: string, actor: Person): Promise<EndableGrant> {
  const grant = await lockGrant(tx, id, actor.id);
  const may = actor.roles.some((role) => ENDERS.includes(role)) || grant?.owned === true;
  // Who has no business with it does not learn whether there is such a grant.
  if (!may) throw new GatewayError(actor.roles.includes('auditor') ? 'not_permitted' : 'not_found');
  if (grant === undefined) throw new GatewayError('not_found');
  if (grant.ended) throw new GatewayError('grant_ended');
  return grant;
}

/**
 * Pins the host key that a server has shown. Whoever pins a wrong one lets another host stand for the server: it takes
 * an administrator, and the caller has compared the key with the fingerprint that they brought from elsewhere.
 * @param asked.hostKey `algorithm base64`
 * @throws {GatewayError} `not_found`, `not_permitted`, `request_invalid`, `host_key_pinned` (it is that one already),
 * `person_locked`.
 */
export async function pinHostKey(
  { database, clock }: IdentityDeps,
  principal: Principal,
  asked: { readonly target: TargetId; readonly hostKey: string; readonly reason: string },
): Promise<void> {
  const reason = readReason(asked.reason);
  const at = clock.now();
  await database.inTransaction(async (tx) => {
    const actor = await requireUnlocked(tx, principal.person.id);
    if (!actor.roles.includes('administrator')) throw new GatewayError('not_permitted');
    const found = await selectTarget(tx, { viewer: actor.id, everySystem: true, at, id: asked.target });
    if (found === undefined || found.isSite) throw new GatewayError('not_found');
    const { id: target, hostKey: before } = found.target;
    if ((await updateHostKey(tx, { target, hostKey: asked.hostKey, by: actor.id, at })) === 0) {
      throw new GatewayError('host_key_pinned');
    }
    await appendAuditEvent(tx, clock, {
      type: 'target.host_key_pinned',
      actor: actor.id,
      body: {
        ...{ target, reason, after: fingerprintOfLine(asked.hostKey) },
        before: before === null ? null : fingerprintOfLine(before),
      },
    });
  });
}

/** Of `algorithm base64`, as OpenSSH prints it. */
export function fingerprintOfLine(line: string): string {
  return fingerprintOf(Buffer.from(line.split(' ')[1] ?? '', 'base64'));
}

function readReason(given: string): string {
  const reason = given.trim();
  if (reason === '' || reason.length > LIMITS.reasonCharactersMax || reason.includes('\0')) {
    throw new GatewayError('request_invalid', 'reason: is missing or too long.');
  }
  return reason;
}
