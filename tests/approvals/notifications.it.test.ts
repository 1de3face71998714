import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  completeRedemption,
  countUnread,
  decideTicket,
  dispatchOutbox,
  listNotifications,
  markNotificationRead,
  notify,
  OUTBOX_CHANNEL,
  redeemTicket,
  startNotifications,
} from '../../approvals/index.ts';
import { createLog, JobQueues, many, sha256, sql } from '../../foundation/index.ts';
import { waitFor } from '../support/wait-for.ts';
import { lockPerson } from '../../identity/index.ts';
import { codeOf, DUMP, type Name, type World, world } from './world.ts';

const received = async (house: World, name: Name) =>
  (await listNotifications(house.database, house.idOf(name))).map(({ kind, payload }) => [
    kind,
    'state' in payload ? payload.state : undefined,
  ]);

const waiting = (house: World) =>
  many(
    house.database,
    sql(z.strictObject({ id: z.string(), topic: z.string() }))`
      SELECT id, topic FROM outbox WHERE dispatched_at IS NULL ORDER BY created_at`,
  );

const queuesOf = (house: World) => new JobQueues({ kind: 'postgres', url: house.fresh.url }, createLog('silent'));

describe('news of a ticket', () => {
  test('is not in the outbox when the step it tells of failed', async () => {
    await using house = await world();
    const act = await house.refuse('yamada', DUMP, 'lonely-db');
    await lockPerson(house, house.people.yamada, { personId: house.idOf('kimura'), reason: 'away' });
    expect(await codeOf(house.ask('yamada', { act }))).toBe('no_approver');
    expect(await waiting(house)).toEqual([]);
  });

  test('is announced to the listener when it is committed', async () => {
    await using house = await world();
    let heard: () => void = () => undefined;
    const announced = new Promise<void>((resolve) => {
      heard = resolve;
    });
    await new Promise<void>((resolve, reject) => {
      house.database.listen(OUTBOX_CHANNEL, () => heard(), resolve).catch(reject);
    });
    await house.ask('aoki');
    await announced;
    expect((await waiting(house)).map(({ topic }) => topic)).toEqual(['ticket.requested']);
  });

  test('reaches owners at the request, the requester at the decision, and both at the end', async () => {
    await using house = await world();
    await using queues = queuesOf(house);
    const deps = { ...house, queues };
    startNotifications(deps);
    const dispatched = async (name: Name, kinds: number): Promise<void> => {
      await dispatchOutbox(deps);
      await waitFor(`${kinds} notifications of ${name}`, async () => (await received(house, name)).length === kinds);
    };

    const ticket = await house.ask('yamada');
    await dispatched('tanaka', 1);
    await dispatched('sato', 1);
    const { id, actDigest } = ticket;
    await decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'needed', actDigest });
    await dispatched('yamada', 1);
    const act = { personId: house.idOf('yamada'), targetId: await house.targetId('crm-db'), digest: actDigest };
    await redeemTicket(house, { ...act, sessionId: await house.session('yamada'), text: DUMP });
    await completeRedemption(house, id, {
      ...{ outcome: 'completed', rows: 1, bytes: 9, exitStatus: 0 },
      sha256: sha256('x'),
    });
    await dispatched('yamada', 2);
    await dispatched('tanaka', 2);

    const ended = ['ticket.completed', 'used'];
    expect((await received(house, 'yamada')).toSorted()).toEqual([ended, ['ticket.decided', 'approved']]);
    expect((await received(house, 'tanaka')).toSorted()).toEqual([ended, ['ticket.requested', 'requested']]);
    for (const other of ['aoki', 'mori', 'suzuki'] as const) expect(await received(house, other)).toEqual([]);
    expect(await waiting(house)).toEqual([]);
  });

  test('moved to the queue twice, and worked twice, notifies once', async () => {
    await using house = await world();
    await using queues = queuesOf(house);
    const deps = { ...house, queues };
    const ticket = await house.ask('aoki');
    const [row] = await waiting(house);
    await Promise.all([dispatchOutbox(deps), dispatchOutbox(deps)]);
    expect(await dispatchOutbox(deps)).toBe(0);
    const news = { outbox: row!.id, topic: 'ticket.requested', ticket: ticket.id, state: 'requested' } as const;
    await notify(house, news);
    await notify(house, news);
    expect(await received(house, 'tanaka')).toEqual([['ticket.requested', 'requested']]);
  });
});

describe('a notification', () => {
  test('of somebody else cannot be marked as read', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const [row] = await waiting(house);
    await notify(house, { outbox: row!.id, topic: 'ticket.requested', ticket: ticket.id, state: 'requested' });
    const [own] = await listNotifications(house.database, house.idOf('tanaka'));
    expect(await codeOf(markNotificationRead(house, house.idOf('mori'), own!.id))).toBe('not_found');
    expect(await countUnread(house.database, house.idOf('tanaka'))).toBe(1);
    await markNotificationRead(house, house.idOf('tanaka'), own!.id);
    expect(await countUnread(house.database, house.idOf('tanaka'))).toBe(0);
  });
});
