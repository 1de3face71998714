import { describe, expect, test } from '@jest/globals';
import { newUuid, sql, execute, systemClock } from '../../foundation/index.ts';
import { z } from 'zod';
import {
  appendAuditEvent,
  findRecording,
  insertRecording,
  listAuditEvents,
  type SealedRecording,
} from '../../recorder/index.ts';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { newMeta } from './support/recordings.ts';

const clock = new ManualClock();
const none = sql(z.never());

/** A session row, with the person and target it needs. */
async function insertSession({ database }: FreshDatabase): Promise<SealedRecording> {
  const { sessionId, connectionId, personId, targetId } = newMeta();
  const systemId = newUuid(systemClock.now());
  const name = `s-${systemId.slice(-12)}`;
  const now = clock.now();
  await execute(
    database,
    none`INSERT INTO persons (id, name, locale, roles, created_at, updated_at)
    VALUES (${personId}, 'A', 'ja', '{maintainer}', ${now}, ${now})`,
  );
  await execute(
    database,
    none`INSERT INTO systems (id, name, title_en, title_ja, created_at) VALUES (${systemId}, ${name}, 'S', 'S', ${now})`,
  );
  await execute(
    database,
    none`INSERT INTO targets (id, system_id, name, host, port, host_key, mode, created_at)
    VALUES (${targetId}, ${systemId}, ${name}, 'localhost', 22, 'ssh-ed25519 AAAA', 'recorded', ${now})`,
  );
  await execute(
    database,
    none`INSERT INTO sessions (id, connection_id, gateway_id, person_id, target_id, account, kind, source_address, signed_in_by, opened_at)
    VALUES (${sessionId}, ${connectionId}, ${connectionId}, ${personId}, ${targetId}, 'aoki', 'shell', '127.0.0.1', 'ssh_key', ${now})`,
  );
  const head = Buffer.alloc(32, 7);
  return {
    sessionId,
    file: sessionId,
    bytes: 5_000_000_000,
    frames: 3,
    chunks: { screen: 2, keystrokes: 1 },
    head,
    openLeaf: 0,
    closeLeaf: 1,
    recovered: false,
  };
}

describe('the index of recordings', () => {
  test('gives back what was sealed, and keeps the first answer when recovery repeats it', async () => {
    await using db = await freshDatabase();
    const sealed = await insertSession(db);
    expect(await findRecording(db.database, sealed.sessionId)).toBeUndefined();
    await db.database.inTransaction((tx) => insertRecording(tx, clock, sealed));
    await db.database.inTransaction((tx) => insertRecording(tx, clock, { ...sealed, frames: 9 }));
    const { chunks, ...row } = sealed;
    const counts = { screenChunks: chunks.screen, keystrokeChunks: chunks.keystrokes };
    expect(await findRecording(db.database, sealed.sessionId)).toEqual({ ...row, ...counts, sealedAt: clock.now() });
  });

  test.each([
    ['changed', none`UPDATE recordings SET head = ${Buffer.alloc(32)}`],
    ['removed', none`DELETE FROM recordings`],
  ])("cannot be %s, neither by the gateway's role nor by the owner", async (_name, statement) => {
    await using db = await freshDatabase();
    const sealed = await insertSession(db);
    await db.database.inTransaction((tx) => insertRecording(tx, clock, sealed));
    for (const role of [db.database, db.owner]) {
      await expect(execute(role, statement)).rejects.toMatchObject({ code: '42501' }); // insufficient_privilege
    }
    expect(await findRecording(db.database, sealed.sessionId)).toMatchObject({ frames: 3 });
  });
});

describe('the audit events', () => {
  test('are listed newest first, by type, session, ticket and page', async () => {
    await using db = await freshDatabase();
    const { database } = db;
    const ids = newMeta();
    const session = ids.sessionId;
    const ticket = ids.targetId;
    const actor = ids.personId;
    await appendAuditEvent(database, clock, { type: 'person.signed_out', actor, body: {} });
    await appendAuditEvent(database, clock, {
      type: 'recording.verified',
      actor,
      session,
      body: { session, verdict: 'VERIFIED' },
    });
    await appendAuditEvent(database, clock, { type: 'ticket.withdrawn', actor: null, ticket, body: {} });

    const all = await listAuditEvents(database, { limit: 10 });
    expect(all.map(({ type }) => type)).toEqual(['ticket.withdrawn', 'recording.verified', 'person.signed_out']);
    expect(all[1]).toEqual({
      seq: expect.any(Number),
      at: clock.now(),
      type: 'recording.verified',
      actor,
      session,
      ticket: null,
      body: { session, verdict: 'VERIFIED' },
    });
    const types = async (filter: Omit<Parameters<typeof listAuditEvents>[1], 'limit'>, limit = 10) =>
      (await listAuditEvents(database, { ...filter, limit })).map(({ type }) => type);
    expect(await types({ sessionId: session })).toEqual(['recording.verified']);
    expect(await types({ ticketId: ticket })).toEqual(['ticket.withdrawn']);
    expect(await types({ types: ['person.signed_out', 'ticket.withdrawn'] })).toEqual([
      'ticket.withdrawn',
      'person.signed_out',
    ]);
    expect(await types({}, 1)).toEqual(['ticket.withdrawn']);
    expect(await types({ before: all[1]!.seq })).toEqual(['person.signed_out']);
  });

  test('are refused when their body is not what their type says', async () => {
    await using db = await freshDatabase();
    const wrong = { type: 'person.signed_out', actor: null, body: { extra: 1 } } as never;
    await expect(appendAuditEvent(db.database, clock, wrong)).rejects.toThrow('Unrecognized key');
    expect(await listAuditEvents(db.database, { limit: 10 })).toEqual([]);
  });
});
