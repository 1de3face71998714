import { describe, expect, test } from '@jest/globals';
import {
  completeRedemption,
  decideTicket,
  redeemTicket,
  revokeTicket,
  type TicketView,
} from '../../approvals/index.ts';
import { sha256 } from '../../foundation/index.ts';
import { judgeCommand } from '../../policy/index.ts';
import { codeOf, DUMP, exportView, HOUR, type Name, type World, world } from './world.ts';

async function approved(house: World, name: Name, more: Parameters<World['ask']>[1] = {}): Promise<TicketView> {
  const { id, actDigest } = await house.ask(name, more);
  return decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'needed', actDigest });
}

async function redeem(house: World, name: Name, more: { digest?: string; target?: string } = {}) {
  const target = more.target ?? 'crm-db';
  return redeemTicket(house, {
    personId: house.idOf(name),
    targetId: await house.targetId(target),
    digest: more.digest ?? judgeCommand(DUMP, { mode: 'guarded-line', assets: [] }).digest,
    sessionId: await house.session(name, target),
    text: DUMP,
  });
}

const LEFT = { outcome: 'completed', rows: 3, bytes: 90, sha256: sha256('what left'), exitStatus: 0 } as const;

describe('a redemption', () => {
  test('without any ticket is refused and written down', async () => {
    await using house = await world();
    expect(await redeem(house, 'aoki')).toEqual({ redeemed: false, reason: 'no_ticket' });
    const [event] = await house.events('ticket.redemption_refused');
    expect(event).toMatchObject({ actor: house.idOf('aoki'), ticket: null, body: { text: DUMP, reason: 'no_ticket' } });
  });

  test('by another person, for another act or on another target finds no ticket', async () => {
    await using house = await world();
    await approved(house, 'aoki');
    expect(await redeem(house, 'chen')).toEqual({ redeemed: false, reason: 'no_ticket' });
    expect(await redeem(house, 'aoki', { digest: 'f'.repeat(64) })).toEqual({ redeemed: false, reason: 'no_ticket' });
    expect(await redeem(house, 'aoki', { target: 'billing-db' })).toEqual({ redeemed: false, reason: 'no_ticket' });
    expect(await house.events('ticket.redeemed')).toEqual([]);
  });

  test('before approval, before the window, at its end, after revocation and a second time says which it is', async () => {
    await using house = await world();
    const later = new Date(house.clock.now().getTime() + HOUR);
    const asked = await house.ask('aoki', { notBefore: later, notAfter: new Date(later.getTime() + HOUR) });
    const reasons: string[] = [];
    const attempt = async (): Promise<void> => {
      const redemption = await redeem(house, 'aoki');
      reasons.push(redemption.redeemed ? 'redeemed' : redemption.reason);
    };
    await attempt();
    const decision = { decision: 'approve', reason: 'needed', actDigest: asked.actDigest } as const;
    await decideTicket(house, house.people.tanaka, asked.id, decision);
    await attempt();
    house.clock.advance(2 * HOUR);
    await attempt();
    house.clock.advance(-1);
    await attempt();
    await attempt();
    const second = await approved(house, 'aoki');
    await revokeTicket(house, house.people.tanaka, second.id, 'no more');
    await attempt();
    expect(reasons).toEqual(['not_approved', 'too_early', 'too_late', 'redeemed', 'used', 'not_approved']);
    expect((await house.events('ticket.redemption_refused')).map(({ body }) => body['reason'])).toEqual(
      reasons.filter((reason) => reason !== 'redeemed'),
    );
  });

  test('of one ticket by twelve sessions at the same moment happens once', async () => {
    await using house = await world();
    const ticket = await approved(house, 'aoki');
    const redemptions = await Promise.all(Array.from({ length: 12 }, () => redeem(house, 'aoki')));
    expect(redemptions.filter(({ redeemed }) => redeemed)).toHaveLength(1);
    expect(redemptions.filter((one) => !one.redeemed && one.reason === 'used')).toHaveLength(11);
    expect(await house.events('ticket.redeemed')).toHaveLength(1);
    expect(await house.stateOf(ticket.id)).toBe('in_use');
  });

  test('of two tickets for the same act at the same moment uses each once', async () => {
    await using house = await world();
    await approved(house, 'aoki');
    await approved(house, 'aoki');
    const redemptions = await Promise.all([redeem(house, 'aoki'), redeem(house, 'aoki'), redeem(house, 'aoki')]);
    expect(redemptions.filter(({ redeemed }) => redeemed).length).toBeLessThanOrEqual(2);
    const more = await redeem(house, 'aoki');
    const uses = new Set([...redemptions, more].flatMap((one) => (one.redeemed ? [one.ticketId] : [])));
    expect(uses.size).toBe(2);
    expect(await redeem(house, 'aoki')).toEqual({ redeemed: false, reason: 'used' });
  });

  test('prefers a ticket whose window is open over one that is too early', async () => {
    await using house = await world();
    const now = house.clock.now().getTime();
    await approved(house, 'aoki', { notBefore: new Date(now + 600_000), notAfter: new Date(now + 900_000) });
    const open = await approved(house, 'aoki');
    expect(await redeem(house, 'aoki')).toMatchObject({ redeemed: true, ticketId: open.id });
  });

  test('gives the bounds that were approved, and names the session', async () => {
    await using house = await world();
    const ticket = await approved(house, 'aoki', { rowsMax: 77, bytesMax: 8_888 });
    expect(await redeem(house, 'aoki')).toEqual({
      redeemed: true,
      ticketId: ticket.id,
      number: ticket.number,
      rowsMax: 77,
      bytesMax: 8_888,
    });
    const used = await exportView(house, house.people.aoki, ticket.id);
    expect(used?.redemption?.redeemedAt).toEqual(house.clock.now());
  });
});

describe('the end of a use', () => {
  test('is refused for a ticket that is not in use, and a second time', async () => {
    await using house = await world();
    const ticket = await approved(house, 'aoki');
    expect(await codeOf(completeRedemption(house, ticket.id, LEFT))).toBe('transition_forbidden');
    await redeem(house, 'aoki');
    expect(await codeOf(completeRedemption(house, ticket.id, LEFT))).toBe('accepted');
    expect(await codeOf(completeRedemption(house, ticket.id, { ...LEFT, rows: 0 }))).toBe('transition_forbidden');
    expect(await house.events('ticket.completed')).toHaveLength(1);
  });

  test('lays what left beside what was asked', async () => {
    await using house = await world();
    const ticket = await approved(house, 'aoki');
    await redeem(house, 'aoki');
    await completeRedemption(house, ticket.id, LEFT);
    const used = await exportView(house, house.people.suzuki, ticket.id);
    expect(used).toMatchObject({
      state: 'used',
      rowsMax: 1_200,
      result: { ...LEFT, sha256: LEFT.sha256.toString('hex'), sessionId: used?.redemption?.sessionId },
    });
  });

  test.each(['limit_exceeded', 'interrupted', 'failed'] as const)('as %s makes the ticket aborted', async (outcome) => {
    await using house = await world();
    const ticket = await approved(house, 'aoki');
    await redeem(house, 'aoki');
    await completeRedemption(house, ticket.id, { ...LEFT, outcome });
    expect(await house.stateOf(ticket.id)).toBe('aborted');
    expect(await redeem(house, 'aoki')).toEqual({ redeemed: false, reason: 'used' });
  });
});
