/** The list of live sessions and what is asked of them over HTTP. */
import { describe, expect, test } from '@jest/globals';
import { newUuid } from '../../foundation/index.ts';
import { DUMP } from '../approvals/world.ts';
import { each, type Web, web } from './world.ts';

const live = async (site: Web, name: Parameters<Web['as']>[0]) => (await site.as(name)).get('/api/sessions?box=live');

describe('the list of live sessions', () => {
  test('shows each only what is theirs to see, and what they may do', async () => {
    await using site = await web();
    const { house } = site;
    const id = await house.session('aoki');
    const closed = await house.session('aoki');
    await house.fresh.owner.pool.query("UPDATE sessions SET closed_at = now(), close_reason = 'closed' WHERE id = $1", [
      closed,
    ]);
    const seen: [string, unknown[], unknown, unknown][] = [];
    for (const name of ['aoki', 'chen', 'tanaka', 'mori', 'suzuki', 'kimura', 'yamada'] as const) {
      const { at } = await live(site, name);
      seen.push([name, each(at('sessions'), 'id'), at('sessions', 0, 'verbs'), at('sessions', 0, 'command')]);
    }
    const all = ['end', 'pause', 'message'];
    expect(seen).toEqual([
      ['aoki', [id], ['end'], DUMP],
      ['chen', [], undefined, undefined],
      ['tanaka', [id], all, DUMP],
      ['mori', [], undefined, undefined],
      ['suzuki', [id], [], DUMP],
      ['kimura', [id], all, DUMP],
      ['yamada', [id], all, DUMP], // An owner of this system too.
    ]);
    house.clock.advance(1_000);
    const billing = await house.session('aoki', 'billing-db');
    const { at } = await live(site, 'yamada');
    expect(at('sessions', 0)).toMatchObject({
      id: billing,
      verbs: ['end'],
      command: null,
      person: { name: 'Name of aoki' },
    });
    expect((await (await site.as('yamada')).get(`/api/sessions/${billing}`)).status).toBe(404);
  });
});

describe('a command to a live session', () => {
  test('is refused for who may not, with a text that does not fit, and for what is not there', async () => {
    await using site = await web();
    const id = await site.house.session('aoki');
    const [tanaka, mori, suzuki, aoki] = await Promise.all(
      (['tanaka', 'mori', 'suzuki', 'aoki'] as const).map(site.as),
    );
    const answers = [
      await mori!.post(`/api/sessions/${id}/end`, { reason: 'check' }),
      await suzuki!.post(`/api/sessions/${id}/pause`, { reason: 'check' }),
      await aoki!.post(`/api/sessions/${id}/resume`),
      await tanaka!.post(`/api/sessions/${id}/resume`),
      await tanaka!.post(`/api/sessions/${id}/resume`, { reason: 'no' }),
      await tanaka!.post(`/api/sessions/${id}/end`),
      await tanaka!.post(`/api/sessions/${id}/end`, { reason: ' ' }),
      await tanaka!.post(`/api/sessions/${id}/message`, { text: 'x'.repeat(501) }),
      await tanaka!.post(`/api/sessions/${id}/message`, { text: '\u001b[2J' }),
      await tanaka!.post(`/api/sessions/${id}/kill`, { reason: 'check' }),
      await tanaka!.post(`/api/sessions/${newUuid(new Date())}/end`, { reason: 'check' }),
      await tanaka!.post('/api/sessions/1/end', { reason: 'check' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 403, 409, 400, 400, 400, 400, 400, 404, 404, 400]);
    expect(answers[3]?.code).toBe('session_not_live');
  });

  test('changes what the list says of it, with its event', async () => {
    await using site = await web();
    const { house } = site;
    const id = await house.session('aoki');
    const tanaka = await site.as('tanaka');
    expect((await tanaka.post(`/api/sessions/${id}/message`, { text: 'Please stop at six.' })).status).toBe(204);
    expect((await tanaka.post(`/api/sessions/${id}/pause`, { reason: 'check' })).status).toBe(204);
    const paused = await live(site, 'tanaka');
    expect(paused.at('sessions', 0)).toMatchObject({
      pausedAt: expect.any(String),
      verbs: ['end', 'resume', 'message'],
    });
    expect((await tanaka.post(`/api/sessions/${id}/resume`)).status).toBe(204);
    expect((await tanaka.post(`/api/sessions/${id}/end`, { reason: 'over' })).status).toBe(204);
    expect((await live(site, 'tanaka')).at('sessions', 0)).toMatchObject({ pausedAt: null, ending: true, verbs: [] });
    expect((await tanaka.post(`/api/sessions/${id}/end`, { reason: 'over' })).status).toBe(409);
    const types = (await house.events()).map(({ type }) => type).filter((type) => type.startsWith('session.'));
    expect(types).toEqual(['session.messaged', 'session.paused', 'session.resumed', 'session.end_asked']);
  });
});
