/** Parcels in the console: who sees them, and who decides. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { completeRedemption, decideTicket, redeemTicket } from '../../approvals/index.ts';
import { sha256 } from '../../foundation/index.ts';
import { each, type Web, web } from './world.ts';

describe('parcels in the console', () => {
  let site: Web;
  let parcel: number;
  beforeAll(async () => {
    site = await web();
    const { house } = site;
    const asked = await house.ask('aoki', { destination: 'vault' });
    const { actDigest, id: ticket } = asked;
    await decideTicket(house, house.people.tanaka, ticket, { decision: 'approve', reason: 'ok', actDigest });
    const use = await redeemTicket(house, {
      ...{ personId: house.idOf('aoki'), targetId: await house.targetId('crm-db'), digest: actDigest, text: '' },
      sessionId: await house.session('aoki'),
    });
    if (!use.redeemed || use.parcel === undefined) throw new Error('not redeemed');
    const result = { outcome: 'completed', rows: 2, bytes: 6, sha256: sha256('ab\ncd\n'), exitStatus: 0 } as const;
    const files = [{ path: '/data/\u202ea', bytes: 6, sha256: sha256('ab\ncd\n').toString('hex') }];
    const sealed = { files, manifestSha256: sha256('manifest') };
    await completeRedemption(house, ticket, result, { parcel: use.parcel, sealed });
    parcel = use.parcel.number;
  });
  afterAll(async () => {
    await site[Symbol.asyncDispose]();
  });

  test('are as absent for who has nothing to do with them as if there were none', async () => {
    const mori = await site.as('mori');
    expect((await mori.get('/api/parcels')).at('parcels')).toEqual([]);
    expect((await mori.get(`/api/parcels/${parcel}`)).status).toBe(404);
    const decision = { decision: 'revoke', reason: 'No' };
    expect((await mori.post(`/api/parcels/${parcel}/decision`, decision)).status).toBe(404);
    expect((await mori.get('/api/parcels/999')).status).toBe(404);
  });

  test.each(['aoki', 'tanaka', 'suzuki', 'kimura'] as const)('are seen by %s, with their journey', async (name) => {
    const person = await site.as(name);
    expect(each((await person.get('/api/parcels')).at('parcels'), 'number')).toEqual([parcel]);
    const one = await person.get(`/api/parcels/${parcel}`);
    expect(one.at('parcel')).toMatchObject({
      ...{ number: parcel, state: 'sealed', files: 1, bytes: 6, from: { name: 'crm' }, to: null },
      ...{ mayDecide: name === 'tanaka', shownFiles: [{ path: '/data/\u202ea' }], moves: [{ type: 'parcel.sealed' }] },
    });
    expect((await person.get(`/api/parcels?before=${parcel}`)).at('parcels')).toEqual([]);
  });

  test('are decided about by an owner who did not ask, with a reason, once', async () => {
    const [aoki, suzuki, tanaka] = [await site.as('aoki'), await site.as('suzuki'), await site.as('tanaka')];
    const path = `/api/parcels/${parcel}/decision`;
    const revoke = { decision: 'revoke', reason: 'It was the wrong month' };
    expect((await aoki.post(path, revoke)).code).toBe('own_request');
    expect((await suzuki.post(path, revoke)).status).toBe(404);
    expect((await tanaka.post(path, { ...revoke, reason: ' ' })).code).toBe('request_invalid');
    expect((await tanaka.post(path, { ...revoke, decision: 'release' })).code).toBe('parcel_unavailable');
    expect((await tanaka.post(path, revoke)).status).toBe(204);
    expect((await tanaka.post(path, revoke)).code).toBe('parcel_unavailable');
    expect((await tanaka.get(`/api/parcels/${parcel}`)).at('parcel', 'state')).toBe('revoked');
  });

  test('that moved between systems are the map; there is none yet', async () => {
    expect((await (await site.as('suzuki')).get('/api/parcels/routes')).at('routes')).toEqual([]);
  });
});
