/** Watching a session that goes on, over real HTTP behind a real recorder. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { Cleanup, LIMITS, newUuid } from '../../foundation/index.ts';
import { endWebSessions } from '../../identity/index.ts';
import type { ConnectionId, SessionId } from '../../policy/index.ts';
import type { RecordingWriter } from '../../recorder/index.ts';
import { start } from '../recorder/support/recordings.ts';
import { type Web, web } from './world.ts';

/** A session of Aoki that goes on, with its recording. */
async function working(site: Web, cleanup: Cleanup): Promise<RecordingWriter> {
  const { clock } = site.house;
  const sessionId: SessionId = await site.house.session('aoki');
  const recorder = cleanup.use(await start(site.home, { clock, limits: {} }));
  return recorder.openRecording({
    ...{ sessionId, personId: site.house.idOf('aoki'), targetId: await site.house.targetId('crm-db') },
    connectionId: newUuid(clock.now()) as ConnectionId,
    ...{ account: 'aoki', kind: 'shell', command: null, columns: 80, rows: 24, term: 'xterm' },
  });
}

/** The console at a real port. */
async function served(site: Web, cleanup: Cleanup): Promise<string> {
  const server = createServer(site.app).listen(0, '127.0.0.1');
  cleanup.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** What a stream says until it says `word`, or ends. */
async function readUntil(reader: ReadableStreamDefaultReader<Uint8Array>, word: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  while (!text.includes(word)) {
    const { value, done } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
  }
  return text;
}

describe('watching a session', () => {
  test('is refused to strangers, to the one who works, without a noted look, and when it is over', async () => {
    await using site = await web();
    await using cleanup = new Cleanup();
    const { sessionId: id } = await working(site, cleanup);
    const [chen, aoki, mori, tanaka, suzuki] = await Promise.all(
      (['chen', 'aoki', 'mori', 'tanaka', 'suzuki'] as const).map(site.as),
    );
    expect((await chen!.post(`/api/sessions/${id}/watch`)).status).toBe(404);
    expect((await mori!.post(`/api/sessions/${id}/watch`)).status).toBe(404);
    expect((await aoki!.post(`/api/sessions/${id}/watch`)).status).toBe(403);
    expect((await tanaka!.get(`/api/sessions/${id}/live`)).status).toBe(400);
    expect((await tanaka!.get(`/api/sessions/${id}/live?view=1.2`)).code).toBe('not_permitted');
    expect(await site.house.events('recording.viewed')).toEqual([]);
    const view = String((await tanaka!.post(`/api/sessions/${id}/watch`)).at('view'));
    // The proof is of one person: somebody else with the address has to be noted too.
    expect((await suzuki!.get(`/api/sessions/${id}/live?view=${view}`)).code).toBe('not_permitted');
    const [noted] = await site.house.events('recording.viewed');
    expect(noted).toMatchObject({ actor: site.house.idOf('tanaka'), body: { session: id, form: 'live' } });
    await site.house.fresh.owner.pool.query("UPDATE sessions SET closed_at = now(), close_reason = 'closed'");
    expect((await tanaka!.get(`/api/sessions/${id}/live?view=${view}`)).code).toBe('session_not_live');
    expect((await tanaka!.post(`/api/sessions/${id}/watch`)).code).toBe('session_not_live');
  });

  test('shows the screen as it stands and what comes, never what is typed, and ends with the sign-in', async () => {
    await using site = await web();
    await using cleanup = new Cleanup();
    const recording = await working(site, cleanup);
    const id = recording.sessionId;
    await recording.append('o', Buffer.from('顧客一覧\r\n\u001b]52;c;ZXZpbA==\u0007'));
    const tanaka = await site.as('tanaka');
    const view = String((await tanaka.post(`/api/sessions/${id}/watch`)).at('view'));
    const url = `${await served(site, cleanup)}/api/sessions/${id}/live?view=${encodeURIComponent(view)}`;
    const headers = { cookie: await site.cookieOf('tanaka') };
    const response = await fetch(url, { headers });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const more = await Promise.all(
      Array.from({ length: LIMITS.livePerPersonMax }, async () => fetch(url, { headers })),
    );
    expect(more.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429]);
    const reader = response.body!.getReader();
    const first = await readUntil(reader, '\n\n');
    expect(first).toContain('顧客一覧');
    expect(first).not.toContain('ZXZpbA');
    await recording.append('i', Buffer.from('password'));
    await recording.append('m', Buffer.from('ls -l'));
    await recording.append('o', Buffer.from('total 0'));
    const then = await readUntil(reader, 'total 0');
    expect(then).toMatch(/event: marker\ndata: .*ls -l/);
    expect(then).not.toContain('password');
    await endWebSessions(site.house, site.house.people.tanaka, null);
    expect(await readUntil(reader, 'never')).toContain('event: done');
  });
});
