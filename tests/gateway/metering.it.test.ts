/** Meters of several processes on one real database. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Cleanup, createLog, hasCode, newUuid, one, sql, systemClock } from '../../foundation/index.ts';
import { loadMeterKey, Meters, type OpenMeter } from '../../gateway/metering/index.ts';
import { applyInventory, InventorySchema } from '../../identity/index.ts';
import {
  type Addition,
  type Budget,
  type BudgetDecision,
  type BudgetLimits,
  type ConnectionId,
  NOTHING_LEAVES,
  type PersonId,
  type SystemId,
  Tally,
} from '../../policy/index.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const DAY_MS = 86_400_000;
const log = createLog('silent');
const persons = (from: number, to: number): Addition => ({
  ...NOTHING_LEAVES,
  persons: Array.from(
    { length: to - from },
    (_, at) => (BigInt(from + at) * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn,
  ),
});

describe('the meters of a person', () => {
  const cleanup = new Cleanup();
  let db: FreshDatabase;
  let systemId: SystemId;
  let personId: PersonId;
  let clock: ManualClock;

  beforeAll(async () => {
    db = cleanup.use(await freshDatabase());
    const inventory = {
      issuer: 'https://login.example.com',
      people: [],
      systems: [{ name: 'crm', titleEn: 'CRM', titleJa: '顧客管理', owners: [], assets: [] }],
      ...{ targets: [], accounts: [], grants: [] },
    };
    await applyInventory({ database: db.database, clock: systemClock }, InventorySchema.parse(inventory));
    const row = await one(db.database, sql(z.strictObject({ id: z.string() }))`SELECT id FROM systems`);
    systemId = row.id as SystemId;
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());
  beforeEach(async () => {
    clock = new ManualClock();
    personId = newUuid(systemClock.now()) as PersonId;
    await db.owner.pool.query(
      `INSERT INTO persons (id, name, locale, roles, created_at, updated_at) VALUES ($1, 'aoki', 'en', '{maintainer}', now(), now())`,
      [personId],
    );
  });

  /** The meters of one process. */
  const process = (): Meters => new Meters({ database: db.database, clock, log, key: randomBytes(32) });
  const budget = (limits: BudgetLimits): Budget => ({ limits, softRatio: 1 });
  const session = (meters: Meters, limits: BudgetLimits, connection = newUuid(systemClock.now())): OpenMeter =>
    meters.open({ personId, systemId, connectionId: connection as ConnectionId, budget: budget(limits) });
  const reserve = ({ meter }: OpenMeter, addition: Addition, command = new Tally()): Promise<BudgetDecision> =>
    meter.reserve(command, addition);

  test('refuse, in one process, what another has let go: not one person over the budget of the day', async () => {
    const limits = { persons: { day: 100 } };
    const processes = [process(), process()];
    const sessions = Array.from({ length: 10 }, (_, at) => session(processes[at % 2]!, limits));
    let passed = 0;
    await Promise.all(
      sessions.map(async (opened, at) => {
        for (let next = 0; next < 60; next += 3) {
          const some = persons(at * 1_000 + next, at * 1_000 + next + 3);
          if ((await reserve(opened, some)).kind === 'within') passed += 3;
        }
      }),
    );
    expect(passed).toBe(99);
    const row = await one(
      db.database,
      sql(
        z.strictObject({ persons: z.custom<Buffer>() }),
      )`SELECT persons FROM meter_days WHERE person_id = ${personId}`,
    );
    expect(row.persons).toHaveLength(1 + 8 * 99);
  });

  test('count somebody who is seen again, in whatever session and process, once', async () => {
    const limits = { persons: { day: 10 } };
    const [one, other] = [session(process(), limits), session(process(), limits)];
    for (const opened of [one, other, one, other]) {
      expect(await reserve(opened, persons(0, 10))).toEqual({ kind: 'within' });
    }
    expect(await reserve(other, persons(10, 11))).toMatchObject({ kind: 'hard', which: { window: 'day', count: 11 } });
  });

  test('forget a day after a day, thirty after thirty, and a life never', async () => {
    const limits = { persons: { day: 10, days30: 15, days90: 20, lifetime: 30 } };
    const over = async (from: number, to: number): Promise<unknown> => {
      const decided = await reserve(session(process(), limits), persons(from, to));
      return decided.kind === 'hard' ? decided.which.window : decided.kind;
    };
    expect(await over(0, 11)).toBe('day');
    expect(await over(0, 10)).toBe('within');
    clock.advance(DAY_MS);
    expect(await over(10, 16)).toBe('days30');
    expect(await over(10, 15)).toBe('within');
    clock.advance(28 * DAY_MS);
    expect(await over(15, 16)).toBe('days30');
    clock.advance(DAY_MS);
    expect(await over(15, 20)).toBe('within');
    clock.advance(31 * DAY_MS);
    expect(await over(20, 21)).toBe('days90');
    clock.advance(400 * DAY_MS);
    expect(await over(20, 30)).toBe('within');
    clock.advance(400 * DAY_MS);
    expect(await over(30, 31)).toBe('lifetime');
    expect(await over(0, 5)).toBe('within');
  });

  test('go over into the next day while a session is open', async () => {
    const opened = session(process(), { persons: { day: 10 } });
    expect((await reserve(opened, persons(0, 10))).kind).toBe('within');
    expect((await reserve(opened, persons(10, 11))).kind).toBe('hard');
    clock.advance(DAY_MS);
    expect(opened.meter.isLoaded).toBe(false);
    expect((await reserve(opened, persons(10, 20))).kind).toBe('within');
    expect((await reserve(opened, persons(0, 1))).kind).toBe('hard');
  });

  test('share what one connection has seen among its channels, and tell connections apart', async () => {
    const limits = { persons: { session: 10, command: 6 } };
    const meters = process();
    const connection = newUuid(systemClock.now());
    const [first, second] = [session(meters, limits, connection), session(meters, limits, connection)];
    expect(await reserve(first, persons(0, 7))).toMatchObject({ kind: 'hard', which: { window: 'command' } });
    expect((await reserve(first, persons(0, 6))).kind).toBe('within');
    expect(await reserve(second, persons(6, 11))).toMatchObject({ kind: 'hard', which: { window: 'session' } });
    expect((await reserve(second, persons(6, 10))).kind).toBe('within');
    expect((await reserve(session(meters, limits), persons(20, 25))).kind).toBe('within');
  });

  test('let nothing go that cannot be stored, and do not count it either', async () => {
    const gone = await freshDatabase();
    const meters = new Meters({ database: gone.database, clock, log, key: randomBytes(32) });
    const { meter } = meters.open({
      ...{ personId, systemId, connectionId: newUuid(systemClock.now()) as ConnectionId },
      budget: budget({ persons: { day: 10 } }),
    });
    await gone[Symbol.asyncDispose]();
    const command = new Tally();
    const refused = await meter.reserve(command, persons(0, 3)).catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(Error);
    expect(meter.counts(command).persons).toMatchObject({ command: 0, session: 0, day: 0 });
  });

  test('store what nobody limits when the session ends, and add it to what others stored', async () => {
    const [one, other] = [session(process(), {}), session(process(), {})];
    const some = { ...NOTHING_LEAVES, rows: 3, bytes: 100, opaqueBytes: 7, files: 1, estimatedPersons: 2 };
    one.meter.note(new Tally(), some);
    one.meter.note(new Tally(), some);
    other.meter.note(new Tally(), { ...some, persons: [1n, 2n] });
    await Promise.all([one.close(), other.close()]);
    for (const table of ['meter_days', 'meter_lifetimes']) {
      const { rows } = await db.database.pool.query<Record<string, unknown>>(
        `SELECT rows, bytes, opaque_bytes, files, estimated_persons, length(persons) AS length FROM ${table} WHERE person_id = $1`,
        [personId],
      );
      expect(rows).toEqual([
        { rows: '9', bytes: '300', opaque_bytes: '21', files: '3', estimated_persons: '6', length: 17 },
      ]);
    }
  });

  test('must be stored before it leaves: a new person always, of a limited kind what others should know of', () => {
    const { meter } = session(process(), { persons: { day: 10 }, bytes: { day: 1_600 } });
    const command = new Tally();
    expect(meter.mustReserve(command, persons(0, 1))).toBe(true);
    expect(meter.mustReserve(command, { ...NOTHING_LEAVES, bytes: 101 })).toBe(true);
    expect(meter.mustReserve(command, { ...NOTHING_LEAVES, bytes: 100, rows: 50_000 })).toBe(false);
    expect(session(process(), {}).meter.mustReserve(command, persons(0, 1_000))).toBe(false);
  });

  test("are not turned back, not even by the gateway's own role", async () => {
    await reserve(session(process(), { persons: { day: 10 } }), { ...persons(0, 5), rows: 5 });
    const none = Buffer.of(1);
    for (const change of [
      'rows = 0',
      'persons = $2',
      'estimated_persons = -1',
      "person_id = '00000000-0000-0000-0000-000000000000'",
    ]) {
      const values = change.includes('$2') ? [personId, none] : [personId];
      const turned = db.database.pool.query(`UPDATE meter_days SET ${change} WHERE person_id = $1`, values);
      await expect(turned).rejects.toThrow(/never goes back|permission denied|check constraint/);
    }
    for (const table of ['meter_days', 'meter_lifetimes']) {
      await expect(db.database.pool.query(`DELETE FROM ${table}`)).rejects.toThrow(/permission denied/);
    }
  });
});

describe('the key of the meters', () => {
  test('is made once, kept from others, and refused when they could read it or when it is none', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'meter_key');
    const key = await loadMeterKey(path);
    expect(key).toHaveLength(32);
    expect(await loadMeterKey(path)).toEqual(key);
    await writeFile(join(directory.path, 'open'), key, { mode: 0o644 });
    await writeFile(join(directory.path, 'short'), 'short', { mode: 0o600 });
    for (const name of ['open', 'short']) {
      const refused = await loadMeterKey(join(directory.path, name)).catch((thrown: unknown) => thrown);
      expect(hasCode(refused, 'start_refused')).toBe(true);
    }
  });
});
