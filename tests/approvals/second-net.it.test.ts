/** What the database refuses to the gateway's own role, whatever the program above it believes. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { completeRedemption, decideTicket, redeemTicket, type TicketView } from '../../approvals/index.ts';
import { execute, many, newUuid, sha256, sqlState } from '../../foundation/index.ts';
import { insertRecording } from '../../recorder/index.ts';
import { DUMP, type World, world } from './world.ts';

const CHECK_VIOLATION = '23514';
const UNIQUE_VIOLATION = '23505';
const NO_PRIVILEGE = '42501';

async function run(house: World, text: string, values: unknown[] = [], as: 'database' | 'owner' = 'database') {
  try {
    await execute(house.fresh[as], { name: '', text, values, row: z.never() });
    return 'accepted';
  } catch (thrown) {
    return sqlState(thrown) ?? String(thrown);
  }
}

const insertApproval = (house: World, ticket: TicketView, approver: string, digest = ticket.actDigest) =>
  run(
    house,
    `INSERT INTO approvals (id, ticket_id, approver_id, decision, reason, act_digest, decided_at)
     VALUES ($1, $2, $3, 'approve', 'because', $4, $5)`,
    [newUuid(house.clock.now()), ticket.id, approver, Buffer.from(digest, 'hex'), house.clock.now()],
  );

describe('the gateway’s database role', () => {
  test('cannot insert an approval by the requester', async () => {
    await using house = await world();
    const ticket = await house.ask('yamada');
    expect(await insertApproval(house, ticket, house.idOf('yamada'))).toBe(CHECK_VIOLATION);
    expect(await insertApproval(house, ticket, house.idOf('tanaka'))).toBe('accepted');
  });

  test('cannot insert an approval of another act, nor two by one person', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    expect(await insertApproval(house, ticket, house.idOf('tanaka'), 'f'.repeat(64))).toBe(CHECK_VIOLATION);
    expect(await insertApproval(house, ticket, house.idOf('tanaka'))).toBe('accepted');
    expect(await insertApproval(house, ticket, house.idOf('tanaka'))).toBe(UNIQUE_VIOLATION);
  });

  test('cannot redeem one ticket twice', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const redeem = async () =>
      run(house, 'INSERT INTO redemptions (ticket_id, session_id, redeemed_at) VALUES ($1, $2, $3)', [
        ticket.id,
        await house.session('aoki'),
        house.clock.now(),
      ]);
    expect(await redeem()).toBe('accepted');
    expect(await redeem()).toBe(UNIQUE_VIOLATION);
    const again = 'INSERT INTO redemptions (ticket_id, use, session_id, redeemed_at) VALUES ($1, 2, $2, $3)';
    const values = [ticket.id, await house.session('aoki'), house.clock.now()];
    expect(await run(house, again, values)).toBe(CHECK_VIOLATION);
  });

  const act = {
    act_text: "'mysqldump crm'",
    act_digest: String.raw`'\x${'ff'.repeat(32)}'::bytea`,
    act_judgement: "'{}'::jsonb",
    rows_max: '9999999',
    bytes_max: '9999999',
    not_after: "not_after + interval '1 year'",
    decide_by: "decide_by + interval '1 year'",
    purpose: "'another'",
    requester_id: '(SELECT id FROM persons WHERE id <> requester_id LIMIT 1)',
    target_id: '(SELECT id FROM targets WHERE id <> target_id LIMIT 1)',
  };
  test(`cannot change ${Object.keys(act).join(', ')} of a ticket`, async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    for (const [column, value] of Object.entries(act)) {
      const answer = await run(house, `UPDATE tickets SET ${column} = ${value} WHERE id = $1`, [ticket.id]);
      expect([column, answer]).toEqual([column, CHECK_VIOLATION]);
    }
    expect(await run(house, 'DELETE FROM tickets WHERE id = $1', [ticket.id])).toBe(NO_PRIVILEGE);
  });

  test('cannot update, delete or truncate evidence, and neither can the role that owns the tables', async () => {
    await using house = await world();
    const session = await everyEvidence(house);
    expect(session).toBeDefined();
    const tables = {
      audit_events: 'type',
      approvals: 'reason',
      recordings: 'file',
      refused_acts: 'text',
      redemptions: 'redeemed_at',
      redemption_results: 'rows',
    };
    for (const [table, column] of Object.entries(tables)) {
      for (const as of ['database', 'owner'] as const) {
        const answers = {
          update: await run(house, `UPDATE ${table} SET ${column} = ${column}`, [], as),
          remove: await run(house, `DELETE FROM ${table}`, [], as),
          truncate: await run(house, `TRUNCATE ${table} CASCADE`, [], as),
        };
        expect({ table, as, ...answers }).toEqual({
          ...{ table, as },
          ...{ update: NO_PRIVILEGE, remove: NO_PRIVILEGE, truncate: NO_PRIVILEGE },
        });
      }
      const kept = await many(house.database, {
        text: `SELECT 1 FROM ${table}`,
        values: [],
        row: z.unknown(),
        name: '',
      });
      expect([table, kept.length > 0]).toEqual([table, true]);
    }
  });
});

/** One row at least in every table of evidence. */
async function everyEvidence(house: World) {
  const { id, actDigest } = await house.ask('aoki');
  await decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'needed', actDigest });
  const sessionId = await house.session('aoki');
  const act = { personId: house.idOf('aoki'), targetId: await house.targetId('crm-db'), digest: actDigest, text: DUMP };
  const redemption = await redeemTicket(house, { ...act, sessionId });
  expect(redemption.redeemed).toBe(true);
  const left = { outcome: 'completed', rows: 1, bytes: 1, sha256: sha256('x'), exitStatus: 0 } as const;
  await completeRedemption(house, id, left);
  const sealed = {
    ...{
      file: 'x',
      bytes: 1,
      frames: 1,
      chunks: { screen: 1, keystrokes: 0 },
      head: sha256('x'),
      openLeaf: 0,
      closeLeaf: 1,
      recovered: false,
    },
  };
  await house.database.inTransaction((tx) => insertRecording(tx, house.clock, { sessionId, ...sealed }));
  return sessionId;
}
