/** An approver allows less than was asked, and never more. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  decideTicket,
  type NarrowerLimits,
  redeemTicket,
  ticketSteps,
  type TicketView,
} from '../../approvals/index.ts';
import { execute, sql, sqlState } from '../../foundation/index.ts';
import { codeOf, DUMP, HOUR, type Name, START, type World, world } from './world.ts';

const approve = (house: World, name: Name, ticket: TicketView, limits: NarrowerLimits) =>
  decideTicket(house, house.people[name], ticket.id, {
    ...{ decision: 'approve', reason: 'Fewer will do', actDigest: ticket.actDigest, limits },
  });

describe('an approval of less', () => {
  test('raises nothing, and asks for nothing that is no number, is over, or belongs to the other way of a window', async () => {
    await using house = await world();
    const [chosen, lasting] = [
      await house.ask('aoki', { usesMax: 2 }),
      await house.ask('aoki', { lastsSeconds: 3_600 }),
    ];
    const refused: readonly [TicketView, NarrowerLimits][] = [
      [chosen, { rowsMax: 1_201 }],
      [chosen, { rowsMax: 0 }],
      [chosen, { bytesMax: 1_000_001 }],
      [chosen, { bytesMax: 1.5 }],
      [chosen, { usesMax: 3 }],
      [chosen, { notAfter: new Date(START.getTime() + HOUR + 1) }],
      [chosen, { notAfter: START }],
      [chosen, { lastsSeconds: 60 }],
      [lasting, { lastsSeconds: 3_601 }],
      [lasting, { notAfter: new Date(START.getTime() + 60_000) }],
    ];
    for (const [ticket, limits] of refused) {
      expect([limits, await codeOf(approve(house, 'tanaka', ticket, limits))]).toEqual([limits, 'request_invalid']);
    }
    expect(await house.events('ticket.approved')).toEqual([]);
    expect(await house.stateOf(chosen.id)).toBe('requested');
  });

  test('of one’s own request, or with a no, is none', async () => {
    await using house = await world();
    const ticket = await house.ask('yamada');
    expect(await codeOf(approve(house, 'yamada', ticket, { rowsMax: 1 }))).toBe('own_request');
    const no = { decision: 'reject', reason: 'No', actDigest: ticket.actDigest, limits: { rowsMax: 1 } } as const;
    expect(await codeOf(decideTicket(house, house.people.tanaka, ticket.id, no))).toBe('request_invalid');
  });

  test('is what the ticket gives, keeps what was asked, and is told in the event', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki', { usesMax: 3 });
    const notAfter = new Date(START.getTime() + HOUR / 2);
    const view = await approve(house, 'tanaka', ticket, { rowsMax: 800, bytesMax: 500_000, usesMax: 1, notAfter });
    expect(view).toMatchObject({
      ...{ state: 'approved', rowsMax: 800, bytesMax: 500_000, usesMax: 1, notAfter },
      asked: { rowsMax: 1_200, bytesMax: 1_000_000, usesMax: 3, notAfter: ticket.notAfter, lastsSeconds: null },
    });
    const [event] = await house.events('ticket.approved');
    expect(event?.body['allowed']).toEqual({
      ...{ rowsMax: 800, bytesMax: 500_000, usesMax: 1, notAfter: notAfter.toISOString(), lastsSeconds: null },
    });
    const use = await redeemTicket(house, {
      ...{
        personId: house.idOf('aoki'),
        targetId: await house.targetId('crm-db'),
        digest: ticket.actDigest,
        text: DUMP,
      },
      sessionId: await house.session('aoki'),
    });
    expect(use).toMatchObject({ redeemed: true, rowsMax: 800, bytesMax: 500_000 });
  });

  test('shortens a window that runs from the approval', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki', { lastsSeconds: 3_600 });
    const { notBefore, notAfter } = await approve(house, 'tanaka', ticket, { lastsSeconds: 600 });
    expect(notAfter.getTime() - notBefore.getTime()).toBe(600_000);
  });

  test('takes nobody else’s look away: what was asked says whose yes it needs', async () => {
    await using house = await world();
    await execute(
      house.fresh.owner,
      sql(z.never())`UPDATE systems SET risk = coalesce(risk, '{}') || '{"secondLineRows": 1000}'`,
    );
    const ticket = await house.ask('aoki');
    const view = await approve(house, 'tanaka', ticket, { rowsMax: 10 });
    expect(view).toMatchObject({ state: 'requested', rowsMax: 10 });
    const { missing } = await ticketSteps(house, house.people.kimura, ticket.id);
    expect(missing).toEqual([{ as: 'second_line', why: ['rows'] }]);
    expect(await codeOf(approve(house, 'kimura', ticket, { rowsMax: 11 }))).toBe('request_invalid');
    const decided = await approve(house, 'kimura', ticket, { bytesMax: 900 });
    expect(decided).toMatchObject({ state: 'approved', rowsMax: 10, bytesMax: 900, asked: { rowsMax: 1_200 } });
  });

  test('is not raised again by the gateway’s own role, nor forgets what was asked', async () => {
    await using house = await world();
    const ticket = await house.ask('aoki');
    const update = async (set: string) => {
      try {
        await execute(house.fresh.database, {
          name: '',
          text: `UPDATE tickets SET ${set} WHERE id = $1`,
          values: [ticket.id],
          row: z.never(),
        });
        return 'accepted';
      } catch (thrown) {
        return sqlState(thrown);
      }
    };
    expect(await update('rows_max = 800')).toBe('23514');
    expect(await update(`rows_max = 800, asked = '{}'`)).toBe('23514');
    await approve(house, 'tanaka', ticket, { rowsMax: 800 });
    expect(await update('rows_max = 900')).toBe('23514');
    expect(await update('rows_max = 700')).toBe('23514');
    expect(await update('asked = NULL')).toBe('23514');
  });
});
