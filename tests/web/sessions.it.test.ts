import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { execute, newUuid, sql } from '../../foundation/index.ts';
import type { ConnectionId, SessionId } from '../../policy/index.ts';
import { appendAuditEvent, insertRecording } from '../../recorder/index.ts';
import { DUMP } from '../approvals/world.ts';
import { rootOf, start } from '../recorder/support/recordings.ts';
import { flipByte } from '../support/flip-byte.ts';
import { objectPathsOf } from '../support/recordings.ts';
import { each, type Web, web } from './world.ts';

const SECRET_INPUT = 'password typed by aoki';

/** Changes one byte of one of its objects. */
async function spoil(site: Web, id: string, choose: (paths: string[]) => string | undefined): Promise<void> {
  await flipByte(choose(await objectPathsOf(rootOf(site.home), id)) ?? '', 300);
}

/** A session of Aoki on crm-db with a real sealed recording. */
async function recorded(site: Web, chunks: number): Promise<SessionId> {
  const { clock, database } = site.house;
  const sessionId = await site.house.session('aoki');
  await using recorder = await start(site.home, { clock, limits: {} });
  const recording = await recorder.openRecording({
    ...{ sessionId, personId: site.house.idOf('aoki'), targetId: await site.house.targetId('crm-db') },
    connectionId: newUuid(clock.now()) as ConnectionId,
    ...{ account: 'aoki', kind: 'exec', command: DUMP, columns: 80, rows: 24, term: 'xterm' },
  });
  await recording.append('i', Buffer.from(SECRET_INPUT));
  for (let n = 0; n < chunks; n++) await recording.append('o', Buffer.alloc(60_000, 'o'));
  await recording.append('o', Buffer.from('顧客一覧\n'));
  const sealed = await recording.close();
  await database.inTransaction((tx) => insertRecording(tx, clock, sealed));
  await execute(
    database,
    sql(z.never())`
      UPDATE sessions SET closed_at = ${clock.now()}, close_reason = 'target_closed', exit_status = 0
      WHERE id = ${sessionId}`,
  );
  return sessionId;
}

describe('sessions', () => {
  test('of other people are not listed and not found, except to owners of the system, auditors and officers', async () => {
    await using site = await web();
    const id = await site.house.session('aoki');
    const seers: string[] = [];
    for (const name of ['chen', 'mori', 'tanaka', 'suzuki', 'kimura', 'yamada'] as const) {
      const browser = await site.as(name);
      const listed = each((await browser.get('/api/sessions?box=all')).at('sessions'), 'id').length === 1;
      const found = (await browser.get(`/api/sessions/${id}`)).status === 200;
      expect([name, listed]).toEqual([name, found]);
      expect((await browser.get('/api/sessions')).at('sessions')).toEqual([]);
      if (found) seers.push(name);
    }
    expect(seers).toEqual(['tanaka', 'suzuki', 'kimura', 'yamada']);
  });

  test('are listed newest first, page by page, without losing those of one moment', async () => {
    await using site = await web();
    for (let n = 0; n < 53; n++) {
      if (n === 1 || n > 6) site.house.clock.advance(1_000);
      await site.house.session('aoki');
    }
    const aoki = await site.as('aoki');
    const first = await aoki.get('/api/sessions');
    const second = await aoki.get(`/api/sessions?after=${String(first.at('next'))}`);
    expect(second.at('next')).toBeNull();
    const ids = [...each(first.at('sessions'), 'id'), ...each(second.at('sessions'), 'id')];
    expect(ids).toHaveLength(53);
    expect(new Set(ids).size).toBe(53);
    expect(first.at('sessions', 0)).toEqual({
      id: expect.any(String),
      person: { id: site.house.idOf('aoki'), name: 'Name of aoki' },
      target: { name: 'crm-db' },
      system: { id: expect.any(String), title: { en: expect.any(String), ja: expect.any(String) } },
      ...{ account: 'aoki', kind: 'exec', command: DUMP, sourceAddress: '192.0.2.7', openedAt: expect.any(String) },
      ...{ closedAt: null, closeReason: null, exitStatus: null, pausedAt: null, lastInputAt: null, sealed: false },
      ...{ refusals: 0, exports: 0, verdict: null },
    });
  });
});

describe('a list that is narrowed', () => {
  test('holds what fits, and never more than the viewer may see', async () => {
    await using site = await web();
    const { house } = site;
    const crm = await house.session('aoki');
    house.clock.advance(60_000);
    const billing = await house.session('aoki', 'billing-db');
    house.clock.advance(60_000);
    const chens = await house.session('chen');
    await house.fresh.owner.pool.query("UPDATE sessions SET closed_at = now(), close_reason = 'closed' WHERE id = $1", [
      crm,
    ]);
    const { clock, database } = house;
    const checked = { type: 'recording.verified', actor: null, session: crm } as const;
    await appendAuditEvent(database, clock, { ...checked, body: { session: crm, verdict: 'TAMPERED' } });
    await appendAuditEvent(database, clock, { ...checked, body: { session: crm, verdict: 'VERIFIED' } });
    const suzuki = await site.as('suzuki');
    const shown = async (search: string): Promise<unknown[]> =>
      each((await suzuki.get(`/api/sessions?box=all${search}`)).at('sessions'), 'id');
    const openedAt = String((await suzuki.get(`/api/sessions/${billing}`)).at('session', 'openedAt'));
    const facets = await suzuki.get('/api/sessions/facets');
    const systems = facets.at('systems');
    expect(await shown('')).toEqual([chens, billing, crm]);
    expect(await shown(`&person=${house.idOf('aoki')}`)).toEqual([billing, crm]);
    expect(await shown(`&target=${await house.targetId('billing-db')}`)).toEqual([billing]);
    expect(await shown('&state=closed')).toEqual([crm]);
    expect(await shown('&state=open')).toEqual([chens, billing]);
    expect(await shown('&verdict=VERIFIED')).toEqual([crm]);
    expect(await shown('&verdict=TAMPERED')).toEqual([]);
    expect(await shown('&verdict=none')).toEqual([chens, billing]);
    expect(await shown(`&until=${encodeURIComponent(openedAt)}`)).toEqual([crm]);
    expect(await shown(`&from=${encodeURIComponent(openedAt)}`)).toEqual([chens, billing]);
    expect(await shown('&refusals=1')).toEqual([]);
    expect(await shown('&exports=1')).toEqual([]);
    expect(each(facets.at('persons'), 'name')).toEqual(['Name of aoki', 'Name of chen']);
    expect(each(facets.at('targets'), 'name')).toEqual(['billing-db', 'crm-db']);
    expect(each(systems, 'id')).toHaveLength(2);
    const chen = await site.as('chen');
    expect((await chen.get(`/api/sessions?box=all&person=${house.idOf('aoki')}`)).at('sessions')).toEqual([]);
    expect(each((await chen.get('/api/sessions/facets')).at('persons'), 'name')).toEqual(['Name of chen']);
  });

  test('finds the sessions in which something was refused', async () => {
    await using site = await web();
    const { house } = site;
    await house.refuse('aoki');
    const quiet = await house.session('aoki');
    const { at } = await (await site.as('suzuki')).get('/api/sessions?box=all&refusals=1');
    expect(each(at('sessions'), 'refusals')).toEqual([1]);
    expect(each(at('sessions'), 'id')).not.toContain(quiet);
  });
});

describe('a table taken along', () => {
  test('is refused for who may not read it, and is noted before its first byte', async () => {
    await using site = await web();
    await site.house.session('aoki');
    const [chen, suzuki] = await Promise.all([site.as('chen'), site.as('suzuki')]);
    expect((await chen.get('/api/exports/audit-events.csv')).status).toBe(403);
    expect((await chen.get('/api/exports/sessions.csv?box=all')).text).toBe('\r\n');
    expect((await chen.get('/api/exports/sessions.xlsx')).status).toBe(400);
    expect((await chen.get('/api/exports/persons.csv')).status).toBe(404);
    const csv = await suzuki.get('/api/exports/sessions.csv?box=all&state=open');
    expect(csv.headers['content-disposition']).toBe('attachment; filename=sessions.csv');
    expect(csv.headers['cache-control']).toBe('no-store');
    expect(csv.text.split('\r\n')[1]).toContain('"Name of aoki"');
    const json = await suzuki.get('/api/exports/audit-events.json?type=table.exported');
    expect(json.at('rows', 0, 'body')).toBe(
      JSON.stringify({
        rows: 1,
        table: 'sessions',
        format: 'csv',
        allRows: true,
        filters: { box: 'all', state: 'open' },
      }),
    );
    expect((await suzuki.get('/api/exports/tickets.json')).at('complete')).toBe(true);
  });
});

describe('a recording', () => {
  test('is not shown to strangers, nor to the one who worked, and nobody is noted as having seen it', async () => {
    await using site = await web();
    const id = await recorded(site, 0);
    const answers: [string, number, number][] = [];
    for (const name of ['aoki', 'chen', 'mori'] as const) {
      const browser = await site.as(name);
      const replay = await browser.get(`/api/sessions/${id}/recording.cast`);
      const verify = await browser.post(`/api/sessions/${id}/verify`);
      answers.push([name, replay.status, verify.status]);
    }
    expect(answers).toEqual([
      ['aoki', 403, 403],
      ['chen', 404, 404],
      ['mori', 404, 404],
    ]);
    expect(await site.house.events('recording.viewed')).toEqual([]);
  });

  test('that is not sealed yet is not found', async () => {
    await using site = await web();
    const id = await site.house.session('aoki');
    expect((await (await site.as('suzuki')).get(`/api/sessions/${id}/recording.cast`)).status).toBe(404);
  });

  test('that does not read as one is an answer of its own, and the attempt is noted', async () => {
    await using site = await web();
    const id = await recorded(site, 0);
    for (const at of [0, 1]) await spoil(site, id, (paths) => paths[at]); // What was shown and what was typed.
    const { status, code } = await (await site.as('suzuki')).get(`/api/sessions/${id}/recording.cast`);
    expect([status, code]).toEqual([422, 'recording_corrupt']);
    expect(await site.house.events('recording.viewed')).toHaveLength(1);
  });

  test('that turns bad half-way ends as a torn answer, never as a whole one', async () => {
    await using site = await web();
    const id = await recorded(site, 40);
    for (const at of [-1, -2]) await spoil(site, id, (paths) => paths.at(at));
    const suzuki = await site.as('suzuki');
    await expect(suzuki.get(`/api/sessions/${id}/recording.cast`)).rejects.toThrow('aborted');
  });

  test('is replayed whole as asciicast without what was typed, and the viewer is noted', async () => {
    await using site = await web();
    const id = await recorded(site, 40);
    const suzuki = await site.as('suzuki');
    const { status, headers, text } = await suzuki.get(`/api/sessions/${id}/recording.cast`);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    const [header, ...events] = text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(header).toMatchObject({ version: 3, term: { cols: 80, rows: 24 } });
    expect(events.map((event) => (Array.isArray(event) ? String(event[2]) : '')).join('')).toBe(
      `${'o'.repeat(40 * 60_000)}顧客一覧\n`,
    );
    expect(text).not.toContain(SECRET_INPUT);
    expect(await site.house.events('recording.viewed')).toMatchObject([
      { actor: site.house.idOf('suzuki'), body: { session: id, form: 'replay' } },
    ]);
  });

  test('is downloaded as a file by an owner, and that is noted as a download', async () => {
    await using site = await web();
    const id = await recorded(site, 1);
    const tanaka = await site.as('tanaka');
    const { headers } = await tanaka.get(`/api/sessions/${id}/recording.cast?download=1`);
    expect(headers['content-disposition']).toBe(`attachment; filename=${id}.cast`);
    expect(headers['content-type']).toBe('application/x-asciicast; charset=utf-8');
    expect((await site.house.events('recording.viewed'))[0]?.body['form']).toBe('download');
  });

  test('is noted as seen also when the viewer leaves at once', async () => {
    await using site = await web();
    const id = await recorded(site, 100);
    const server = site.app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
    const cookie = await site.cookieOf('suzuki');
    const leave = new AbortController();
    const response = await fetch(`${url}/api/sessions/${id}/recording.cast`, {
      headers: { cookie },
      signal: leave.signal,
    });
    leave.abort();
    await expect(response.text()).rejects.toThrow('abort');
    expect(await site.house.events('recording.viewed')).toHaveLength(1);
    expect((await fetch(`${url}/api/me`, { headers: { cookie } })).status).toBe(200);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  test('is verified, and a flipped byte is found, each noted with its verdict', async () => {
    await using site = await web();
    const id = await recorded(site, 1);
    const suzuki = await site.as('suzuki');
    const good = await suzuki.post(`/api/sessions/${id}/verify`);
    expect(good.at('report')).toMatchObject({ verdict: 'VERIFIED-UNWITNESSED', sessionId: id });
    for (const at of [0, 1]) await spoil(site, id, (paths) => paths[at]); // What was shown and what was typed.
    const bad = await suzuki.post(`/api/sessions/${id}/verify`);
    expect(bad.at('report')).toMatchObject({
      verdict: 'TAMPERED',
      findings: expect.arrayContaining([expect.objectContaining({ code: 'object_differs' })]),
    });
    expect((await site.house.events('recording.verified')).map(({ body }) => body['verdict'])).toEqual([
      'VERIFIED-UNWITNESSED',
      'TAMPERED',
    ]);
  });

  test('seen by an auditor is told to those who answer for it, not to the one who worked', async () => {
    await using site = await web();
    const id = await recorded(site, 0);
    await (await site.as('suzuki')).get(`/api/sessions/${id}/recording.cast`);
    const eventsOf = async (name: 'tanaka' | 'aoki') => {
      const events = (await (await site.as(name)).get(`/api/sessions/${id}`)).at('events');
      return [each(events, 'type'), each(events, 'actorName')];
    };
    expect(await eventsOf('tanaka')).toEqual([['recording.viewed'], ['Name of suzuki']]);
    expect(await eventsOf('aoki')).toEqual([[], []]);
  });
});
