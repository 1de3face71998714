/** What leaves the house about tickets: to whom, in which words, how often, and what becomes of what nobody takes. */
import { expect, test } from '@jest/globals';
import {
  buryWornOut,
  decideTicket,
  deliver,
  deliveryOverview,
  listNotifications,
  notificationSettings,
  remindWaiting,
  resendDead,
  startEmergency,
  switchMail,
} from '../../approvals/index.ts';
import { LIMITS } from '../../foundation/index.ts';
import { lockPerson } from '../../identity/index.ts';
import { describeWith } from '../support/partners.ts';
import { addressOf, type DeliveryHouse, deliveryWorld, tokensIn } from './delivery-world.ts';
import { codeOf, DUMP, HOUR } from './world.ts';

const SECOND = 1_000;
const refuseAll = (house: DeliveryHouse, code: number): void => {
  house.mail.refuse = () => ({ code });
};
const long = (house: DeliveryHouse) => ({ notAfter: new Date(house.clock.now().getTime() + 72 * HOUR) });
const states = async (house: DeliveryHouse) => (await house.rows()).map(({ state }) => state);

describeWith('openssl', 'a message about a ticket', () => {
  test('is sent to who decides, in their language, with a link of their own and without a word of what was typed', async () => {
    await using house = await deliveryWorld({ webhooks: [{}] });
    const { number } = await house.ask('aoki', { purpose: 'For Client A, secretly' });
    await house.tell();
    await house.sendDue();
    expect(house.mail.received.flatMap(({ to }) => to).toSorted()).toEqual(
      ['sato', 'tanaka', 'yamada'].map((name) => `${name}@example.com`),
    );
    const [english] = house.mailOf('tanaka');
    const [japanese] = house.mailOf('sato');
    expect(english?.headers.get('subject')).toBe(`[Sekisho] Ticket T-${number}: A request waits for your decision`);
    expect(english?.text).toContain('Requested by: Name of aoki');
    expect(english?.text).toContain('Target: crm-db');
    expect(japanese?.headers.get('subject')).toBe(`【Sekisho】申請 T-${number}：承認待ちの申請があります`);
    expect(japanese?.text).toContain('種別: 持出申請');
    const links = house.mail.received.map(({ text }) => tokensIn(text));
    expect(links.every(({ length }) => length === 1)).toBe(true);
    expect(new Set(links.flat()).size).toBe(3);
    const [heard] = house.room.received;
    expect(tokensIn(heard?.body ?? '')).toHaveLength(3);
    const everything = [...house.mail.received.map(({ text }) => text), heard?.body].join('\n');
    for (const typed of [DUMP, 'mysqldump', 'secretly', 'Client A']) expect(everything).not.toContain(typed);
  });

  test('marks a name that looks like another, and lets none write a line or a link of its own', async () => {
    await using house = await deliveryWorld({ webhooks: [{}] });
    const { pool } = house.fresh.owner;
    await pool.query(`UPDATE persons SET name = E'Tanaka\\n<!channel> <https://evil.example|Open>\\u202e', name_shape = 'same'
      WHERE name = 'Name of aoki'`);
    await pool.query(`UPDATE persons SET name_shape = 'same' WHERE name = 'Name of chen'`);
    await house.ask('aoki');
    await house.tell();
    await house.sendDue();
    const [mail] = house.mailOf('tanaka');
    expect(mail?.text).toContain('Requested by: ⚠ Tanaka<!channel> <https://evil.example|Open> (this name looks like');
    const said = JSON.parse(house.room.received[0]?.body ?? '') as { text: string };
    expect(said.text).toContain('⚠ Tanaka&lt;!channel&gt; &lt;https://evil.example|Open&gt; (');
    expect(said.text).not.toContain('\u202e');
  });

  test('is not sent to who was locked after it was written, nor when the request was decided meanwhile', async () => {
    await using house = await deliveryWorld();
    const { id, actDigest } = await house.ask('aoki');
    await house.tell();
    await lockPerson(house, house.people.yamada, { personId: house.idOf('sato'), reason: 'away' });
    const [first] = await house.rows();
    await decideTicket(house, house.people.tanaka, id, { decision: 'approve', reason: 'ok', actDigest });
    await house.sendDue();
    expect(house.mail.received).toEqual([]);
    expect(new Set(await states(house))).toEqual(new Set(['dropped']));
    expect(first).toMatchObject({ channel: 'mail', state: 'waiting' });
    await house.tell();
    await house.sendDue();
    expect(house.mailOf('aoki').map(({ headers }) => headers.get('subject'))).toEqual([
      expect.stringContaining('Your request was approved'),
    ]);
  });

  test('told twice, planned twice and handed to two workers at once is sent once', async () => {
    await using house = await deliveryWorld();
    await house.ask('aoki');
    await Promise.all([house.tell(), house.tell()]);
    const rows = await house.rows();
    expect(rows).toHaveLength(3);
    await Promise.all(rows.flatMap(({ id }) => [0, 0, 0].map((attempt) => deliver(house, { delivery: id, attempt }))));
    expect(house.mail.received).toHaveLength(3);
    for (const { id } of rows) await deliver(house, { delivery: id, attempt: 1 });
    expect(house.mail.received).toHaveLength(3);
  });

  test('that a worker broke off over is sent by the next try, and given up when no try is left', async () => {
    await using house = await deliveryWorld();
    await house.ask('aoki', long(house));
    await house.tell();
    const { pool } = house.fresh.owner;
    // As a worker leaves it that took the try and died.
    const taken = new Date(house.clock.now().getTime() + LIMITS.deliveryLeaseSeconds * SECOND);
    await pool.query('UPDATE deliveries SET attempts = 1, tries_left = tries_left - 1, next_at = $1', [taken]);
    await house.sendDue();
    expect(house.mail.received).toEqual([]);
    house.clock.advance(LIMITS.deliveryLeaseSeconds * SECOND);
    await house.sendDue();
    expect(house.mail.received).toHaveLength(3);
    await pool.query(`UPDATE deliveries SET state = 'waiting', ended_at = NULL, tries_left = 0`);
    house.clock.advance(1);
    await house.sendDue();
    expect([await buryWornOut(house), await buryWornOut(house)]).toEqual([3, 0]);
    expect((await house.rows()).map(({ error }) => error)).toEqual(['interrupted', 'interrupted', 'interrupted']);
    expect(house.mail.received).toHaveLength(3);
  });
});

describeWith('openssl', 'a message that is not taken', () => {
  test('waits longer from try to try while it is greylisted, whatever the clock does, and arrives under the same id', async () => {
    await using house = await deliveryWorld();
    await house.ask('aoki', long(house));
    await house.tell();
    refuseAll(house, 451);
    await house.sendDue();
    expect(await states(house)).toEqual(['waiting', 'waiting', 'waiting']);
    house.clock.advance(LIMITS.deliveryDelaySeconds * SECOND - 1);
    await house.sendDue();
    expect((await house.rows()).map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
    house.clock.advance(-HOUR);
    await house.sendDue();
    house.clock.advance(HOUR + 1);
    await house.sendDue();
    expect((await house.rows()).map(({ attempts }) => attempts)).toEqual([2, 2, 2]);
    house.clock.advance(2 * LIMITS.deliveryDelaySeconds * SECOND);
    house.mail.refuse = undefined;
    await house.sendDue();
    expect(await states(house)).toEqual(['sent', 'sent', 'sent']);
    const ids = (await house.rows()).map(({ id }) => `<${id}@example.com>`);
    expect(house.mail.received.map(({ headers }) => headers.get('message-id')).toSorted()).toEqual(ids.toSorted());
  });

  test('for good, or after its last try, is a dead letter: noted, told to administrators once, sent again by one alone', async () => {
    await using house = await deliveryWorld();
    await house.ask('aoki', long(house));
    await house.tell();
    house.mail.refuse = (address) => (address === addressOf('tanaka') ? { code: 550 } : { code: 451 });
    await house.sendDue();
    for (let tries = 1; tries < LIMITS.deliveryTriesMax; tries += 1) {
      house.clock.advance(LIMITS.deliveryDelaySecondsMax * SECOND);
      await house.sendDue();
    }
    expect(await states(house)).toEqual(['dead', 'dead', 'dead']);
    const dead = (await house.events('delivery.dead')).map(({ body }) => [
      body['person'],
      body['reason'],
      body['attempts'],
    ]);
    expect(dead).toContainEqual([house.idOf('tanaka'), 'refused', 1]);
    expect(dead).toContainEqual([house.idOf('sato'), 'refused', LIMITS.deliveryTriesMax]);
    const told = await listNotifications(house.database, house.idOf('yamada'));
    expect(told.filter(({ kind }) => kind === 'delivery.dead').length).toBeLessThanOrEqual(2);

    const overview = await deliveryOverview(house, house.people.yamada);
    expect(overview.dead).toHaveLength(3);
    const [letter] = overview.dead;
    expect(await codeOf(deliveryOverview(house, house.people.tanaka))).toBe('not_permitted');
    expect((await deliveryOverview(house, house.people.kimura)).mayResend).toBe(false);
    expect(await codeOf(resendDead(house, house.people.kimura, { id: letter!.id }))).toBe('not_permitted');
    house.mail.refuse = undefined;
    await resendDead(house, house.people.yamada, { channel: 'mail' });
    expect(await codeOf(resendDead(house, house.people.yamada, { id: letter!.id }))).toBe('not_found');
    await house.sendDue();
    expect(await states(house)).toEqual(['sent', 'sent', 'sent']);
    const [resent] = await house.events('delivery.resent');
    expect(resent).toMatchObject({ actor: house.idOf('yamada'), body: { channel: 'mail' } });
  });

  test('by a webhook that took it and said it had not comes again under the same id, so that it is known there', async () => {
    await using house = await deliveryWorld({ webhooks: [{}] });
    house.room.answer = (response) => response.writeHead(500).end();
    await house.ask('aoki', long(house));
    await house.tell();
    await house.sendDue();
    house.room.answer = (response) => response.writeHead(204).end();
    house.clock.advance(LIMITS.deliveryDelaySeconds * SECOND);
    await house.sendDue();
    await house.sendDue();
    const ids = house.room.received.map(({ headers }) => headers['webhook-id']);
    expect(ids).toEqual([expect.any(String), ids[0]]);
    expect((await house.rows()).filter(({ state }) => state !== 'sent')).toEqual([]);
  });

  test('by one channel holds up no other', async () => {
    await using house = await deliveryWorld({ webhooks: [{}] });
    house.room.answer = (response) => response.writeHead(500).end();
    await house.ask('aoki');
    await house.tell();
    await house.sendDue();
    expect((await house.rows()).map(({ channel, state }) => `${channel} ${state}`).toSorted()).toEqual([
      ...['mail sent', 'mail sent', 'mail sent', 'room waiting'],
    ]);
  });
});

describeWith('openssl', 'the choice of a person', () => {
  test('switches off mail that is not urgent, and never that of an emergency or an escalation', async () => {
    await using house = await deliveryWorld();
    for (const name of ['tanaka', 'kimura'] as const) await switchMail(house, house.people[name].person, false);
    expect(await notificationSettings(house, house.people.tanaka.person)).toMatchObject({
      mail: false,
      mayDecline: true,
    });
    await house.ask('aoki', long(house));
    await house.tell();
    await house.sendDue();
    expect([house.mailOf('tanaka').length, house.mailOf('sato').length]).toEqual([0, 1]);
    const targets = [await house.targetId('crm-db')];
    await startEmergency(house, house.people.chen, { targets, reason: 'down', hours: 1 });
    await house.tell();
    await house.sendDue();
    expect([house.mailOf('tanaka').length, house.mailOf('kimura').length]).toEqual([1, 1]);
    const calendar = { zone: 'Asia/Tokyo', opensMinutes: 540, closesMinutes: 1080, holidays: new Set<string>() };
    const flow = { calendar, ladder: { remind: null, substitutes: null, second_line: 60 }, ladders: new Map() };
    house.clock.advance(2 * HOUR);
    await remindWaiting({ ...house, flow });
    await house.tell();
    await house.sendDue();
    expect(house.mailOf('kimura').at(-1)?.headers.get('subject')).toContain('Escalation');
    expect((await house.events('notifications.mail_switched')).map(({ body }) => body)).toEqual([
      { mail: false },
      { mail: false },
    ]);
  });

  test('is none where the policy leaves none', async () => {
    await using house = await deliveryWorld({ mayDecline: false });
    expect(await codeOf(switchMail(house, house.people.tanaka.person, false))).toBe('not_permitted');
    expect(await notificationSettings(house, house.people.tanaka.person)).toMatchObject({
      mail: true,
      mayDecline: false,
    });
  });
});

describeWith('openssl', 'a room or a program', () => {
  test('hears of its own systems and topics alone', async () => {
    await using house = await deliveryWorld({
      webhooks: [
        { name: 'billing', systems: ['billing'] },
        { name: 'endings', topics: ['ticket.completed'] },
        { name: 'siem', kind: 'standard' },
        { name: 'team', kind: 'teams', locale: 'ja' },
      ],
    });
    const { id, number } = await house.ask('aoki');
    await house.tell();
    await house.sendDue();
    const rows = await house.rows();
    expect(
      rows
        .map(({ channel }) => channel)
        .filter((channel) => channel !== 'mail')
        .toSorted(),
    ).toEqual(['siem', 'team']);
    const bodies = house.room.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    const event = bodies.find(({ type }) => type === 'ticket.requested');
    expect(event).toEqual({
      ...{ type: 'ticket.requested', timestamp: house.clock.now().toISOString() },
      data: {
        ...{ ticket: id, number, kind: 'export', state: 'requested', requester: 'Name of aoki', target: 'crm-db' },
        ...{ lookalike: false, audience: null, url: `https://sekisho.example.com/tickets/${id}` },
      },
    });
    const card = JSON.stringify(bodies.find(({ type }) => type === 'message'));
    expect(card).toContain('承認待ちの申請があります');
    expect(card).toContain('Name of tanaka さんとして開く');
    expect(tokensIn(card)).toHaveLength(3);
  });
});
