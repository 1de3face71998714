/** Terminals in the browser where workers serve: each lives in one of them, and is found again there. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { many, sql } from '../../foundation/index.ts';
import { TestGateway } from '../support/gateway.ts';
import { handshakeStatus, openTerminal, WebTerminal } from './support/web-terminal.ts';

describe('with workers a terminal', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start({ ssh: { workers: 2 } });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test('is served by one of them, and its opener is good once there too', async () => {
    const { opener, cookie, terminal } = await openTerminal(gateway, 'chen');
    await using _ = terminal;
    await terminal.sees('crm-db');
    expect(await handshakeStatus(gateway, { opener, cookie })).toBe(404);
    terminal.type('echo of-a-worker-$((1+2))\r');
    await terminal.sees('of-a-worker-3');
    const Row = z.strictObject({ worker_id: z.uuid().nullable() });
    const rows = await many(gateway.database, sql(Row)`SELECT worker_id FROM sessions WHERE closed_at IS NULL`);
    expect(rows).toEqual([{ worker_id: expect.any(String) }]);
    terminal.say({ type: 'leave' });
    await terminal.until(() => terminal.isClosed);
  });

  test('is found again in its own worker after a cut, while another one runs beside it', async () => {
    const first = await openTerminal(gateway, 'chen');
    const beside = await openTerminal(gateway, 'aoki');
    await using _ = beside.terminal;
    await first.terminal.sees('crm-db');
    await beside.terminal.sees('crm-db');
    first.terminal.type('KEPT=here-$((2+3)); echo set-$KEPT\r');
    await first.terminal.sees('set-here-5');
    await first.terminal.cut();
    const person = await gateway.person('chen');
    const { json } = await person.post(`/api/terminals/${first.id}/openers`, { since: null });
    await using again = await WebTerminal.open(gateway, { opener: String(json['opener']), cookie: first.cookie });
    again.type('echo back-$KEPT\r');
    await again.sees('back-here-5');
    again.say({ type: 'leave' });
    await again.until(() => again.isClosed);
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
  });
});
