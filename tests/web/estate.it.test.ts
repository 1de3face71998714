/** Systems, targets and grants as the console administers them. */
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { GatewayError, newUuid } from '../../foundation/index.ts';
import { applyInventory, fingerprintOfLine, InventorySchema, pinHostKey } from '../../identity/index.ts';
import { HOST_KEY, INVENTORY } from '../approvals/world.ts';
import { type Web, web } from './world.ts';

const OTHER_KEY = `${HOST_KEY.slice(0, -4)}BBBB`;
const REASON = 'The server was set up anew';
const Systems = z.object({
  systems: z.array(z.object({ name: z.string(), owners: z.array(z.object({ name: z.string() })) })),
});
const Detail = z.object({
  target: z.object({
    hostKey: z.string().nullable(),
    pinnedBy: z.string().nullable(),
    grants: z.array(z.object({ id: z.uuid(), person: z.string(), actions: z.array(z.string()) })),
  }),
});

const systemsOf = async (site: Web, name: Parameters<Web['as']>[0]): Promise<string[]> =>
  Systems.parse((await (await site.as(name)).get('/api/systems')).body).systems.map((system) => system.name);

async function detailOf(site: Web, target = 'crm-db') {
  const path = `/api/systems/targets/${await site.house.targetId(target)}`;
  return Detail.parse((await (await site.as('kimura')).get(path)).body).target;
}

/** As the next start of the gateway does it. */
const readInventoryAnew = (site: Web, changed = INVENTORY): Promise<void> =>
  applyInventory(site.house, InventorySchema.parse(changed));

test('a maintainer sees no system, an owner those of their own, an auditor all', async () => {
  await using site = await web();
  expect(await systemsOf(site, 'chen')).toEqual([]);
  expect(await systemsOf(site, 'mori')).toEqual(['billing']);
  expect(await systemsOf(site, 'suzuki')).toEqual(['billing', 'crm', 'lonely']);
  const path = `/api/systems/targets/${await site.house.targetId('crm-db')}`;
  expect((await (await site.as('mori')).get(path)).code).toBe('not_found');
});

test('a grant is ended by nobody without a reason, by no auditor, and by no owner of another system', async () => {
  await using site = await web();
  const [grant] = (await detailOf(site)).grants;
  const path = `/api/grants/${grant?.id}/end`;
  expect((await (await site.as('kimura')).post(path, { reason: ' ' })).code).toBe('request_invalid');
  expect((await (await site.as('suzuki')).post(path, { reason: REASON })).code).toBe('not_permitted');
  expect((await (await site.as('mori')).post(path, { reason: REASON })).code).toBe('not_found');
  expect((await (await site.as('chen')).post(path, { reason: REASON })).code).toBe('not_found');
  expect(await site.house.events('grant.ended')).toEqual([]);
});

test('a grant that an owner ended is not given back by the same inventory, and is by another one', async () => {
  await using site = await web();
  const before = (await detailOf(site)).grants;
  const grant = before.find(({ person }) => person === 'Name of chen');
  const tanaka = await site.as('tanaka');
  expect((await tanaka.post(`/api/grants/${grant?.id}/end`, { reason: REASON })).status).toBe(204);
  expect((await tanaka.post(`/api/grants/${grant?.id}/end`, { reason: REASON })).code).toBe('grant_ended');
  await readInventoryAnew(site);
  const after = (await detailOf(site)).grants;
  expect(after.map(({ person }) => person)).toEqual(['Name of aoki', 'Name of yamada']);
  const grants = INVENTORY.grants.map((one) =>
    one.person === 'chen' && one.target === 'crm-db' ? { ...one, actions: ['exec' as const] } : one,
  );
  await readInventoryAnew(site, { ...INVENTORY, grants });
  expect((await detailOf(site)).grants.map(({ person }) => person)).toContain('Name of chen');
  const [event, ...more] = await site.house.events('grant.ended');
  expect([event?.actor, event?.body['reason'], more]).toEqual([site.house.idOf('tanaka'), REASON, []]);
});

test('a key that nobody shows is not pinned, and nobody but an administrator pins one', async () => {
  await using site = await web();
  const target = await site.house.targetId('crm-db');
  const asked = { fingerprint: fingerprintOfLine(OTHER_KEY), reason: REASON };
  const path = `/api/systems/targets/${target}/host-key`;
  expect((await (await site.as('kimura')).post(path, asked)).code).toBe('not_permitted');
  const closed = await (await site.as('yamada')).post(path, asked);
  expect(closed.status).toBe(502);
  expect((await (await site.as('yamada')).post(path, { ...asked, fingerprint: 'SHA256:short' })).code).toBe(
    'request_invalid',
  );
  const pin = (name: 'kimura' | 'tanaka') =>
    pinHostKey(site.house, site.house.people[name], { target, hostKey: OTHER_KEY, reason: REASON });
  await expect(pin('kimura')).rejects.toThrow(GatewayError);
  await expect(pin('tanaka')).rejects.toThrow(GatewayError);
  expect((await detailOf(site)).hostKey).toBe(fingerprintOfLine(HOST_KEY));
});

test('a pinned key outlives the same inventory, and ends with another word of it', async () => {
  await using site = await web();
  const target = await site.house.targetId('crm-db');
  const pin = () => pinHostKey(site.house, site.house.people.yamada, { target, hostKey: OTHER_KEY, reason: REASON });
  await pin();
  await expect(pin()).rejects.toMatchObject({ code: 'host_key_pinned' });
  await readInventoryAnew(site);
  expect(await detailOf(site)).toMatchObject({ hostKey: fingerprintOfLine(OTHER_KEY), pinnedBy: 'Name of yamada' });
  const third = `${HOST_KEY.slice(0, -4)}CCCC`;
  const targets = INVENTORY.targets.map((one) => (one.name === 'crm-db' ? { ...one, hostKey: third } : one));
  await readInventoryAnew(site, { ...INVENTORY, targets });
  expect(await detailOf(site)).toMatchObject({ hostKey: fingerprintOfLine(third), pinnedBy: null });
  const [event] = await site.house.events('target.host_key_pinned');
  expect(event?.body).toMatchObject({ before: fingerprintOfLine(HOST_KEY), after: fingerprintOfLine(OTHER_KEY) });
});

test('a pinned key belongs to the place it was seen at', async () => {
  await using site = await web();
  const target = await site.house.targetId('crm-db');
  await pinHostKey(site.house, site.house.people.yamada, { target, hostKey: OTHER_KEY, reason: REASON });
  const targets = INVENTORY.targets.map((one) => (one.name === 'crm-db' ? { ...one, port: 2222 } : one));
  await readInventoryAnew(site, { ...INVENTORY, targets });
  expect((await detailOf(site)).hostKey).toBe(fingerprintOfLine(HOST_KEY));
});

test('a check tells why a target is not reached, and leaves an event; the twenty-first of a minute is refused', async () => {
  await using site = await web();
  const kimura = await site.as('kimura');
  const path = `/api/systems/targets/${await site.house.targetId('crm-db')}/check`;
  const { status, at } = await kimura.post(path, {});
  expect([status, at('check', 'outcome'), at('check', 'shown')]).toEqual([200, 'failed', null]);
  expect((await kimura.post(`/api/systems/targets/${newUuid(new Date())}/check`, {})).code).toBe('not_found');
  const [event] = await site.house.events('target.connection_checked');
  expect(event?.body).toMatchObject({ outcome: 'failed', code: at('check', 'code'), fingerprint: null });
  for (let left = 18; left > 0; left -= 1) await kimura.post(path, {});
  expect((await kimura.post(path, {})).code).toBe('too_many_requests');
});

test('the configuration of the running process is shown to its readers without a secret', async () => {
  await using site = await web();
  expect((await (await site.as('tanaka')).get('/api/configuration')).code).toBe('not_permitted');
  const { status, at, text } = await (await site.as('yamada')).get('/api/configuration');
  expect([status, at('mode'), at('authorities', 0, 'step')]).toEqual([200, 'demo', 'none']);
  expect(text).toContain('"key":"ssh.timeLimits.idleMinutes","value":"30"');
  expect(text).not.toContain('PRIVATE KEY');
});
