import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { execute, newUuid, sql, systemClock } from '../../foundation/index.ts';
import { selectEvents, selectNames, selectTicketSessions } from '../../main/bundle/queries.ts';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';

const clock = new ManualClock();
const none = sql(z.never());
const id = (): string => newUuid(systemClock.now());

async function insertSession({ database }: FreshDatabase, person: string) {
  const [session, connection, personId, systemId, targetId] = [id(), id(), id(), id(), id()];
  const now = clock.now();
  const name = `s-${systemId.slice(-12)}`;
  for (const statement of [
    none`INSERT INTO persons (id, name, locale, roles, created_at, updated_at)
         VALUES (${personId}, ${person}, 'ja', '{maintainer}', ${now}, ${now})`,
    none`INSERT INTO systems (id, name, title_en, title_ja, created_at) VALUES (${systemId}, ${name}, 'S', 'S', ${now})`,
    none`INSERT INTO targets (id, system_id, name, host, port, host_key, mode, created_at)
         VALUES (${targetId}, ${systemId}, ${name}, 'localhost', 22, 'ssh-ed25519 AAAA', 'recorded', ${now})`,
    none`INSERT INTO sessions (id, connection_id, gateway_id, person_id, target_id, account, kind, source_address,
                               signed_in_by, opened_at)
         VALUES (${session}, ${connection}, ${connection}, ${personId}, ${targetId}, 'a', 'shell', '192.0.2.7', 'ssh_key', ${now})`,
  ]) {
    await execute(database, statement);
  }
  return { session, connection, personId, targetId, target: name };
}

test('a bundle gets the events of its sessions, of the tickets used in them, and of the numbers asked for', async () => {
  await using db = await freshDatabase();
  const { database } = db;
  const one = await insertSession(db, '佐藤');
  const other = await insertSession(db, '鈴木');
  const ticket = id();
  const insert = (session: string | null, of: string | null) =>
    execute(
      database,
      none`INSERT INTO audit_events (at, type, actor_id, session_id, ticket_id, body)
           VALUES (${clock.now()}, 'session.paused', ${one.personId}, ${session}, ${of}, '{"n": 1.5}')`,
    );
  await insert(one.session, ticket); // 1
  await insert(null, ticket); // 2: of the ticket, before there was a session.
  await insert(other.session, null); // 3
  await insert(null, null); // 4
  const numbersOf = async (sessions: string[], numbers: number[]) =>
    (await selectEvents(database, sessions, numbers)).map(({ seq }) => seq);
  expect(await numbersOf([one.session], [])).toEqual([1, 2]);
  expect(await numbersOf([other.session], [4])).toEqual([3, 4]);
  expect(await numbersOf([], [])).toEqual([]);
  const [from, to] = [clock.now(), new Date(clock.now().getTime() + 60_000)];
  await execute(
    database,
    none`INSERT INTO tickets (id, kind, state, requester_id, purpose, act_digest, not_before, not_after, decide_by, created_at, updated_at)
         VALUES (${ticket}, 'access', 'requested', ${one.personId}, 'p', ${Buffer.alloc(32)}, ${from}, ${to}, ${to}, ${from}, ${from})`,
  );
  expect(await selectTicketSessions(database, 1)).toEqual([one.session]);
  expect(await selectTicketSessions(database, 7)).toEqual([]);
});

test('a bundle gets the names of its own sessions alone', async () => {
  await using db = await freshDatabase();
  const one = await insertSession(db, '佐藤');
  await insertSession(db, '鈴木');
  expect(await selectNames(db.database, [one.session])).toEqual([
    { kind: 'connection', id: one.connection, name: '192.0.2.7' },
    { kind: 'person', id: one.personId, name: '佐藤' },
    { kind: 'target', id: one.targetId, name: one.target },
  ]);
});
