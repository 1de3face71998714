/** Every target of the inventory: reached, and recognised as the host it should be; with a person, entered and left. */
import { randomBytes } from 'node:crypto';
import { asError, type Clock, type Database, LIMITS, type Log, newUuid } from '../../foundation/index.ts';
import { type AddressPolicy, DialFailure, dialTarget, probeTarget } from '../../gateway/index.ts';
import {
  type UserAuthority,
  findPerson,
  listOpenServers,
  loadAuthorizationFacts,
  type OpenTarget,
} from '../../identity/index.ts';
import { message } from '../../messages/index.ts';
import { authorizeTarget, type Locale, type Person, type SessionKind } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { type CheckResult, type Finding, ok, problem, warning } from './model.ts';
import { findPersonsCalled, type InventoryTarget, listInventoryTargets } from './queries.ts';

export interface TargetDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly addresses: AddressPolicy;
  readonly locale: Locale;
}

/** Each target that is joined directly, as far as the host's own proof; nobody signs in. */
export async function checkTargets(deps: TargetDeps): Promise<CheckResult[]> {
  const all = await listInventoryTargets(deps.database);
  if (all.length === 0) return named([warning('doctor.targets.none', 'doctor.targets.none.next')]);
  const names = new Map(all.map(({ target }) => [target.id, target.name]));
  return named(await inTurns(all, (entry) => checkTarget(deps, entry, names)));
}

async function checkTarget(
  deps: TargetDeps,
  { target, via }: InventoryTarget,
  names: ReadonlyMap<string, string>,
): Promise<Finding> {
  const values = { target: `${target.name}%${target.systemName}`, host: target.host, port: target.port };
  if (via !== null) {
    const relay = names.get(via) ?? via;
    return warning('doctor.target.behind', 'doctor.target.behind.next', { ...values, relay });
  }
  try {
    const { ident, legacy } = await probeTarget(deps, target);
    if (legacy.length === 0) return ok('doctor.target.ok', { ...values, ident });
    const algorithms = legacy.join(', ');
    return warning('doctor.target.legacy', 'doctor.target.legacy.next', { ...values, algorithms });
  } catch (thrown) {
    return failed(deps, values.target, thrown);
  }
}

/** Every target open to this person: entered by a certificate, as a session would be, and left at once. */
export async function checkSignIns(
  deps: TargetDeps & { readonly authority: UserAuthority },
  called: string,
): Promise<CheckResult[]> {
  const [id, ...more] = await findPersonsCalled(deps.database, called);
  const person = id === undefined || more.length > 0 ? undefined : await findPerson(deps.database, id);
  if (person === undefined) {
    return named([problem('doctor.person.unknown', 'doctor.person.unknown.next', { person: called })]);
  }
  const open = await listOpenServers(deps, person.id);
  if (open.length === 0) {
    return named([warning('doctor.person.nothing', 'doctor.person.nothing.next', { person: called })]);
  }
  return named(await inTurns(open, (target) => checkSignIn(deps, person, target)));
}

async function checkSignIn(
  deps: TargetDeps & { readonly authority: UserAuthority },
  person: Person,
  { loginName, actions }: OpenTarget,
): Promise<Finding> {
  const facts = await loadAuthorizationFacts(deps, { person, loginName, action: kindOf(actions) });
  const decision = authorizeTarget(facts);
  if (!decision.allowed) {
    const values = { target: loginName, person: person.name, reason: decision.reason };
    return problem('doctor.person.refused', 'doctor.person.refused.next', values);
  }
  const { target, account } = decision.authorization;
  const serial = randomBytes(8).readBigUInt64BE() >> 1n;
  // Somebody's account is entered without them: that leaves its trace before it happens, here and in the target's log.
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'target.checked',
    actor: null,
    body: { target: target.id, person: person.id, account, certificateSerial: serial.toString() },
  });
  const keyId = `doctor-${newUuid(deps.clock.now())}`;
  try {
    const connection = await dialTarget(deps, decision.authorization, {
      ...{ keyId, serial, signal: new AbortController().signal },
    });
    connection.close();
    return ok('doctor.sign_in.ok', { target: loginName, account });
  } catch (thrown) {
    return failed(deps, loginName, thrown);
  }
}

function kindOf(actions: OpenTarget['actions']): SessionKind {
  if (actions.includes('exec')) return 'exec';
  return actions.includes('shell') ? 'shell' : 'files';
}

function failed({ locale }: TargetDeps, target: string, thrown: unknown): Finding {
  if (!(thrown instanceof DialFailure)) throw thrown;
  const { code, place, detail } = thrown;
  const text = message(locale, `error.${code}`, { name: place.name, seconds: LIMITS.targetDialSeconds });
  return problem('doctor.target.failed', `doctor.fix.${code}`, { target, text, detail });
}

/** So many at once; a finding each, in the order of the list. */
async function inTurns<Item>(items: readonly Item[], check: (item: Item) => Promise<Finding>): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let at = 0; at < items.length; at += LIMITS.doctorTargetsAtOnce) {
    const turn = items.slice(at, at + LIMITS.doctorTargetsAtOnce).map((item) => check(item).catch(broken));
    findings.push(...(await Promise.all(turn)));
  }
  return findings;
}

function broken(thrown: unknown): Finding {
  return problem('doctor.failed', 'doctor.failed.next', { check: 'target', detail: asError(thrown).message });
}

function named(findings: readonly Finding[]): CheckResult[] {
  return findings.map((finding) => ({ check: 'target', ...finding }));
}
