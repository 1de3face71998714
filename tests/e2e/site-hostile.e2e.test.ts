import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestGateway } from '../support/gateway.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { newest } from './support/house.ts';
import { type OddPage, type OddSite, personRows, siteInventory, startOddSite } from './support/odd-site.ts';
import { SiteBrowser } from './support/site-browser.ts';

const answer =
  (type: string, body: string | Buffer, more: Record<string, string> = {}): OddPage =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': type, ...more }).end(body);

const rows = personRows(60);
const csv = personRows(400)
  .map((row) => row.join(','))
  .join('\n');
const table = (of: readonly (readonly string[])[]): string =>
  `<!doctype html><title>一覧</title><table>${of.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')}</table>`;

/** What each way of a download is answered with by the site, beside the way itself. */
const BYPASSES: readonly (readonly [way: string, page: OddPage])[] = [
  ['as it is', answer('text/csv', csv)],
  ['as a file to be saved', answer('text/plain', 'a note', { 'content-disposition': 'attachment; filename=a.txt' })],
  ['with a disposition nobody knows', answer('text/html', '<p>x</p>', { 'content-disposition': 'filename="a.html"' })],
  ['renamed to a picture', answer('image/png', gzipSync(csv))],
  ['a table called plain text', answer('text/plain', csv)],
  ['a table called HTML', answer('text/html', csv)],
  ['a table called nothing', answer('', csv)],
  [
    'an archive called a page',
    answer('text/html', Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(400, 7)])),
  ],
  [
    'a spreadsheet of old',
    answer('application/json', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(900, 1)])),
  ],
  ['a document', answer('application/pdf', '%PDF-1.7\n...')],
  ['a dump of a database', answer('text/plain', "-- dump\nINSERT INTO customers VALUES (1,'a');\n")],
  ['a database', answer('application/octet-stream', Buffer.from('SQLite format 3\0........'))],
  ['packed, unasked', answer('text/csv', gzipSync(csv), { 'content-encoding': 'gzip' })],
  [
    'packed by Brotli',
    answer('application/json', brotliCompressSync(JSON.stringify(personRows(400))), { 'content-encoding': 'br' }),
  ],
  ['packed in a way nobody reads', answer('text/html', 'x', { 'content-encoding': 'compress' })],
  ['packed twice', answer('text/html', gzipSync(gzipSync(csv)), { 'content-encoding': 'gzip, gzip' })],
  ['a list in JSON', answer('application/json', JSON.stringify(personRows(400)))],
  [
    'a line of JSON each',
    answer(
      'application/x-ndjson',
      personRows(400)
        .map((row) => JSON.stringify({ row }))
        .join('\n'),
    ),
  ],
  ['base64 in JSON', answer('application/json', JSON.stringify({ data: Buffer.from(csv).toString('base64') }))],
  ['a page of too many rows', answer('text/html; charset=utf-8', table(personRows(400)))],
  [
    'a page of too many rows in Shift_JIS',
    answer(
      'text/html; charset=shift_jis',
      Buffer.from(`<table>${'<tr><td>\x8c\xa9\x96{</td></tr>\n'.repeat(400)}</table>`, 'latin1'),
    ),
  ],
  [
    'a part of a file',
    (_request, response) =>
      void response
        .writeHead(206, { 'content-type': 'text/plain', 'content-range': 'bytes 0-9/100' })
        .end('0123456789'),
  ],
  [
    'many parts of a file',
    (_request, response) =>
      void response
        .writeHead(206, { 'content-type': 'multipart/byteranges; boundary=x' })
        .end('--x\r\n\r\nabc\r\n--x--'),
  ],
  ['as a script', answer('application/javascript', `const data = ${JSON.stringify(personRows(400))};`)],
  ['as UTF-16', answer('text/plain', Buffer.from(`\ufeff${csv}`, 'utf16le'))],
];

describe('a site that does as it likes', () => {
  let gateway: TestGateway;
  let site: OddSite;
  let directory: Awaited<ReturnType<typeof tempDirectory>>;
  let browser: SiteBrowser;

  beforeAll(async () => {
    const pages: Record<string, OddPage> = {
      '/page': answer('text/html; charset=utf-8', table(rows.slice(0, 5))),
      '/echo': answer('text/plain', 'ok'),
      '/picture': answer('image/png', Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.from(csv)])),
      '/bomb': answer('text/html', gzipSync(Buffer.alloc(64 * 1024 * 1024, '<p>. ')), { 'content-encoding': 'gzip' }),
      '/dies': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html', 'content-length': '100000' });
        response.write('<p>half');
        setImmediate(() => response.destroy());
      },
      '/cookie': answer('text/html', '<p>c', {
        'set-cookie': 'a=1; Domain=localhost; Path=/',
        'service-worker-allowed': '/',
        'strict-transport-security': 'max-age=1',
      }),
      '/steal': answer('text/html', '<p>c', { 'set-cookie': 'sekisho-site=forged; Path=/' }),
      '/head': answer('text/csv', csv),
      '/same': (_request, response) => void response.writeHead(304, { etag: '"1"' }).end(),
      '/events': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: one\n\n');
        response.on('close', () => undefined);
      },
      '/large': (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.write(table(rows.slice(0, 3)) + 'x'.repeat(1_200_000));
        for (let at = 0; at < 20; at += 1) response.write(table(personRows(60)));
        response.end();
      },
      '/sw.js': answer('application/javascript', 'self.x = 1'),
      ...Object.fromEntries(BYPASSES.map(([, page], at) => [`/bypass/${at}`, page])),
    };
    site = await startOddSite(pages);
    directory = await tempDirectory();
    const inventory = join(directory.path, 'inventory.json');
    const first = { name: 'odd', port: site.port, web: { pathsDenied: ['/admin/**'] } };
    const second = {
      name: 'odd-read',
      port: site.port,
      web: { readOnly: true, exports: [{ path: '/reports/*', title: '月次帳票' }] },
    };
    const third = { name: 'odd-basic', port: site.port, web: { identity: { kind: 'basic' } } };
    await writeFile(inventory, JSON.stringify(siteInventory('http://issuer.invalid/', [first, second, third])));
    gateway = await TestGateway.start({ inventory });
    browser = await SiteBrowser.enter(gateway, 'aoki', 'odd');
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await site[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  test.each(BYPASSES.map(([way], at) => [way, at] as const))('a download is stopped: %s', async (_way, at) => {
    const got = await browser.get(`/bypass/${at}`);
    expect([got.status, got.text]).toEqual([403, expect.stringContaining('tickets/new?act=')]);
    expect(got.text).not.toContain('090-1234');
  });

  test('what no gate sees: a table behind the bytes of a picture passes, and the manual says so', async () => {
    expect((await browser.get('/picture')).status).toBe(200);
  });

  test('parts, other packings and who somebody is are not asked for by the browser', async () => {
    const headers = {
      ...{ range: 'bytes=0-10', 'if-range': '"1"', 'accept-encoding': 'gzip, zstd', forwarded: 'for=1.2.3.4' },
      ...{
        'x-real-ip': '1.2.3.4',
        connection: 'x-secret-hop',
        'x-secret-hop': '1',
        'x-http-method-override': 'DELETE',
      },
    };
    expect((await browser.get('/echo', { headers })).status).toBe(200);
    const got = site.asked.at(-1)?.headers ?? {};
    expect(got).toMatchObject({ 'accept-encoding': 'identity', 'x-forwarded-for': '127.0.0.1', host: browser.host });
    for (const name of [
      'range',
      'if-range',
      'forwarded',
      'x-real-ip',
      'x-secret-hop',
      'x-http-method-override',
      'cookie',
    ]) {
      expect([name, got[name]]).toEqual([name, undefined]);
    }
    expect(got['x-sekisho-identity']).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  test('a bomb is no page, and a site that dies in the middle is seen to', async () => {
    await expect(browser.get('/bomb')).rejects.toThrow(/aborted|hang up/);
    expect((await newest(gateway.database, 'site.answer_cut')).body).toMatchObject({
      path: '/bomb',
      reason: 'broke_off',
    });
    const died = await browser.get('/dies');
    expect([died.status, died.text]).toEqual([502, expect.not.stringContaining('half')]);
  });

  test('cookies stay on their host, and nobody plants the gateway’s own', async () => {
    const cookie = await browser.get('/cookie');
    expect(cookie.headers['set-cookie']).toEqual(['a=1; Path=/']);
    expect(cookie.headers['service-worker-allowed']).toBeUndefined();
    expect((await browser.get('/steal')).headers['set-cookie']).toBeUndefined();
    await browser.get('/echo');
    expect(site.asked.at(-1)?.headers.cookie).toBe('a=1');
  });

  test('a service worker is not let in, HEAD and 304 bring nothing', async () => {
    expect((await browser.ask('/sw.js', { headers: { 'service-worker': 'script' } })).status).toBe(403);
    const head = await browser.ask('/head', { method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect((await browser.get('/same')).status).toBe(304);
  });

  test('what is longer than is held back is metered on, and cut at the limit', async () => {
    await expect(browser.get('/large')).rejects.toThrow(/aborted|hang up/);
    const cut = await newest(gateway.database, 'site.answer_cut');
    expect(cut.body).toMatchObject({ path: '/large', reason: expect.stringMatching(/many-rows|hard-limit/) });
  });

  test.each([
    ['/admin/users', 'path_refused'],
    ['/ADMIN//users', 'path_refused'],
    ['/x/%2e%2e/admin/users', 'path_unreadable'],
    ['/admin%2fusers', 'path_unreadable'],
    ['/admin;x=1/users', 'path_refused'],
  ])('%s is not sent on', async (path, reason) => {
    const before = site.asked.length;
    expect((await browser.get(path)).status).toBe(403);
    expect(site.asked.length).toBe(before);
    expect((await newest(gateway.database, 'site.request_refused')).body).toMatchObject({ reason });
  });

  test('where nothing may be written nothing is, and a known export is stopped before the site is asked', async () => {
    const reader = await SiteBrowser.enter(gateway, 'aoki', 'odd-read');
    const before = site.asked.length;
    expect((await reader.get('/page', { method: 'POST', body: 'a=1' })).status).toBe(403);
    const report = await reader.get('/Reports/2026-10');
    expect([report.status, report.text]).toEqual([403, expect.stringContaining('月次帳票')]);
    expect(site.asked.length).toBe(before);
  });

  test('the gateway signs in with what the person kept, and the browser never sees it', async () => {
    const basic = await SiteBrowser.enter(gateway, 'aoki', 'odd-basic');
    const asked = await basic.get('/echo');
    expect([asked.status, asked.text]).toEqual([403, expect.stringContaining('name="secret"')]);
    const form = { 'content-type': 'application/x-www-form-urlencoded', origin: basic.origin };
    const keep = (body: string, headers = form) => basic.get('/.sekisho/credential', { method: 'POST', headers, body });
    expect((await keep('account=aoki&secret=x', { ...form, origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await keep('account=admin&secret=x')).status).toBe(409);
    expect((await keep('account=aoki&secret=geheim')).status).toBe(303);
    const got = await basic.get('/echo', { headers: { authorization: 'Basic Zm9yZ2VkOng=' } });
    expect(got.status).toBe(200);
    expect(site.asked.at(-1)?.headers.authorization).toBe(`Basic ${Buffer.from('aoki:geheim').toString('base64')}`);
  });

  test.each([
    ['two lengths', 'POST / HTTP/1.1\r\nHost: H\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde'],
    [
      'a length beside chunks',
      'POST / HTTP/1.1\r\nHost: H\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a coding nobody knows', 'POST / HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: xchunked\r\n\r\n'],
    ['chunked twice', 'POST / HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n'],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: H\n\n'],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: H\r\nX-A: b\r\n c\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : H\r\n\r\n'],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: H\r\nHost: other\r\n\r\n'],
    ['another host in the line', 'GET http://other/ HTTP/1.1\r\nHost: H\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a length with a sign', 'POST / HTTP/1.1\r\nHost: H\r\nContent-Length: +5\r\n\r\nabcde'],
    [
      'a chunk with a bad size',
      'POST / HTTP/1.1\r\nHost: H\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n',
    ],
    ['a tunnel', 'CONNECT other:443 HTTP/1.1\r\nHost: H\r\n\r\n'],
    ['far too many bytes of headers', `GET / HTTP/1.1\r\nHost: H\r\nX-A: ${'a'.repeat(64 * 1024)}\r\n\r\n`],
  ])('a request with %s reaches nobody', async (_name, raw) => {
    const before = site.asked.length;
    const socket = connect(gateway.running.sites?.port ?? 0, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.write(
      raw
        .replace('Host: H', `Host: ${browser.host}\r\nCookie: ${browser.cookie}`)
        .replace('Host : H', `Host : ${browser.host}`),
    );
    socket.end();
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString('latin1')).toMatch(/^HTTP\/1\.1 4\d\d |^$/);
    expect(site.asked.length).toBe(before);
  });
});
