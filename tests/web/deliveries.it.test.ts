import { expect, test } from '@jest/globals';
import type { DeliverySettings } from '../../approvals/index.ts';
import { web } from './world.ts';

const delivery: DeliverySettings = {
  ...{ publicUrl: new URL('http://127.0.0.1:8080/'), zone: 'Asia/Tokyo', linkKey: Buffer.alloc(32, 9), linkHours: 72 },
  mail: { mayDecline: true, send: () => Promise.resolve({ outcome: 'later', fault: 'unreachable' }) },
  webhooks: [],
};
const TOKEN = 'A'.repeat(64);

test('what became of messages is for administrators and the second line, and sending again for the former', async () => {
  await using site = await web({ delivery });
  for (const name of ['aoki', 'tanaka', 'suzuki'] as const) {
    expect(await (await site.as(name)).get('/api/deliveries')).toMatchObject({ status: 403, code: 'not_permitted' });
  }
  const kimura = await site.as('kimura');
  expect((await kimura.get('/api/deliveries')).at('mayResend')).toBe(false);
  expect((await kimura.post('/api/deliveries/again', { channel: 'mail' })).code).toBe('not_permitted');
  const yamada = await site.as('yamada');
  expect((await yamada.get('/api/deliveries')).at('channels', 0, 'channel')).toBe('mail');
  expect((await yamada.post('/api/deliveries/again', { channel: 'mail' })).status).toBe(404);
  expect((await yamada.post(`/api/deliveries/${TOKEN}/again`)).code).toBe('request_invalid');
});

test('a person chooses for themselves alone, and a link is refused whatever is sent for it', async () => {
  await using site = await web({ delivery });
  const tanaka = await site.as('tanaka');
  expect((await tanaka.patch('/api/me/notifications', { mail: false })).at('mail')).toBe(false);
  expect((await (await site.as('mori')).get('/api/me/notifications')).at('mail')).toBe(true);
  expect((await tanaka.patch('/api/me/notifications', { mail: 'no' })).code).toBe('request_invalid');
  expect(await tanaka.post('/api/links/open', { token: TOKEN })).toMatchObject({ status: 404, code: 'link_altered' });
  expect((await tanaka.post('/api/links/open', { token: 'x'.repeat(10_000) })).code).toBe('request_invalid');
  // What scans mail asks by GET: it is given the console's page, and nothing happened.
  expect((await tanaka.get(`/links/${TOKEN}`)).status).toBe(200);
  expect(await site.house.events('link.opened')).toEqual([]);
});
