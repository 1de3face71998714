/** Two people act on one ticket in the same moment: one of them was first, and the ticket, its events and its use say the same. */
import { expect, test } from '@jest/globals';
import { decideTicket, redeemTicket, revokeTicket, withdrawTicket } from '../../approvals/index.ts';
import { judgeCommand } from '../../policy/index.ts';
import { codeOf, DUMP, world } from './world.ts';

const ROUNDS = 6;
/** As `codeOf` says it. */
const DONE = 'accepted';
const approve = (actDigest: string) => ({ decision: 'approve', reason: 'Needed for the report', actDigest }) as const;

test('an approval that races a withdrawal leaves a withdrawn ticket, and an approval only where it came first', async () => {
  await using house = await world();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { id, actDigest } = await house.ask('aoki');
    const acts = [
      () => codeOf(decideTicket(house, house.people.tanaka, id, approve(actDigest))),
      () => codeOf(withdrawTicket(house, house.people.aoki, id)),
    ];
    // Who begins changes from round to round.
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    const codes: unknown[] = [];
    await Promise.all(order.map(async (at) => void (codes[at] = await acts[at]?.())));
    const events = (await house.events()).filter(({ ticket }) => ticket === id).map(({ type }) => type);
    const state = await house.stateOf(id);
    expect(['approved', 'withdrawn']).toContain(state);
    // Whatever the state, each side that was told "done" has its event, and who was told "no" has none.
    expect(events.includes('ticket.approved')).toBe(codes[0] === DONE);
    expect(events.includes('ticket.withdrawn')).toBe(codes[1] === DONE);
    if (codes[1] === DONE) expect(state).toBe('withdrawn');
    else expect(state).toBe('approved');
  }
});

test('a use that races a revocation runs only where it came first, and then the approval cannot be taken back', async () => {
  await using house = await world();
  const targetId = await house.targetId('crm-db');
  const { digest } = judgeCommand(DUMP, { mode: 'guarded-line', assets: [] });
  for (let round = 0; round < ROUNDS; round += 1) {
    const { id, actDigest } = await house.ask('aoki');
    await decideTicket(house, house.people.tanaka, id, approve(actDigest));
    const sessionId = await house.session('aoki', 'crm-db');
    const use = async () =>
      redeemTicket(house, { personId: house.idOf('aoki'), targetId, digest, sessionId, text: DUMP });
    const take = () => codeOf(revokeTicket(house, house.people.tanaka, id, 'No longer needed'));
    const [used, taken] =
      round % 2 === 0
        ? await Promise.all([use(), take()])
        : await Promise.all([take(), use()]).then(([second, first]) => [first, second] as const);
    const events = (await house.events()).filter(({ ticket }) => ticket === id).map(({ type }) => type);
    expect(events.filter((type) => type === 'ticket.redeemed')).toHaveLength(used.redeemed ? 1 : 0);
    expect(events.filter((type) => type === 'ticket.revoked')).toHaveLength(taken === DONE ? 1 : 0);
    expect(used.redeemed || taken === DONE).toBe(true);
    if (!used.redeemed) expect(await house.stateOf(id)).toBe('revoked');
  }
});
