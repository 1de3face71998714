import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { newUuid } from '../../foundation/index.ts';
import { listAuditEvents } from '../../recorder/index.ts';
import { web } from './world.ts';

const Gate = z.object({ targets: z.array(z.object({ id: z.string(), name: z.string(), owned: z.boolean() })) });

test('a maintainer sees no policy, and can try no command against one', async () => {
  await using site = await web();
  const { targets } = Gate.parse((await (await site.as('kimura')).get('/api/gate')).body);
  const aoki = await site.as('aoki');
  expect((await aoki.get('/api/gate')).at('targets')).toEqual([]);
  const { status, code } = await aoki.post('/api/judge', { targetId: targets[0]?.id, command: 'ls' });
  expect([status, code]).toEqual([404, 'not_found']);
});

test('a target that does not exist and an empty command are refused', async () => {
  await using site = await web();
  const kimura = await site.as('kimura');
  expect((await kimura.post('/api/judge', { targetId: newUuid(new Date()), command: 'ls' })).code).toBe('not_found');
  expect((await kimura.post('/api/judge', { targetId: newUuid(new Date()), command: '' })).code).toBe(
    'request_invalid',
  );
});

test('a security officer tries a command: the verdict, why in both languages, and an event without the text', async () => {
  await using site = await web();
  const kimura = await site.as('kimura');
  const { targets } = Gate.parse((await kimura.get('/api/gate')).body);
  const targetId = targets[0]?.id;
  const { status, at } = await kimura.post('/api/judge', { targetId, command: 'mysqldump crm customers' });
  expect([status, at('judgement', 'verdict')]).toEqual([200, 'needs_ticket']);
  expect(at('judgement', 'findings', 0, 'rule')).toBe('dump.mysql');
  expect(at('judgement', 'findings', 0, 'why', 'en')).toEqual(expect.any(String));
  expect(at('judgement', 'findings', 0, 'why', 'ja')).toEqual(expect.any(String));
  const [event] = await listAuditEvents(site.house.database, { types: ['policy.tried'], limit: 5 });
  expect(event?.body).toEqual({ target: targetId, verdict: 'needs_ticket', digest: at('judgement', 'digest') });
});

test('the sixty-first trial of a minute is refused', async () => {
  await using site = await web();
  const kimura = await site.as('kimura');
  const trial = () => kimura.post('/api/judge', { targetId: newUuid(new Date()), command: 'ls' });
  for (let left = 60; left > 0; left -= 1) expect((await trial()).code).toBe('not_found');
  expect((await trial()).code).toBe('too_many_requests');
});
