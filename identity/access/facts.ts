import { GatewayError, LIMITS, type Queryable } from '../../foundation/index.ts';
import {
  type AuthorizationFacts,
  actionsFor,
  type EntryTicket,
  type LockKind,
  NO_RISK_SETTINGS,
  type Person,
  type ProtectedAsset,
  type RiskSettings,
  type SessionKind,
  type Target,
  type TicketId,
} from '../../policy/index.ts';
import { fingerprintOf } from '../keys/public-key.ts';
import { isLockedPlace } from '../locks/standing.ts';
import type { IdentityDeps } from '../rows.ts';
import { findPersonAccess, findWay, type PersonAccess, type TargetAccess } from './queries.ts';
import { entryTickets } from './tickets/queries.ts';

/** `target` or `target%system`. */
const LOGIN_NAME = /^([a-z0-9][a-z0-9-]{0,62})(?:%([a-z0-9][a-z0-9-]{0,62}))?$/;

/** What is guarded on a target, by which settings, and which programs are known there. */
export interface TargetRules {
  /** The protected things of its system, then the known copies of them on the target. */
  readonly assets: readonly ProtectedAsset[];
  readonly risk: RiskSettings;
  readonly programs: ReadonlySet<string>;
}

export interface AskedAccess {
  readonly person: Person;
  readonly loginName: string;
  readonly action: SessionKind;
  /** The blob of an enrolled key; whether it is the person's and in force is read in the same moment. */
  readonly key?: Buffer;
  /** The fingerprint of the key that proved who it is, enrolled or certified. */
  readonly fingerprint?: string;
  /** Where the connection comes from; left out for one that has had a session already, which says so. */
  readonly sourceAddress?: string;
  /** The SSH connection; whether the sign-in at the console that let it in is over is read in the same moment. */
  readonly connectionId?: string;
  /** The ticket that let a live session in: it goes on by this one and by no other. */
  readonly ticket?: TicketId;
  /** Sessions that are open now and began later are counted in the same moment. */
  readonly openSince?: Date | null;
}

/** What is read along with the facts. */
export interface ReadAlong {
  readonly keyInForce: boolean;
  /** Open sessions of the person and on the target; 0 when nobody asked. */
  readonly openSessions: { readonly person: number; readonly target: number };
}

/**
 * Everything `authorizeTarget` decides on, read now: the person again too, because roles and contracts change while
 * sessions live, and the rules of the target. A login name that is no target's is an absent target.
 * @throws {GatewayError} `not_found` when there is no such person; `config_invalid` when its relay hosts go in a circle.
 */
export async function loadAuthorizationFacts(
  deps: IdentityDeps,
  given: AskedAccess,
): Promise<AuthorizationFacts & TargetRules & ReadAlong> {
  const { person, action, ticket } = given;
  const db = deps.database;
  const now = deps.clock.now();
  const found = await findPersonAccess(db, questionOf(given, now));
  if (found === undefined) throw new GatewayError('not_found');
  const tickets = await entriesTo(db, found, { action, now, only: ticket });
  const entries = tickets.filter(({ locked }) => !locked);
  const { access, entry, ambiguous } = choose(found.candidates, entries);
  const via = await wayOf(db, person, access, entry);
  return {
    person: found.person,
    locks: [...locksOf(found, given, access), ...via.flatMap(({ locks }) => locks), ...lockedTicket(tickets, entry)],
    target: access?.target,
    ambiguous,
    account: access?.account,
    grant: access?.grant,
    via,
    action,
    ticket: { required: access?.risk.ticketRequired === true, entry },
    now,
    keyInForce: found.keyInForce,
    openSessions: { person: found.open, target: access?.open ?? 0 },
    ...rulesOf(access),
  };
}

function questionOf(given: AskedAccess, at: Date): Parameters<typeof findPersonAccess>[1] {
  const { person, loginName, action, key, fingerprint, connectionId = null, openSince = null } = given;
  const [, targetName = null, systemName = null] = LOGIN_NAME.exec(loginName) ?? [];
  const asked = key === undefined ? null : { fingerprint: fingerprintOf(key), blob: key };
  return {
    ...{ personId: person.id, targetName, systemName, action, at, connectionId, openSince },
    ...{ key: asked, fingerprint: fingerprint ?? asked?.fingerprint ?? null },
  };
}

/** What is locked of the person, of what they come with and from, and of the target. */
function locksOf(
  { locks, places }: PersonAccess,
  { sourceAddress }: AskedAccess,
  access: TargetAccess | undefined,
): readonly LockKind[] {
  const from = sourceAddress === undefined ? places.of : [...places.of, sourceAddress];
  const device: readonly LockKind[] = isLockedPlace(places.locked, from) ? ['device'] : [];
  return [...locks, ...device, ...(access?.locks ?? [])];
}

function lockedTicket(tickets: readonly Entry[], entry: EntryTicket | undefined): readonly LockKind[] {
  return entry === undefined && tickets.length > 0 ? ['ticket'] : [];
}

function rulesOf(access: TargetAccess | undefined): TargetRules {
  return {
    assets: access?.assets ?? [],
    risk: access?.risk ?? NO_RISK_SETTINGS,
    programs: access?.programs ?? new Set(),
  };
}

/** The way to a target that something opens; nobody else learns which relay hosts stand before it. */
async function wayOf(
  db: Queryable,
  person: Person,
  access: TargetAccess | undefined,
  entry: EntryTicket | undefined,
): ReturnType<typeof wayTo> {
  const opens = access?.grant !== undefined || entry !== undefined;
  return access?.hasWay === true && opens ? wayTo(db, person, access.target) : [];
}

async function wayTo(db: Queryable, person: Person, target: Target) {
  const bound = LIMITS.targetHopsMax + 1;
  const via = await findWay(db, { personId: person.id, targetId: target.id, bound });
  if (via.length < bound) return via;
  throw new GatewayError(
    'config_invalid',
    `More than ${LIMITS.targetHopsMax} relay hosts stand before ${target.name}.`,
  );
}

type Entry = EntryTicket & { readonly target: TargetAccess['target']['id']; readonly locked: boolean };

/** The tickets that let the person in, asked for only where one could decide. */
async function entriesTo(
  db: Queryable,
  { person, candidates }: PersonAccess,
  { action, now, only }: { readonly action: SessionKind; readonly now: Date; readonly only: TicketId | undefined },
): Promise<readonly Entry[]> {
  const granted = ({ grant }: TargetAccess): boolean =>
    grant !== undefined && now < grant.expiresAt && actionsFor(action).some((one) => grant.actions.includes(one));
  const asked = candidates.filter(
    (one) => one.account !== undefined && (one.risk.ticketRequired === true || !granted(one)),
  );
  if (asked.length === 0) return [];
  const entries = await entryTickets(db, { person: person.id, targets: asked.map(({ target }) => target.id), now });
  return entries.filter(({ id }) => only === undefined || id === only);
}

/**
 * Only what the person has a grant on counts, or an emergency: another team's target of the same name is as if it were
 * not there.
 */
function choose(
  candidates: readonly TargetAccess[],
  entries: readonly Entry[],
): { access: TargetAccess | undefined; entry: EntryTicket | undefined; ambiguous: boolean } {
  const entryOf = (one: TargetAccess | undefined): Entry | undefined =>
    // Approved work stands first; an emergency is what opens where there is no grant.
    entries.filter(({ target }) => target === one?.target.id).at(one?.grant === undefined ? -1 : 0);
  const open = candidates.filter((one) => one.grant !== undefined || entryOf(one)?.kind === 'emergency');
  const access = open[0] ?? (candidates.length === 1 ? candidates[0] : undefined);
  return { access, entry: entryOf(access), ambiguous: open.length > 1 };
}
