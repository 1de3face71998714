/** Links in messages: for one person, one ticket, once. */
import { expect, test } from '@jest/globals';
import { openLink } from '../../approvals/index.ts';
import { describeWith } from '../support/partners.ts';
import { addressOf, type DeliveryHouse, deliveryWorld, LINK_KEY, tokensIn } from './delivery-world.ts';
import { codeOf, HOUR, type Name } from './world.ts';

const sent = async (house: DeliveryHouse) => {
  const ticket = await house.ask('aoki', { notAfter: new Date(house.clock.now().getTime() + 160 * HOUR) });
  await house.tell();
  await house.sendDue();
  const tokenOf = (name: Name): string =>
    tokensIn(house.mail.received.findLast(({ to }) => to.includes(addressOf(name)))?.text ?? '')[0] ?? '';
  const open = (name: Name, token: string) => openLink({ ...house, linkKey: LINK_KEY }, house.people[name], token);
  return { ticket, tokenOf, open };
};
const refusals = async (house: DeliveryHouse) =>
  (await house.events('link.refused')).map(({ body, actor, ticket }) => [body['reason'], actor, ticket !== null]);

describeWith('openssl', 'a link in a message', () => {
  test('is refused to everybody but its person, and to nobody whether it was used', async () => {
    await using house = await deliveryWorld();
    const { ticket, tokenOf, open } = await sent(house);
    const token = tokenOf('tanaka');
    expect(await codeOf(open('sato', token))).toBe('link_foreign');
    expect(await codeOf(open('aoki', token))).toBe('link_foreign');
    expect(await open('tanaka', token)).toEqual({ ticket: ticket.id, purpose: 'decide' });
    expect(await codeOf(open('sato', token))).toBe('link_foreign');
    const [sato, aoki] = [house.idOf('sato'), house.idOf('aoki')];
    expect(await refusals(house)).toEqual([
      ['foreign', sato, true],
      ['foreign', aoki, true],
      ['foreign', sato, true],
    ]);
    // Opening decided nothing.
    expect(await house.stateOf(ticket.id)).toBe('requested');
  });

  test('opens once, also for two clicks at once, and not after its time', async () => {
    await using house = await deliveryWorld();
    const { tokenOf, open } = await sent(house);
    const token = tokenOf('tanaka');
    const both = await Promise.all([codeOf(open('tanaka', token)), codeOf(open('tanaka', token))]);
    expect(both.toSorted()).toEqual(['accepted', 'link_replayed']);
    expect(await house.events('link.opened')).toHaveLength(1);
    house.clock.advance(house.delivery.linkHours * HOUR);
    expect(await codeOf(open('sato', tokenOf('sato')))).toBe('link_expired');
    expect((await refusals(house)).map(([reason]) => reason)).toEqual(['replayed', 'expired']);
  });

  test('with any byte changed, of another key, or moved to another person in the database is none', async () => {
    await using house = await deliveryWorld();
    const { tokenOf, open } = await sent(house);
    const token = tokenOf('tanaka');
    const bytes = Buffer.from(token, 'base64url');
    for (const at of [0, 8, 15, 16, 31, 47]) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(await codeOf(open('tanaka', changed.toString('base64url')))).toBe('link_altered');
    }
    for (const wrong of ['', 'x', token.slice(1), `${token}A`, `${token.slice(0, 63)}=`]) {
      expect(await codeOf(open('tanaka', wrong))).toBe('link_altered');
    }
    const other = { ...house, linkKey: Buffer.alloc(32, 1) };
    expect(await codeOf(openLink(other, house.people.tanaka, token))).toBe('link_altered');
    await house.fresh.owner.pool.query('UPDATE ticket_links SET person_id = $1', [house.idOf('chen')]);
    expect(await codeOf(open('chen', token))).toBe('link_altered');
    expect(await house.events('link.opened')).toEqual([]);
  });

  test('cannot be made, moved or used again by the role of the gateway', async () => {
    await using house = await deliveryWorld();
    const { tokenOf, open } = await sent(house);
    await open('tanaka', tokenOf('tanaka'));
    const { pool } = house.database;
    await expect(pool.query('UPDATE ticket_links SET expires_at = now()')).rejects.toThrow('permission denied');
    await expect(pool.query('UPDATE ticket_links SET used_at = NULL')).rejects.toThrow('a link is used once');
    await expect(pool.query('DELETE FROM ticket_links')).rejects.toThrow('permission denied');
  });
});
