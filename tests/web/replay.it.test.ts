import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { execute, newUuid, sql } from '../../foundation/index.ts';
import type { ConnectionId, SessionId } from '../../policy/index.ts';
import { appendAuditEvent, insertRecording, rebuildMarkPath } from '../../recorder/index.ts';
import { rootOf, start } from '../recorder/support/recordings.ts';
import { flipByte } from '../support/flip-byte.ts';
import { objectPathsOf } from '../support/recordings.ts';
import { each, type Web, web } from './world.ts';

const PASSWORD = 'hunter2';

/** A session of Aoki at a shell on crm-db, with a real sealed recording. */
async function recorded(site: Web, shown = '顧客一覧\r\n'): Promise<SessionId> {
  const { clock, database } = site.house;
  const sessionId = await site.house.session('aoki');
  await using recorder = await start(site.home, { clock });
  const recording = await recorder.openRecording({
    ...{ sessionId, personId: site.house.idOf('aoki'), targetId: await site.house.targetId('crm-db') },
    connectionId: newUuid(clock.now()) as ConnectionId,
    ...{ account: 'aoki', kind: 'shell', command: null, columns: 80, rows: 24, term: 'xterm' },
  });
  await recording.append('o', Buffer.from('\u001b]52;c;cm0=\u0007Password: '));
  for (const key of `${PASSWORD}\r`) await recording.append('i', Buffer.from(key));
  await recording.append('o', Buffer.from(`\r\n${shown}`));
  await recording.append('m', Buffer.from('=mysqldump crm'));
  const sealed = await recording.close(Buffer.from('0'));
  await database.inTransaction((tx) => insertRecording(tx, clock, sealed));
  await execute(
    database,
    sql(z.never())`
      UPDATE sessions SET closed_at = ${clock.now()}, close_reason = 'target_closed', exit_status = 0
      WHERE id = ${sessionId}`,
  );
  return sessionId;
}

describe('a replay', () => {
  test('is not given to strangers nor to the one who worked, and nobody is noted', async () => {
    await using site = await web();
    const id = await recorded(site);
    for (const name of ['aoki', 'chen', 'mori'] as const) {
      const browser = await site.as(name);
      const answers = [
        await browser.post(`/api/sessions/${id}/replay`),
        await browser.get(`/api/sessions/${id}/replay/index.json`),
        await browser.get(`/api/sessions/${id}/replay/segments/0.json`),
        await browser.get(`/api/sessions/${id}/transcript`),
        await browser.get(`/api/sessions/${id}/exports/cast2`),
        await browser.post(`/api/sessions/${id}/keystrokes`, { reason: 'x' }),
      ];
      for (const { status } of answers) expect([403, 404]).toContain(status);
    }
    expect(await site.house.events('recording.viewed')).toEqual([]);
  });

  test('of what is not sealed or does not read is an answer of its own', async () => {
    await using site = await web();
    const suzuki = await site.as('suzuki');
    const open = await site.house.session('aoki');
    expect((await suzuki.post(`/api/sessions/${open}/replay`)).status).toBe(404);
    const id = await recorded(site);
    const [object = ''] = await objectPathsOf(rootOf(site.home), id);
    await flipByte(object, 400);
    expect((await suzuki.post(`/api/sessions/${id}/replay`)).code).toBe('recording_corrupt');
    expect((await suzuki.get(`/api/sessions/${id}/replay/segments/0.json`)).status).toBe(422);
  });

  test('is one event a view, however many segments are fetched, and another for who comes without that view', async () => {
    await using site = await web();
    const id = await recorded(site);
    const suzuki = await site.as('suzuki');
    const { body: summary, at } = await suzuki.post(`/api/sessions/${id}/replay`);
    expect(summary).toMatchObject({ state: 'ready', hasTerminal: true, parts: 1, charsets: ['utf-8'] });
    const view = encodeURIComponent(String(at('view')));
    const index = await suzuki.get(`/api/sessions/${id}/replay/index.json?view=${view}`);
    expect(index.body).toMatchObject({ version: 1, term: { cols: 80, rows: 24 } });
    const url = String(index.at('segments', 0, 'url'));
    const segment = await suzuki.get(`/api/sessions/${id}/replay/${url}`);
    expect(segment.text).toContain('顧客一覧');
    expect(segment.text).not.toContain(PASSWORD);
    expect(segment.text).not.toContain('52;c');
    expect(await site.house.events('recording.viewed')).toHaveLength(1);
    const kimura = await site.as('kimura');
    await kimura.get(`/api/sessions/${id}/replay/segments/0.json?view=${view}`);
    await suzuki.get(`/api/sessions/${id}/replay/segments/0.json?view=1.x`);
    expect((await site.house.events('recording.viewed')).map(({ actor }) => actor)).toEqual(
      ['suzuki', 'kimura', 'suzuki'].map((name) => site.house.idOf(name as 'suzuki')),
    );
    expect((await suzuki.get(`/api/sessions/${id}/replay/segments/9.json?view=${view}`)).status).toBe(404);
  });

  test('has the decisions of the gateway among its markers', async () => {
    await using site = await web();
    const id = await recorded(site);
    const { database, clock } = site.house;
    await appendAuditEvent(database, clock, {
      ...{ type: 'file.refused', actor: null, session: id },
      body: { protocol: 'sftp', act: 'open', path: '/etc/shadow', reason: 'x' },
    });
    const finding = { rule: 'mysqldump', class: 'dbdump', subject: 'crm.customers', assets: [] };
    await appendAuditEvent(database, clock, {
      ...{ type: 'act.refused', actor: null, session: id },
      body: { refusedAct: id, verdict: 'deny', text: 'mysqldump crm', digest: 'd', findings: [finding, finding] },
    });
    const { at } = await (await site.as('suzuki')).post(`/api/sessions/${id}/replay`);
    expect(each(at('markers'), 'text')).toEqual(expect.arrayContaining(['=mysqldump crm', '/etc/shadow']));
    expect(each(at('markers'), 'kind')).toEqual(expect.arrayContaining(['command', 'refusal', 'exit']));
    expect(each(at('markers'), 'tags')).toContainEqual(['dbdump']);
  });

  test('has a transcript without what was not shown, and looking at it is noted', async () => {
    await using site = await web();
    const id = await recorded(site);
    const { at, text } = await (await site.as('suzuki')).get(`/api/sessions/${id}/transcript`);
    expect(each(at('lines'), 'text')).toEqual(expect.arrayContaining(['顧客一覧', 'Password:', '=mysqldump crm']));
    expect(text).not.toContain(PASSWORD);
    expect((await site.house.events('recording.viewed'))[0]?.body).toMatchObject({ form: 'transcript' });
  });

  test('is exported without anything a terminal or a spreadsheet would run, each export noted', async () => {
    await using site = await web();
    const id = await recorded(site);
    const suzuki = await site.as('suzuki');
    const files = await Promise.all(
      ['cast2', 'cast3', 'transcript', 'commands'].map((file) => suzuki.get(`/api/sessions/${id}/exports/${file}`)),
    );
    for (const { status, text, headers } of files) {
      expect([status, headers['content-disposition']]).toEqual([200, expect.stringContaining('attachment')]);
      expect(text).not.toContain('52;c');
      expect(text).not.toContain(PASSWORD);
    }
    const [cast2, cast3, transcript, commands] = files.map(({ text }) => text);
    expect(JSON.parse(cast2?.split('\n')[0] ?? '')).toMatchObject({ version: 2, width: 80, height: 24 });
    expect(JSON.parse(cast3?.split('\n')[0] ?? '')).toMatchObject({ version: 3, term: { cols: 80, rows: 24 } });
    expect(transcript).toContain('顧客一覧');
    expect(commands).toContain(`"'=mysqldump crm"`);
    expect((await site.house.events('recording.viewed')).map(({ body }) => body['file']).sort()).toEqual([
      ...['cast2', 'cast3', 'commands', 'transcript'],
    ]);
    expect((await suzuki.get(`/api/sessions/${id}/exports/anything`)).status).toBe(400);
  });
});

describe('keystrokes', () => {
  test('are for auditors who say why; neither owners nor officers nor a blank reason get them', async () => {
    await using site = await web();
    const id = await recorded(site);
    for (const [name, reason, status] of [
      ['tanaka', 'inquiry', 403],
      ['kimura', 'inquiry', 403],
      ['suzuki', '  ', 400],
    ] as const) {
      expect((await (await site.as(name)).post(`/api/sessions/${id}/keystrokes`, { reason })).status).toBe(status);
    }
    expect(await site.house.events('recording.keystrokes_viewed')).toEqual([]);
    const { at } = await (await site.as('suzuki')).post(`/api/sessions/${id}/keystrokes`, { reason: 'inquiry 12' });
    expect(at('lines', 0)).toMatchObject({ kind: 'typed', text: PASSWORD, hidden: true });
    expect(await site.house.events('recording.keystrokes_viewed')).toMatchObject([
      { actor: site.house.idOf('suzuki'), body: { session: id, reason: 'inquiry 12' } },
    ]);
  });
});

describe('a search', () => {
  test('is for auditors and security officers', async () => {
    await using site = await web();
    for (const name of ['aoki', 'tanaka', 'mori'] as const) {
      const browser = await site.as(name);
      expect((await browser.get('/api/search?text=x')).status).toBe(403);
      expect((await browser.get('/api/search/health')).status).toBe(403);
    }
    expect(await site.house.events('search.made')).toEqual([]);
  });

  test.each(['text=', 'text=%22%22', 'text=x&from=e30', 'text=x&from=%', 'text=x&fields=all', 'text=x&ticket=0'])(
    'as %s is refused',
    async (asked) => {
      await using site = await web();
      expect((await (await site.as('suzuki')).get(`/api/search?${asked}`)).status).toBe(400);
    },
  );

  test('says how far the index is, finds by person, server and time, and is noted with what was sought', async () => {
    await using site = await web();
    const id = await recorded(site);
    const suzuki = await site.as('suzuki');
    const early = await suzuki.get('/api/search?text=%E9%A1%A7%E5%AE%A2');
    expect(early.body).toMatchObject({ hits: [], health: { state: 'behind' } });
    await site.derived.catchUp();
    await site.derived.selfTest();
    const aoki = site.house.idOf('aoki');
    const target = await site.house.targetId('crm-db');
    const asked = `text=%E9%A1%A7%E5%AE%A2&person=${aoki}&target=${target}&fields=shown`;
    const found = await suzuki.get(`/api/search?${asked}`);
    expect(found.body).toMatchObject({
      hits: [{ session: id, field: 'shown', text: '顧客一覧' }],
      sessions: [{ id, personName: 'Name of aoki', targetName: 'crm-db', ticket: null }],
      health: { state: 'complete', waiting: 0, unreadable: 0, sessions: 1 },
      ...{ next: null, ranOut: false },
    });
    expect((await suzuki.get(`/api/search?text=%E9%A1%A7%E5%AE%A2&ticket=7`)).at('hits')).toEqual([]);
    expect((await suzuki.get(`/api/search?text=${PASSWORD}`)).at('hits')).toEqual([]);
    const notes = await site.house.events('search.made');
    expect(notes.map(({ body }) => body)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ query: '顧客', hits: 0, state: 'behind' }),
        expect.objectContaining({ query: '顧客', hits: 1, filters: { person: aoki, target }, state: 'complete' }),
      ]),
    );
  });

  test('of an index that lost part of itself says so, is noted, and is whole again after it is made anew', async () => {
    await using site = await web();
    const id = await recorded(site);
    await site.derived.catchUp();
    const directory = join(site.home, 'derived', 'search');
    const [segment] = (await readdir(directory)).filter((name) => name.endsWith('.sks'));
    await flipByte(join(directory, segment ?? ''), 100);
    const suzuki = await site.as('suzuki');
    const answer = await suzuki.get('/api/search?text=%E9%A1%A7%E5%AE%A2');
    const isTold = answer.code === 'derived_unreadable' || answer.at('hits', 0) !== undefined;
    expect(isTold).toBe(true);
    await site.derived.selfTest();
    expect((await suzuki.get('/api/search/health')).at('health', 'state')).toBe('failed');
    expect(await site.house.events('search.test_failed')).toMatchObject([{ body: { segments: 1, sessions: 1 } }]);
    await site.derived.catchUp();
    const again = await suzuki.get('/api/search?text=%E9%A1%A7%E5%AE%A2');
    expect(again.body).toMatchObject({ hits: [{ session: id }], health: { state: 'complete' } });
  });

  test('names a recording that cannot be read instead of leaving it out unseen', async () => {
    await using site = await web();
    const id = await recorded(site);
    const [object = ''] = await objectPathsOf(rootOf(site.home), id);
    await flipByte(object, 400);
    await site.derived.catchUp();
    const { at } = await (await site.as('suzuki')).get('/api/search?text=x');
    expect(at('health')).toMatchObject({ unreadable: 1, state: 'complete' });
  });

  test('finds nothing more of a session whose keys were destroyed, nor its replay', async () => {
    await using site = await web();
    const id = await recorded(site);
    await site.derived.catchUp();
    await site.derived.forget(id);
    await site.derived.catchUp();
    const suzuki = await site.as('suzuki');
    expect((await suzuki.get('/api/search?text=%E9%A1%A7%E5%AE%A2')).at('hits')).toEqual([]);
    expect((await suzuki.post(`/api/sessions/${id}/replay`)).status).toBe(404);
  });

  test('is whole again after somebody asked for the index to be made anew', async () => {
    await using site = await web();
    const id = await recorded(site);
    await site.derived.catchUp();
    const directory = join(site.home, 'derived');
    await writeFile(rebuildMarkPath(directory), '');
    await site.derived.catchUp();
    const { at } = await (await site.as('suzuki')).get('/api/search?text=%E9%A1%A7%E5%AE%A2');
    expect(at('hits', 0, 'session')).toBe(id);
    expect((await readdir(join(directory, 'search'))).filter((name) => name.endsWith('.sks'))).toHaveLength(1);
  });
});
