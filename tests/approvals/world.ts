/** Two systems with their owners, people of every role, and acts the real gate refused. */
import { z } from 'zod';
import { type ExportView, findTicket, recordRefusedAct, requestExport } from '../../approvals/index.ts';
import { type Database, execute, many, newUuid, one, sql } from '../../foundation/index.ts';
import { applyInventory, type InventoryInput, InventorySchema, provisionPerson } from '../../identity/index.ts';
import {
  judgeCommand,
  type PersonId,
  type Principal,
  type RefusedActId,
  type Role,
  type SessionId,
  type TargetId,
  type TicketId,
} from '../../policy/index.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';

export const ISSUER = 'https://login.example.com';
export const START = new Date('2026-04-01T00:00:00.000Z');
export const HOUR = 3_600_000;
export const DUMP = 'mysqldump crm customers';

const ROLES: Record<string, Role[]> = {
  aoki: ['maintainer'],
  chen: ['maintainer'],
  tanaka: ['owner'],
  sato: ['owner'],
  mori: ['owner'],
  yamada: ['administrator', 'owner', 'maintainer'],
  suzuki: ['auditor'],
  kimura: ['security_officer'],
};
export type Name = 'aoki' | 'chen' | 'tanaka' | 'sato' | 'mori' | 'yamada' | 'suzuki' | 'kimura';

const ASSETS = [
  { kind: 'table' as const, name: 'crm.customers', dataClass: 'personal', recordCount: 1_000 },
  { kind: 'table' as const, name: 'crm.orders', dataClass: 'personal', recordCount: 5_000 },
];
export const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const target = (name: string, system: string) => ({
  ...{ name, system, host: '127.0.0.1', port: 22, hostKey: HOST_KEY },
  mode: 'guarded-line' as const,
});
const until = new Date(START.getTime() + 90 * 24 * HOUR);
const maintainers = ['aoki', 'chen', 'yamada'];

/** `crm` belongs to Tanaka, Sato and Yamada; `billing` to Mori alone; `lonely` to Yamada alone. */
export const INVENTORY: InventoryInput = {
  issuer: ISSUER,
  people: Object.entries(ROLES).map(([subject, roles]) => ({
    subject,
    name: `Name of ${subject}`,
    roles,
    locale: 'en',
  })),
  systems: [
    { name: 'crm', titleEn: 'Customers', titleJa: '顧客管理', owners: ['tanaka', 'sato', 'yamada'], assets: ASSETS },
    { name: 'billing', titleEn: 'Billing', titleJa: '請求', owners: ['mori'], assets: ASSETS },
    { name: 'lonely', titleEn: 'Lonely', titleJa: '単独', owners: ['yamada'], assets: ASSETS },
  ],
  targets: [target('crm-db', 'crm'), target('billing-db', 'billing'), target('lonely-db', 'lonely')],
  accounts: maintainers.flatMap((person) => [
    { target: 'crm-db', person, account: person },
    { target: 'billing-db', person, account: person },
    { target: 'lonely-db', person, account: person },
  ]),
  grants: maintainers.flatMap((person) =>
    ['crm-db', 'billing-db', 'lonely-db'].map((name) => ({
      ...{ target: name, person, expiresAt: until },
      actions: ['shell' as const, 'exec' as const],
    })),
  ),
};

export interface AuditRow {
  readonly type: string;
  readonly actor: string | null;
  readonly ticket: string | null;
  readonly body: Record<string, unknown>;
}

export interface World extends AsyncDisposable {
  readonly fresh: FreshDatabase;
  readonly database: Database;
  readonly clock: ManualClock;
  readonly people: Record<Name, Principal>;
  readonly idOf: (name: Name) => PersonId;
  readonly targetId: (name: string) => Promise<TargetId>;
  readonly session: (name: Name, target?: string) => Promise<SessionId>;
  /** The gate refuses `text` of this person on the target. */
  readonly refuse: (name: Name, text?: string, target?: string) => Promise<RefusedActId>;
  /** Asks for a window of one hour from now. */
  readonly ask: (name: Name, more?: Partial<Asked>) => Promise<ExportView>;
  readonly stateOf: (ticket: TicketId) => Promise<string>;
  /** Audit events in order, of one type when it is named. */
  readonly events: (type?: string) => Promise<AuditRow[]>;
}

interface Asked {
  readonly act: RefusedActId;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly destination: 'workstation' | 'vault';
  readonly purpose: string;
  readonly scope: 'act' | 'class';
  readonly usesMax: number;
  readonly lastsSeconds: number;
}

export async function world(): Promise<World> {
  const fresh = await freshDatabase({ poolSize: 8 });
  const { database } = fresh;
  const clock = new ManualClock(START);
  await applyInventory({ database, clock }, InventorySchema.parse(INVENTORY));
  const people = await principals({ database, clock });
  const idOf = (name: Name): PersonId => people[name].person.id;
  const targetId = async (name: string): Promise<TargetId> =>
    (
      await one(
        database,
        sql(z.strictObject({ id: z.custom<TargetId>() }))`SELECT id FROM targets WHERE name = ${name}`,
      )
    ).id;

  const session = async (name: Name, at = 'crm-db'): Promise<SessionId> => {
    const id = newUuid(clock.now()) as SessionId;
    await execute(
      database,
      sql(z.never())`
        INSERT INTO sessions (id, connection_id, gateway_id, person_id, target_id, account, kind, command,
          source_address, signed_in_by, opened_at)
        VALUES (${id}, ${newUuid(clock.now())}, ${newUuid(clock.now())}, ${idOf(name)}, ${await targetId(at)}, ${name},
          'exec', ${DUMP}, '192.0.2.7', 'ssh_key', ${clock.now()})`,
    );
    return id;
  };
  const refuse = async (name: Name, text = DUMP, at = 'crm-db'): Promise<RefusedActId> => {
    const sessionId = await session(name, at);
    const id = await targetId(at);
    const judgement = judgeCommand(text, { mode: 'guarded-line', assets: ASSETS });
    return database.inTransaction((tx) =>
      recordRefusedAct(tx, clock, { sessionId, personId: idOf(name), targetId: id, text, judgement }),
    );
  };
  const ask = async (name: Name, more: Partial<Asked> = {}): Promise<ExportView> =>
    requestExport({ database, clock }, people[name], {
      refusedActId: more.act ?? (await refuse(name)),
      purpose: more.purpose ?? 'Monthly report for the client',
      client: 'Client A',
      rowsMax: more.rowsMax ?? 1_200,
      bytesMax: more.bytesMax ?? 1_000_000,
      destination: more.destination,
      scope: more.scope,
      usesMax: more.usesMax,
      ...(more.lastsSeconds === undefined
        ? {
            notBefore: more.notBefore ?? clock.now(),
            notAfter: more.notAfter ?? new Date(clock.now().getTime() + HOUR),
          }
        : { lastsSeconds: more.lastsSeconds }),
    });

  const event = z.strictObject({
    type: z.string(),
    actor: z.string().nullable(),
    ticket: z.string().nullable(),
    body: z.record(z.string(), z.unknown()),
  });
  return {
    ...{ fresh, database, clock, people, idOf, targetId, session, refuse, ask },
    stateOf: async (ticket) =>
      (await one(database, sql(z.strictObject({ state: z.string() }))`SELECT state FROM tickets WHERE id = ${ticket}`))
        .state,
    events: (type) =>
      many(
        database,
        sql(event)`
          SELECT type, actor_id AS actor, ticket_id AS ticket, body FROM audit_events
          WHERE ${type ?? null}::text IS NULL OR type = ${type ?? null} ORDER BY seq`,
      ),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  };
}

async function principals(deps: { database: Database; clock: ManualClock }): Promise<Record<Name, Principal>> {
  const made: [string, Principal][] = [];
  for (const [subject, roles] of Object.entries(ROLES)) {
    const person = await provisionPerson(deps, {
      ...{ issuer: ISSUER, subject, roles, locale: 'en', employer: '', email: null },
      name: `Name of ${subject}`,
    });
    made.push([subject, { person, signedInBy: 'oidc' }]);
  }
  return Object.fromEntries(made) as Record<Name, Principal>;
}

/** An export ticket as this person sees it; undefined when they do not. */
export async function exportView(house: World, principal: Principal, id: TicketId): Promise<ExportView | undefined> {
  const view = await findTicket(house, principal, id);
  return view?.kind === 'export' ? view : undefined;
}

/** The code of the refusal, `accepted` when there is none. */
export async function codeOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
    return 'accepted';
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown) return String(thrown.code);
    throw thrown;
  }
}
