/** Output whose counts cannot be stored, on a real database that goes away and comes back. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Client } from 'pg';
import { Cleanup, createLog, newUuid, one, sql, systemClock } from '../../foundation/index.ts';
import { Meters, type SessionMeter } from '../../gateway/metering/index.ts';
import { Charging } from '../../gateway/ssh/output/charging.ts';
import type { ChannelWork } from '../../gateway/ssh/model.ts';
import { applyInventory, InventorySchema } from '../../identity/index.ts';
import { type ConnectionId, NOTHING_LEAVES, type PersonId, type SystemId } from '../../policy/index.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';

describe('what cannot be counted', () => {
  const cleanup = new Cleanup();
  let db: FreshDatabase;
  let meter: SessionMeter;
  beforeAll(async () => {
    db = cleanup.use(await freshDatabase());
    const person = { subject: 'aoki', name: 'aoki', roles: ['maintainer'] };
    const system = { name: 'crm', titleEn: 'CRM', titleJa: '顧客管理', owners: [], assets: [] };
    const rest = { issuer: 'https://login.example.com', targets: [], accounts: [], grants: [] };
    const inventory = InventorySchema.parse({ ...rest, people: [person], systems: [system] });
    await applyInventory({ database: db.database, clock: systemClock }, inventory);
    const ids = z.strictObject({ person: z.string(), system: z.string() });
    const found = await one(db.database, sql(ids)`SELECT p.id AS person, s.id AS system FROM persons p, systems s`);
    const meters = new Meters({
      ...{ database: db.database, clock: systemClock },
      log: createLog('silent'),
      key: Buffer.alloc(32),
    });
    meter = meters.open({
      ...{ personId: found.person as PersonId, systemId: found.system as SystemId },
      connectionId: newUuid(systemClock.now()) as ConnectionId,
      budget: { limits: { persons: { day: 10 } }, softRatio: 1 },
    }).meter;
    await meter.load();
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  /** Nobody new is let in, and who is in is put out; the returned function undoes it. */
  async function close(): Promise<() => Promise<void>> {
    const url = new URL(db.adminUrl.expose());
    const name = url.pathname.slice(1);
    url.pathname = '/postgres';
    const admin = async (text: string): Promise<void> => {
      const client = new Client({ connectionString: url.href });
      await client.connect();
      await client.query(text);
      await client.end();
    };
    await admin(`ALTER DATABASE ${name} CONNECTION LIMIT 0`);
    await admin(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
    return () => admin(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
  }

  test('waits, says so once, and passes when the database is back; given up, it never does', async () => {
    const open = await close();
    let told = 0;
    let heard = (): void => undefined;
    const unreadable = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const onUnreadable = (): void => {
      told += 1;
      heard();
    };
    const charging = new Charging({ meter } as ChannelWork, { onUnreadable });
    const somebody = { ...NOTHING_LEAVES, persons: [1n] };
    const patience = new AbortController();
    const waiting = charging.reserve(somebody, patience.signal);
    await unreadable;
    expect(
      charging.passesAtOnce({ stream: 'o', bytes: Buffer.from('x'), finds: [{ at: 0, addition: somebody }] }),
    ).toBe(false);
    const impatience = new AbortController();
    const givenUp = charging.reserve({ ...somebody, persons: [2n] }, impatience.signal);
    impatience.abort();
    await givenUp;
    await open();
    expect(await waiting).toEqual({ kind: 'within' });
    expect(told).toBeLessThanOrEqual(2);
    const { rows } = await db.database.pool.query<{ length: number }>(
      'SELECT length(persons) AS length FROM meter_days',
    );
    expect(rows).toEqual([{ length: 9 }]);
  }, 30_000);
});
