/** Audit events become leaves: all of them, once, and in the order of their numbers, whatever commits when. */
import { describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { sha256 } from '../../foundation/index.ts';
import { appendAuditEvent, EventAnchor, EventTrace, listAuditEvents } from '../../recorder/index.ts';
import { eventSalt, eventText } from '../../recorder/anchoring/event-leaf.ts';
import { encodeLeaf, type Leaf } from '../../evidence/index.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';

const KEY = Buffer.alloc(32, 5);

/** A log that keeps what it is told, and an anchor on it as a start of the gateway makes it. */
function house({ database }: FreshDatabase) {
  const clock = new ManualClock();
  const leaves: Leaf[] = [];
  let isBroken = false;
  const leafLog = {
    append: (leaf: Leaf) => {
      if (isBroken) return Promise.reject(new Error('the disk is gone'));
      leaves.push(leaf);
      return Promise.resolve({ index: leaves.length - 1, hash: Buffer.alloc(32) });
    },
  };
  const start = (): EventAnchor => {
    const trace = new EventTrace();
    for (const leaf of leaves) trace.visit({ bytes: Buffer.from(encodeLeaf(leaf)) });
    return new EventAnchor({ database, leafLog, clock, saltKey: KEY, trace });
  };
  return {
    clock,
    leaves,
    start,
    anchored: () => leaves.flatMap((leaf) => (leaf.type === 'event' ? [leaf.n] : [])),
    event: () => appendAuditEvent(database, clock, { type: 'person.signed_out', actor: null, body: {} }),
    break: (broken: boolean) => {
      isBroken = broken;
    },
  };
}

/** A transaction of somebody else, which takes the next number and ends when it is told. */
async function pending(db: FreshDatabase) {
  const client = new Client({ connectionString: db.url.expose() });
  await client.connect();
  await client.query('BEGIN');
  await client.query(
    "INSERT INTO audit_events (at, type, actor_id, session_id, ticket_id, body) VALUES (now(), 'person.signed_out', null, null, null, '{}')",
  );
  const end = async (how: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    await client.query(how);
    await client.end();
  };
  return { commit: () => end('COMMIT'), rollBack: () => end('ROLLBACK') };
}

describe('the anchoring of audit events', () => {
  test('passes over no event whose transaction ends later than that of a later number', async () => {
    await using db = await freshDatabase();
    const { start, event, anchored, clock } = house(db);
    const anchor = start();
    await event();
    const slow = await pending(db); // 2
    await event(); // 3
    expect(await anchor.step()).toBe(1);
    clock.advance(30_000);
    expect(await anchor.step()).toBe(0);
    await slow.commit();
    expect(await anchor.step()).toBe(2);
    expect(anchored()).toEqual([1, 2, 3]);
  });

  test('goes on behind a number that was rolled back, once nobody can come with it any more', async () => {
    await using db = await freshDatabase();
    const { start, event, anchored, clock } = house(db);
    const anchor = start();
    const slow = await pending(db); // 1
    await event(); // 2
    expect(await anchor.step()).toBe(0);
    await slow.rollBack();
    expect(await anchor.step()).toBe(0); // It may have been about to come a moment ago.
    clock.advance(600);
    // The server is shared: transactions of other suites that were at work when the number was missed have to end too.
    let found = 0;
    while (found === 0) found = await anchor.step();
    expect(found).toBe(1);
    expect(anchored()).toEqual([2]);
  });

  test('is not held up for ever by a transaction that never ends, and still finds what it brings', async () => {
    await using db = await freshDatabase();
    const { start, event, anchored, clock } = house(db);
    const anchor = start();
    const slow = await pending(db);
    await event();
    await anchor.step();
    clock.advance(61_000);
    expect(await anchor.step()).toBe(1);
    await slow.commit();
    expect(await anchor.step()).toBe(1);
    expect(anchored()).toEqual([2, 1]);
    expect(await anchor.step()).toBe(0);
  });

  test('goes on at the next start where the log ends, and finds there what came late', async () => {
    await using db = await freshDatabase();
    const { start, event, anchored, clock } = house(db);
    const first = start();
    const slow = await pending(db); // 1
    await event();
    await first.step();
    clock.advance(61_000);
    await first.step();
    await event();
    await slow.commit();
    expect(await start().step()).toBe(2);
    expect(anchored()).toEqual([2, 1, 3]);
    expect(await start().step()).toBe(0);
  });

  test('says nothing twice and loses nothing when the log fails in between', async () => {
    await using db = await freshDatabase();
    const world = house(db);
    const anchor = world.start();
    for (let at = 0; at < 5; at += 1) await world.event();
    world.break(true);
    await expect(anchor.step()).rejects.toThrow('the disk is gone');
    world.break(false);
    expect(await anchor.step()).toBe(5);
    expect(world.anchored()).toEqual([1, 2, 3, 4, 5]);
  });

  test('takes more events than one batch', async () => {
    await using db = await freshDatabase();
    const { start, anchored, clock } = house(db);
    await db.database.pool.query(
      "INSERT INTO audit_events (at, type, body) SELECT now(), 'person.signed_out', '{}' FROM generate_series(1, 1203)",
    );
    clock.advance(1);
    expect(await start().step()).toBe(1_203);
    expect(anchored()).toEqual(Array.from({ length: 1_203 }, (_, at) => at + 1));
  });

  test('commits to the event so that it opens with its salt alone, and any change of it is seen', async () => {
    await using db = await freshDatabase();
    const { start, event, leaves } = house(db);
    await event();
    await start().step();
    const [stored] = await listAuditEvents(db.database, { limit: 1 });
    if (stored === undefined) throw new Error('no event');
    const [leaf] = leaves;
    const commit = (text: string, salt = eventSalt(KEY, 1)): string =>
      sha256('sekisho/v2/event|', salt, text).toString('hex');
    expect(leaf).toMatchObject({ type: 'event', n: 1, kind: 'person.signed_out', commit: commit(eventText(stored)) });
    expect(commit(eventText({ ...stored, actor: '0195f000-0000-7000-8000-000000000001' }))).not.toBe(
      commit(eventText(stored)),
    );
    expect(commit(eventText(stored), eventSalt(KEY, 2))).not.toBe(commit(eventText(stored)));
  });
});
