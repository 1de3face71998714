/** Terminals in the browser, by their own protocol: who gets one, what ends it, and how one comes back. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { LIMITS, one, sql } from '../../foundation/index.ts';
import { TestGateway } from '../support/gateway.ts';
import { askTerminal, handshakeStatus, openTerminal, WebTerminal } from './support/web-terminal.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await TestGateway.start();
});
afterAll(() => gateway[Symbol.asyncDispose]());

async function events(type: string): Promise<Record<string, unknown>[]> {
  const auditor = await gateway.person('suzuki');
  const { json } = await auditor.get(`/api/audit-events?type=${type}`);
  return json['events'] as Record<string, unknown>[];
}

describe('nobody is let in', () => {
  test('from a page of another site, though the browser sends our cookie; and it leaves an event', async () => {
    const asked = await askTerminal(gateway, 'chen');
    expect(await handshakeStatus(gateway, { ...asked, origin: 'https://evil.example' })).toBe(403);
    expect(await events('terminal.refused')).toMatchObject([{ body: { reason: 'origin' } }]);
  });

  test('without a sign-in, or without an opener', async () => {
    const asked = await askTerminal(gateway, 'chen');
    expect(await handshakeStatus(gateway, { ...asked, cookie: '' })).toBe(401);
    expect(await handshakeStatus(gateway, { ...asked, opener: 'short' })).toBe(400);
  });

  test('by an opener that somebody else asked for, and it is used up by the try', async () => {
    const asked = await askTerminal(gateway, 'chen');
    const { cookie } = await gateway.person('tanaka');
    expect(await handshakeStatus(gateway, { ...asked, cookie })).toBe(404);
    expect(await handshakeStatus(gateway, asked)).toBe(404);
  });

  test('by an opener used twice', async () => {
    const { opener, cookie, terminal } = await openTerminal(gateway, 'chen');
    await using _ = terminal;
    expect(await handshakeStatus(gateway, { opener, cookie })).toBe(404);
  });

  test('to a target that is not theirs, said as over SSH', async () => {
    const { terminal } = await openTerminal(gateway, 'tanaka', 'crm-db');
    await using _ = terminal;
    await terminal.ended();
    expect(terminal.screen).toContain('[access_not_a_maintainer]');
  });

  test('to more terminals than one may have', async () => {
    const person = await gateway.person('aoki');
    const open: WebTerminal[] = [];
    try {
      for (let count = 0; count < LIMITS.terminalsPerPersonMax; count += 1) {
        open.push((await openTerminal(gateway, 'aoki')).terminal);
      }
      const window = { columns: 80, rows: 24 };
      const { status, json } = await person.post('/api/terminals', { loginName: 'crm-db', window });
      expect({ status, json }).toMatchObject({ status: 429, json: { error: { code: 'too_many_terminals' } } });
    } finally {
      for (const one of open) one.say({ type: 'leave' });
      await Promise.all(open.map((one) => one.until(() => one.isClosed)));
    }
  });
});

describe('a terminal', () => {
  test('is a session like any other: admitted as web, gated, resized and recorded', async () => {
    const { terminal } = await openTerminal(gateway, 'chen');
    await using _ = terminal;
    await terminal.sees('crm-db');
    terminal.type('echo 日本語-$((40+2))\r');
    await terminal.sees('日本語-42');
    terminal.say({ type: 'resize', columns: 91, rows: 27 });
    terminal.type('stty size\r');
    await terminal.sees('27 91');
    terminal.type('mysqldump crm customers\r');
    await terminal.sees('/tickets/new?act=');
    const officer = await gateway.person('kimura');
    const live = await officer.get('/api/sessions?box=live');
    const [session] = live.json['sessions'] as { id: string }[];
    terminal.type('exit\r');
    await terminal.ended();
    const auditor = await gateway.person('suzuki');
    const verified = await auditor.post(`/api/sessions/${session?.id}/verify`, {});
    // Nothing is found but what every gateway without witnesses has.
    expect(verified.json).toMatchObject({ report: { findings: [{ code: 'no_witness_asked' }] } });
    const Row = z.strictObject({ signed_in_by: z.string() });
    const row = await one(
      gateway.database,
      sql(Row)`SELECT signed_in_by FROM sessions WHERE id = ${session?.id ?? ''}`,
    );
    expect(row.signed_in_by).toBe('web');
  });

  test('comes back after its connection was cut, with what was said meanwhile, to the very sign-in and nobody else', async () => {
    const { id, cookie, terminal } = await openTerminal(gateway, 'chen');
    await terminal.sees('crm-db');
    terminal.type('echo before; echo after-$((1+1))\r');
    await terminal.sees('after-2');
    await terminal.cut();
    const other = await gateway.person('kimura');
    expect((await other.post(`/api/terminals/${id}/openers`, { since: null })).status).toBe(404);
    const person = await gateway.person('chen');
    const { json } = await person.post(`/api/terminals/${id}/openers`, { since: null });
    await using again = await WebTerminal.open(gateway, { opener: String(json['opener']), cookie });
    await again.sees('after-2');
    expect(again.messages[0]).toMatchObject({ type: 'attached', offset: 0, complete: true });
    again.type('echo still-$((2+2))\r');
    await again.sees('still-4');
    expect(await events('terminal.resumed')).toHaveLength(1);
    again.say({ type: 'leave' });
    await again.until(() => again.isClosed);
  });

  test('waits for a browser that does not draw, and holds no more than its window', async () => {
    const { terminal } = await openTerminal(gateway, 'chen');
    await using _ = terminal;
    await terminal.sees('crm-db');
    terminal.type('head -c 2000000 /dev/zero | tr "\\0" x; echo; echo all-$((3+3))\r');
    await terminal.until(() => terminal.bytes >= LIMITS.terminalWindowBytes);
    terminal.say({ type: 'drawn', offset: 100_000 });
    await terminal.until(() => terminal.bytes >= LIMITS.terminalWindowBytes + 50_000);
    expect(terminal.bytes).toBeLessThan(2 * LIMITS.terminalWindowBytes);
    terminal.say({ type: 'leave' });
    await terminal.until(() => terminal.isClosed);
  });

  test('is closed by a message that nobody knows', async () => {
    const { terminal } = await openTerminal(gateway, 'chen');
    await using _ = terminal;
    terminal.say({ type: 'resize', columns: -1, rows: 10 });
    await terminal.until(() => terminal.isClosed);
  });

  test('ends with a lock of its person, within a second and told why', async () => {
    const { terminal } = await openTerminal(gateway, 'chen');
    await using _ = terminal;
    await terminal.sees('crm-db');
    const officer = await gateway.person('kimura');
    const me = await (await gateway.person('chen')).get('/api/me');
    const { id } = me.json['person'] as { id: string };
    const began = process.hrtime.bigint();
    expect((await officer.post(`/api/persons/${id}/lock`, { reason: 'test' })).status).toBe(204);
    await terminal.ended();
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(1_000);
    expect(terminal.screen).toContain('[session_locked]');
    expect((await officer.post(`/api/persons/${id}/unlock`, {})).status).toBe(204);
  });

  test('ends with the sign-in that opened it, within a second', async () => {
    const { terminal } = await openTerminal(gateway, 'chen');
    await using _ = terminal;
    await terminal.sees('crm-db');
    const began = process.hrtime.bigint();
    const person = await gateway.person('chen');
    expect((await person.post('/auth/sign-out', {})).status).toBe(200);
    await terminal.ended();
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(1_000);
    expect(terminal.screen).toContain('[session_revoked]');
  });
});
