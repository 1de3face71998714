/** A database with its settings as they come, ten systems, their owners, fifty maintainers, and tickets in any number. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { recordRefusedAct, requestAccess, requestExport, requestTransfer } from '../../approvals/index.ts';
import { type Clock, Cleanup, createLog, Database, systemClock } from '../../foundation/index.ts';
import { applyInventory, type InventoryInput, InventorySchema, provisionPerson } from '../../identity/index.ts';
import { startEmbeddedPostgres } from '../../main/embedded-postgres/index.ts';
import { migrate } from '../../main/migrate.ts';
import { judgeCommand, type Principal, type Role, type TargetId, type TicketId } from '../../policy/index.ts';
import { MIGRATIONS_DIRECTORY } from '../../tests/support/paths.ts';
import { vacuum, copyTickets, insertSession, systemIds, targetIds } from './queries.ts';

const ISSUER = 'https://login.example.com';
const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const DAY_MS = 86_400_000;
const SYSTEMS = 10;
const MAINTAINERS = 50;
export const DUMP = 'mysqldump crm customers';
const ASSETS = [{ kind: 'table' as const, name: 'crm.customers', dataClass: 'personal', recordCount: 100_000 }];

/** Tanaka owns every system, Sato the first alone; Kimura is the second line. */
const APPROVERS: Readonly<Record<'tanaka' | 'sato' | 'kimura', Role[]>> = {
  tanaka: ['owner'],
  sato: ['owner'],
  kimura: ['security_officer'],
};
export type ApproverName = keyof typeof APPROVERS;

const maintainers = Array.from({ length: MAINTAINERS }, (_, at) => `maintainer-${at}`);
const systems = Array.from({ length: SYSTEMS }, (_, at) => `system-${at}`);
const targetOf = (system: string): string => `${system}-db`;

function inventory(now: Date): InventoryInput {
  const expiresAt = new Date(now.getTime() + 7 * DAY_MS);
  const people = [...Object.entries(APPROVERS), ...maintainers.map((name) => [name, ['maintainer']] as const)];
  const [requester = ''] = maintainers;
  return {
    issuer: ISSUER,
    people: people.map(([subject, roles]) => ({
      subject,
      name: `Name of ${subject}`,
      roles: [...roles],
      locale: 'en',
    })),
    systems: systems.map((name, at) => ({
      ...{ name, titleEn: name, titleJa: name, assets: ASSETS },
      owners: at === 0 ? ['tanaka', 'sato'] : ['tanaka'],
    })),
    targets: systems.map((system) => ({
      ...{ name: targetOf(system), system, host: '127.0.0.1', port: 22, hostKey: HOST_KEY, mode: 'guarded-line' },
    })),
    accounts: systems.map((system) => ({ target: targetOf(system), person: requester, account: 'worker' })),
    grants: systems.map((system) => ({
      ...{ target: targetOf(system), person: requester, expiresAt, actions: ['shell', 'exec'] },
    })),
  };
}

export interface House extends AsyncDisposable {
  /** As a gateway's own role, with as many connections as a gateway has. */
  readonly database: Database;
  readonly clock: Clock;
  readonly url: string;
  readonly approvers: Readonly<Record<ApproverName, Principal>>;
  readonly requester: Principal;
  readonly target: TargetId;
  /** A session of the requester's, in the database alone. */
  readonly session: () => Promise<string>;
  readonly askExport: () => Promise<{ readonly id: TicketId; readonly actDigest: string }>;
  /** Asks by the product's own commands, and copies what they wrote until there are so many. */
  readonly fill: (counts: { readonly open: number; readonly closed: number }) => Promise<void>;
}

export const POOL_SIZE = 10;

export async function startHouse(): Promise<House> {
  const cleanup = new Cleanup();
  try {
    const log = createLog('silent');
    const directory = await mkdtemp('/var/tmp/sekisho-approvals-');
    cleanup.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
    const server = cleanup.use(await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log }));
    await migrate({ ownerUrl: server.ownerUrl, directory: MIGRATIONS_DIRECTORY, log });
    const database = cleanup.use(new Database({ url: server.gatewayUrl, poolSize: POOL_SIZE, log }));
    const owner = cleanup.use(new Database({ url: server.ownerUrl, poolSize: 2, log }));
    const dispose = (): Promise<void> => cleanup[Symbol.asyncDispose]();
    return await furnish({ database, owner, url: server.gatewayUrl.expose(), dispose });
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function furnish(parts: {
  database: Database;
  owner: Database;
  url: string;
  dispose: () => Promise<void>;
}): Promise<House> {
  const { database, owner, url, dispose } = parts;
  const clock = systemClock;
  const deps = { database, clock };
  await applyInventory(deps, InventorySchema.parse(inventory(clock.now())));
  const principal = (subject: string, roles: Role[]) => principalOf(deps, subject, roles);
  const approvers = {
    tanaka: await principal('tanaka', APPROVERS.tanaka),
    sato: await principal('sato', APPROVERS.sato),
    kimura: await principal('kimura', APPROVERS.kimura),
  };
  const requester = await principal(maintainers[0] ?? '', ['maintainer']);
  const targets = await targetIds(owner);
  const at = (index: number): TargetId => {
    const id = targets[index];
    if (id === undefined) throw new Error(`no target ${index}`);
    return id;
  };
  const session = (target = at(0)) =>
    insertSession(database, { person: requester.person.id, target, now: clock.now() });
  const askExport = (target = at(0)) => askOne(deps, requester, { target, session: () => session(target) });
  return {
    ...{ database, clock, url, approvers, requester, target: at(0) },
    session: () => session(),
    askExport: () => askExport(),
    fill: async ({ open, closed }) => {
      const now = clock.now();
      const asked = { purpose: 'Patch the database', lastsSeconds: 3_600 };
      const ids: TicketId[] = [];
      for (const target of targets) {
        ids.push((await askExport(target)).id);
        const plan = { ...asked, targets: [target], workPlan: '1. Stop\n2. Patch\n3. Start' };
        ids.push((await requestAccess(deps, requester, plan)).id);
      }
      const [from, to] = await systemIds(owner);
      if (from === undefined || to === undefined) throw new Error('a transfer is between two systems');
      const moved = { ...asked, from, to, description: 'The customers of last year', parcel: null };
      ids.push((await requestTransfer(deps, requester, moved)).id);
      const approver = approvers.tanaka.person.id;
      await copyTickets(owner, { of: ids, count: open - ids.length, state: 'requested', approver: null, now });
      await copyTickets(owner, { of: ids, count: closed, state: 'expired', approver, now });
      await vacuum(owner);
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function principalOf(
  deps: { database: Database; clock: Clock },
  subject: string,
  roles: Role[],
): Promise<Principal> {
  const name = `Name of ${subject}`;
  const person = await provisionPerson(deps, {
    ...{ issuer: ISSUER, subject, roles, name, locale: 'en', employer: '', email: null },
  });
  return { person, signedInBy: 'oidc' };
}

async function askOne(
  deps: { database: Database; clock: Clock },
  requester: Principal,
  { target, session }: { target: TargetId; session: () => Promise<string> },
) {
  const sessionId = (await session()) as Parameters<typeof recordRefusedAct>[2]['sessionId'];
  const judgement = judgeCommand(DUMP, { mode: 'guarded-line', assets: ASSETS });
  const refusedActId = await deps.database.inTransaction((tx) =>
    recordRefusedAct(tx, deps.clock, {
      ...{ sessionId, personId: requester.person.id, targetId: target, text: DUMP, judgement },
    }),
  );
  return requestExport(deps, requester, {
    ...{ refusedActId, purpose: 'Monthly report for the client', client: 'Client A', rowsMax: 1_200 },
    ...{ bytesMax: 1_000_000, destination: 'workstation', lastsSeconds: 3_600 },
  });
}
