/** Every export that was announced gets its result in the ledger, whatever breaks in between. */
import { describe, expect, test } from '@jest/globals';
import {
  completeRedemption,
  decideTicket,
  recordExportResults,
  redeemTicket,
  type TicketView,
} from '../../approvals/index.ts';
import { sha256 } from '../../foundation/index.ts';
import { judgeCommand } from '../../policy/index.ts';
import type { ExportOutcome, OpenIntent } from '../../recorder/index.ts';
import { DUMP, type World, world } from './world.ts';

const LEFT = {
  outcome: 'completed',
  rows: 3,
  bytes: 90,
  sha256: sha256('what left'),
  exitStatus: 0,
  customers: 2,
} as const;

/** A ledger that keeps what it is told; it may be away. */
function ledgerOf() {
  const open: OpenIntent[] = [];
  const told: (ExportOutcome & { index: number })[] = [];
  const state = { isAway: false };
  return {
    ...{ told, state },
    get open() {
      return [...open];
    },
    announce(ticket: string, session: string, at: Date): number {
      const index = open.length + told.length;
      const ids = { person: `p-${'0'.repeat(32)}`, target: `t-${'0'.repeat(32)}`, act: 'a'.repeat(64) };
      const limits = { destination: 'workstation', rowsMax: 1, bytesMax: 1 } as const;
      open.push({
        index,
        intent: { v: 1, type: 'export.intent', at: at.toISOString(), ticket, session, ...ids, ...limits },
      });
      return index;
    },
    result(index: number, outcome: ExportOutcome): Promise<void> {
      if (state.isAway) return Promise.reject(new Error('the ledger is away'));
      told.push({ index, ...outcome });
      const at = open.findIndex((intent) => intent.index === index);
      if (at !== -1) open.splice(at, 1);
      return Promise.resolve();
    },
  };
}

async function approved(house: World): Promise<TicketView> {
  const { id, actDigest } = await house.ask('aoki');
  return decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'needed', actDigest });
}

async function requestOf(house: World, ticket: TicketView, index: number) {
  return {
    personId: house.idOf('aoki'),
    targetId: await house.targetId('crm-db'),
    digest: judgeCommand(DUMP, { mode: 'guarded-line', assets: [] }).digest,
    sessionId: await house.session('aoki', 'crm-db'),
    text: DUMP,
    intent: { ticket: ticket.id, index },
  };
}

describe('the results of exports', () => {
  test('of an intent that no ticket was used for is that nothing left, but not before that is certain', async () => {
    await using house = await world();
    const ledger = ledgerOf();
    const ticket = await approved(house);
    ledger.announce(ticket.id, await house.session('aoki', 'crm-db'), house.clock.now());
    const deps = { ...house, ledger };
    expect(await recordExportResults(deps)).toBe(0);
    house.clock.advance(601_000);
    expect(await recordExportResults(deps)).toBe(1);
    expect(ledger.told).toMatchObject([{ index: 0, outcome: 'not_begun', rows: 0, bytes: 0 }]);
    const [event] = await house.events('export.result');
    expect(event).toMatchObject({ ticket: ticket.id, body: { intent: 0, outcome: 'not_begun' } });
  });

  test('of a use that lasts are not told; when it has ended they are, with the event, once', async () => {
    await using house = await world();
    const ledger = ledgerOf();
    const ticket = await approved(house);
    const index = ledger.announce(ticket.id, await house.session('aoki', 'crm-db'), house.clock.now());
    expect(await redeemTicket(house, await requestOf(house, ticket, index))).toMatchObject({ redeemed: true });
    const deps = { ...house, ledger };
    house.clock.advance(601_000);
    expect(await recordExportResults(deps)).toBe(0);
    await completeRedemption(house, ticket.id, LEFT);
    ledger.state.isAway = true;
    await expect(recordExportResults(deps)).rejects.toThrow('away');
    ledger.state.isAway = false;
    expect(await recordExportResults(deps)).toBe(1);
    expect(await recordExportResults(deps)).toBe(0);
    const body = {
      outcome: 'completed',
      rows: 3,
      bytes: 90,
      sha256: sha256('what left').toString('hex'),
      customers: 2,
    };
    expect(ledger.told).toEqual([{ index, ...body }]);
    expect((await house.events('export.result')).map((event) => event.body)).toEqual([{ intent: index, ...body }]);
    expect((await house.events('export.intent')).map((event) => event.body)).toEqual([
      { intent: index, use: 1, destination: 'workstation' },
    ]);
  });

  test('of an earlier intent for the same ticket is that nothing left of it', async () => {
    await using house = await world();
    const ledger = ledgerOf();
    const ticket = await approved(house);
    const session = await house.session('aoki', 'crm-db');
    ledger.announce(ticket.id, session, house.clock.now()); // The witnesses were away.
    const used = ledger.announce(ticket.id, session, house.clock.now());
    await redeemTicket(house, await requestOf(house, ticket, used));
    await completeRedemption(house, ticket.id, LEFT);
    house.clock.advance(601_000);
    await recordExportResults({ ...house, ledger });
    expect(ledger.told.map(({ index, outcome }) => [index, outcome])).toEqual([
      [0, 'not_begun'],
      [1, 'completed'],
    ]);
  });

  test('an intent opens its own ticket and no other', async () => {
    await using house = await world();
    const [ticket, other] = [await approved(house), await approved(house)];
    const request = await requestOf(house, other, 0);
    expect(await redeemTicket(house, request)).toMatchObject({ redeemed: true, ticketId: other.id });
    expect(await redeemTicket(house, request)).toMatchObject({ redeemed: false });
    expect(ticket.state).toBe('approved');
  });
});
