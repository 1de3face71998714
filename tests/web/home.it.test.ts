/** The home page of each role, on the acts of the approvals' world. */
import { describe, expect, test } from '@jest/globals';
import { DUMP } from '../approvals/world.ts';
import { each, web } from './world.ts';

describe('the home page', () => {
  test('gives nobody the part of a role they have not', async () => {
    await using site = await web();
    const parts: [string, string[]][] = [];
    for (const name of ['aoki', 'tanaka', 'suzuki', 'kimura', 'mori'] as const) {
      const { at } = await (await site.as(name)).get('/api/home');
      const roles = ['maintainer', 'owner', 'auditor', 'security', 'administrator'] as const;
      parts.push([name, roles.filter((role) => at(role) !== null)]);
    }
    expect(Object.fromEntries(parts)).toMatchObject({
      aoki: ['maintainer'],
      suzuki: ['auditor'],
      kimura: ['security'],
    });
    expect(Object.fromEntries(parts)['tanaka']).not.toContain('security');
  });

  test('tells a maintainer what was refused and by which ticket it is asked for', async () => {
    await using site = await web();
    const act = await site.house.refuse('aoki');
    const aoki = await site.as('aoki');
    const before = await aoki.get('/api/home');
    expect(before.at('maintainer', 'refused', 0)).toMatchObject({
      id: act,
      text: DUMP,
      target: 'crm-db',
      ticket: null,
    });
    const ticket = await site.house.ask('aoki', { act });
    expect((await aoki.get('/api/home')).at('maintainer', 'refused', 0)).toMatchObject({
      ticket: ticket.id,
      ticketNumber: ticket.number,
    });
    const chen = await site.as('chen');
    expect((await chen.get('/api/home')).at('maintainer', 'refused')).toEqual([]);
  });

  test('tells an owner what waits since when, and what happened on their systems alone', async () => {
    await using site = await web();
    const ticket = await site.house.ask('aoki');
    await site.house.session('aoki', 'billing-db');
    const { at } = await (await site.as('tanaka')).get('/api/home');
    expect(at('owner')).toMatchObject({ waiting: 1, oldestAt: ticket.createdAt.toISOString() });
    expect(each(at('owner', 'systems'), 'refusals')).toEqual([1]);
    expect(at('owner', 'systems', 0)).toMatchObject({ exports: 0, rows: 0, bytes: 0 });
    const kimura = await (await site.as('kimura')).get('/api/home');
    expect(each(kimura.at('security', 'systems'), 'refusals')).toEqual([1, 0, 0]);
    expect(kimura.at('security', 'persons', 0)).toMatchObject({ name: 'Name of aoki', refusals: 1, locked: false });
  });
});
