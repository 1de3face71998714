import { type Clock, GatewayError, LIMITS, newUuid, type Transaction } from '../../foundation/index.ts';
import { endOfDay, GRANT_ACTIONS, type PersonId, type SystemId, type TargetId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { findOrCreate } from '../persons/provision.ts';
import { findByIdentity, updateManager, updateSponsor } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import { forEntry, refuseDuplicates, required } from './errors.ts';
import {
  type Change,
  countHops,
  deleteOtherOwners,
  findSystemId,
  findTargetIds,
  insertGrant,
  insertOwner,
  lockInventoryGrant,
  revokeOtherGrants,
  serializeInventory,
  updateContract,
  updateGrant,
  updateWay,
  upsertAccount,
  upsertAsset,
  upsertSystem,
  upsertTarget,
  wasTakenAway,
} from './queries.ts';
import { applyRelaySide } from './relay/apply.ts';
import type { Inventory } from './schema.ts';

/** One application of an inventory: its transaction, its moment, and what it has changed so far. */
interface Application {
  readonly tx: Transaction;
  readonly clock: Clock;
  readonly at: Date;
  readonly inventory: Inventory;
  readonly note: (change: Change | undefined, entry: string) => void;
}

/**
 * Brings the database to what the inventory says, all or nothing; applying it again changes nothing. Nothing is
 * deleted but ownership: a person, an account or a protected asset that is no longer listed stays, a grant is revoked.
 * People are made here and then belong to the identity provider: their name and roles come from their sign-ins.
 * @throws {GatewayError} `config_invalid` or `account_shared`, naming the entry.
 */
export async function applyInventory(deps: IdentityDeps, inventory: Inventory): Promise<void> {
  refuseAllDuplicates(inventory);
  await deps.database.inTransaction(async (tx) => {
    await serializeInventory(tx);
    const changes: { change: Change; entry: string }[] = [];
    const note: Application['note'] = (change, entry) => {
      if (change !== undefined) changes.push({ change, entry });
    };
    const application = { tx, clock: deps.clock, at: deps.clock.now(), inventory, note };
    await applyPeople(application);
    await applyRelations(application);
    await applySystems(application);
    await applyTargets(application);
    await applyAccounts(application);
    await applyGrants(application);
    if (changes.length === 0) return;
    await appendAuditEvent(tx, deps.clock, { type: 'inventory.applied', actor: null, body: { changes } });
  });
}

function refuseAllDuplicates({ people, systems, targets, accounts, grants }: Inventory): void {
  refuseDuplicates(
    'person',
    people.map(({ subject }) => subject),
  );
  refuseDuplicates(
    'system',
    systems.map(({ name }) => name),
  );
  refuseDuplicates(
    'target',
    targets.map(({ name, system }) => `${name}%${system}`),
  );
  refuseDuplicates(
    'account of',
    accounts.map(({ person, target }) => `${person} on ${target}`),
  );
  refuseDuplicates(
    'grant of',
    grants.map(({ person, target }) => `${person} on ${target}`),
  );
  for (const { name, assets } of systems) {
    refuseDuplicates(
      `asset of ${name}:`,
      assets.map((asset) => `${asset.kind} ${asset.name}`),
    );
  }
}

async function applyPeople({ tx, clock, at, inventory, note }: Application): Promise<void> {
  for (const { contractEndsAt: end, manager: _, sponsor: __, ...fields } of inventory.people) {
    const contractEndsAt = typeof end === 'string' ? endOfDay(end, inventory.zone) : end;
    const entry = `person ${fields.subject}`;
    await forEntry(entry, async () => {
      const { person, created } = await findOrCreate(tx, clock, { ...fields, issuer: inventory.issuer });
      const contracts = await updateContract(tx, person.id, contractEndsAt, at);
      note(created ? 'added' : contracts > 0 ? 'changed' : undefined, entry);
    });
  }
}

/** Once all people are there: a manager or sponsor may be listed later. Left out, it stays as it is. */
async function applyRelations(application: Application): Promise<void> {
  for (const { subject, manager, sponsor } of application.inventory.people) {
    await applyRelation(application, { kind: 'manager', subject, other: manager, update: updateManager });
    await applyRelation(application, { kind: 'sponsor', subject, other: sponsor, update: updateSponsor });
  }
}

async function applyRelation(
  application: Application,
  relation: {
    readonly kind: 'manager' | 'sponsor';
    readonly subject: string;
    readonly other: string | null | undefined;
    readonly update: typeof updateManager;
  },
): Promise<void> {
  const { kind, subject, other, update } = relation;
  if (other === undefined) return;
  const entry = `${kind} of ${subject}`;
  await forEntry(entry, async () => {
    const id = await personIdOf(application, entry, subject);
    const otherId = other === null ? null : await personIdOf(application, entry, other);
    if (id === otherId) throw new GatewayError('config_invalid', `inventory: ${entry}: must be somebody else`);
    const changed = await update(application.tx, id, otherId);
    application.note(changed > 0 ? 'changed' : undefined, entry);
  });
}

async function applySystems(application: Application): Promise<void> {
  const { tx, at, inventory, note } = application;
  const kept: { systemIds: SystemId[]; personIds: PersonId[] } = { systemIds: [], personIds: [] };
  for (const system of inventory.systems) {
    const entry = `system ${system.name}`;
    await forEntry(entry, async () => {
      note(await upsertSystem(tx, { id: newUuid(at), at, system }), entry);
      const systemId = required(await findSystemId(tx, system.name), entry, `system ${system.name}`);
      for (const subject of system.owners) {
        const personId = await personIdOf(application, entry, subject);
        const added = await insertOwner(tx, systemId, personId);
        note(added > 0 ? 'added' : undefined, `owner ${subject} of ${system.name}`);
        kept.systemIds.push(systemId);
        kept.personIds.push(personId);
      }
      await applyRelaySide(tx, at, { ...system, id: systemId }, note);
      for (const asset of system.assets) {
        const change = await upsertAsset(tx, { id: newUuid(at), systemId, asset });
        note(change, `asset ${asset.kind} ${asset.name} of ${system.name}`);
      }
    });
  }
  for (const { system, person } of await deleteOtherOwners(tx, kept)) note('removed', `owner ${person} of ${system}`);
}

async function applyTargets({ tx, at, inventory, note }: Application): Promise<void> {
  for (const target of inventory.targets) {
    const entry = `target ${target.name}`;
    await forEntry(entry, async () => {
      const systemId = required(await findSystemId(tx, target.system), entry, `system ${target.system}`);
      note(await upsertTarget(tx, { id: newUuid(at), at, systemId, target }), entry);
    });
  }
  for (const target of inventory.targets) await applyWay(tx, target, note);
  for (const target of inventory.targets) await checkWay(tx, target);
}

/** Once all targets are there: a relay host may be listed after what stands behind it. */
async function applyWay(
  tx: Transaction,
  { name, system, via }: Inventory['targets'][number],
  note: Application['note'],
): Promise<void> {
  const entry = `target ${name}`;
  await forEntry(entry, async () => {
    const id = await targetIdOf(tx, entry, `${name}%${system}`);
    const relay = via === null ? null : await targetIdOf(tx, entry, via);
    const changed = await updateWay(tx, id, relay);
    note(changed > 0 ? 'changed' : undefined, `way to ${name}`);
  });
}

/** Once all ways are there: a circle may close with the last of them. */
async function checkWay(tx: Transaction, { name, system }: Inventory['targets'][number]): Promise<void> {
  const entry = `target ${name}`;
  const id = await targetIdOf(tx, entry, `${name}%${system}`);
  if ((await countHops(tx, id, LIMITS.targetHopsMax + 1)) > LIMITS.targetHopsMax) {
    throw new GatewayError(
      'config_invalid',
      `inventory: ${entry}: more than ${LIMITS.targetHopsMax} relay hosts before it`,
    );
  }
}

/** @throws {GatewayError} `config_invalid` when the reference names no target, or two. */
async function targetIdOf(tx: Transaction, entry: string, reference: string): Promise<TargetId> {
  const [id, second] = await findTargetIds(tx, reference);
  if (second !== undefined) {
    throw new GatewayError(
      'config_invalid',
      `inventory: ${entry}: write target%system: ${reference} names two targets`,
    );
  }
  return required(id, entry, `target ${reference}`);
}

async function applyAccounts(application: Application): Promise<void> {
  const { tx, at, inventory, note } = application;
  for (const { target, person, account } of inventory.accounts) {
    const entry = `account ${account} of ${person} on ${target}`;
    await forEntry(entry, async () => {
      const personId = await personIdOf(application, entry, person);
      const targetId = await targetIdOf(tx, entry, target);
      note(await upsertAccount(tx, { id: newUuid(at), at, targetId, personId, account }), entry);
    });
  }
}

async function applyGrants(application: Application): Promise<void> {
  const { tx, at, inventory, note } = application;
  const kept: string[] = [];
  for (const { target, person, actions, expiresAt } of inventory.grants) {
    const entry = `grant of ${person} on ${target}`;
    await forEntry(entry, async () => {
      const personId = await personIdOf(application, entry, person);
      const targetId = await targetIdOf(tx, entry, target);
      const inOrder = GRANT_ACTIONS.filter((action) => actions.includes(action));
      const fields = { personId, targetId, actions: inOrder, expiresAt };
      const known = await lockInventoryGrant(tx, fields);
      // What a review took away stays away until the inventory says something else about it.
      if (known?.same !== true && (await wasTakenAway(tx, fields))) {
        if (known !== undefined) kept.push(known.id);
        return;
      }
      const id = known?.id ?? newUuid(at);
      kept.push(id);
      if (known === undefined) await insertGrant(tx, { ...fields, id, at });
      else if (!known.same) await updateGrant(tx, id, fields);
      note(known === undefined ? 'added' : known.same ? undefined : 'changed', entry);
    });
  }
  for (const { target, person } of await revokeOtherGrants(tx, { kept, at })) {
    note('revoked', `grant of ${person} on ${target}`);
  }
}

async function personIdOf({ tx, inventory }: Application, entry: string, subject: string): Promise<PersonId> {
  const person = await findByIdentity(tx, { issuer: inventory.issuer, subject });
  return required(person?.id, entry, `person ${subject}`);
}
