import { createServer, type Server } from 'node:https';
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { findFreePort } from '../../main/free-port.ts';
import { makeCertificate, type TestCertificate } from '../support/certificate.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { personId } from './support/house.ts';
import { siteInventory } from './support/odd-site.ts';

/** A frame of HTTP/2 of type SETTINGS without any (RFC 9113 §6.5). */
const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

describeWith(['openssl', 'curl', 'nghttp'], 'a site over TLS and HTTP/2, with certificates on both sides', () => {
  const certificates: Record<'front' | 'site' | 'shown' | 'other', TestCertificate | undefined> = {
    front: undefined,
    site: undefined,
    shown: undefined,
    other: undefined,
  };
  let gateway: TestGateway;
  let site: Server;
  let directory: Awaited<ReturnType<typeof tempDirectory>>;
  const asked: string[] = [];
  const authorized: boolean[] = [];
  const cookies = new Map<string, string>();
  const opened: ClientHttp2Session[] = [];

  beforeAll(async () => {
    directory = await tempDirectory();
    for (const name of ['front', 'site', 'shown', 'other'] as const) certificates[name] = await makeCertificate();
    const { front, site: own, shown, other } = certificates;
    if (front === undefined || own === undefined || shown === undefined || other === undefined) return;
    site = createServer({ cert: own.cert, key: own.key, ca: shown.cert, requestCert: true }, (request, response) => {
      asked.push(request.url ?? '');
      request.on('data', (bytes: Buffer) => response.write(`<p>${bytes.length}</p>`));
      request.on('end', () => response.end('<!doctype html><title>受注</title><p>ok</p>'));
      response.setHeader('content-type', 'text/html; charset=utf-8');
    });
    site.on('secureConnection', (socket) => authorized.push(socket.authorized));
    const sockets = new WebSocketServer({ server: site, perMessageDeflate: false });
    sockets.on('connection', (socket) =>
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
    );
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const { port: sitePort } = site.address() as AddressInfo;
    const at = async (name: string, { cert, key }: TestCertificate) => {
      const pair = { certificate: join(directory.path, `${name}.pem`), key: join(directory.path, `${name}.key`) };
      await Promise.all([writeFile(pair.certificate, cert), writeFile(pair.key, key)]);
      return pair;
    };
    const port = await findFreePort('127.0.0.1', 0);
    const inventory = join(directory.path, 'inventory.json');
    const web = { scheme: 'https', ca: own.cert, serverName: 'localhost', clientCertificate: 'ours' };
    const sites = [
      { name: 'pinned', port: sitePort, web },
      { name: 'pinned-other', port: sitePort, web: { ...web, ca: other.cert } },
      { name: 'other-name', port: sitePort, web: { ...web, serverName: 'elsewhere.example' } },
      { name: 'shows-none', port: sitePort, web: { ...web, clientCertificate: 'stranger' } },
    ];
    await writeFile(inventory, JSON.stringify(siteInventory('http://issuer.invalid/', sites)));
    gateway = await TestGateway.start({
      inventory,
      sites: {
        ...{ domain: 'localhost', host: '127.0.0.1', port, publicScheme: 'https', publicPort: port },
        tls: await at('front', front),
        clientCertificates: { ours: await at('shown', shown), stranger: await at('other', other) },
      },
    });
  });
  afterAll(async () => {
    for (const session of opened) session.close();
    await gateway[Symbol.asyncDispose]();
    site.closeAllConnections();
    site.close();
    await directory[Symbol.asyncDispose]();
  });

  function browser(): ClientHttp2Session {
    const port = gateway.running.sites?.port ?? 0;
    // The certificate names the machine and no wildcard; that it is this very one is looked at.
    const session = connectHttp2(`https://127.0.0.1:${port}`, {
      ...{ ca: certificates.front?.cert ?? '', servername: 'localhost' },
    });
    session.on('error', () => undefined);
    opened.push(session);
    return session;
  }

  function ask(
    session: ClientHttp2Session,
    name: string,
    path: string,
    { body, ...headers }: Record<string, string> = {},
  ): Promise<Answer> {
    const cookie = cookies.get(name);
    const stream = session.request({
      ...{ ':path': path, ':method': body === undefined ? 'GET' : 'POST', accept: 'text/html' },
      ':authority': `${name}.localhost:${gateway.running.sites?.port ?? 0}`,
      ...(cookie === undefined ? {} : { cookie }),
      ...headers,
    });
    return new Promise((resolve, reject) => {
      let got: Answer = { status: 0, headers: {}, text: '' };
      const chunks: Buffer[] = [];
      stream.on('response', (head) => (got = { ...got, status: head[':status'] ?? 0, headers: head }));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => resolve({ ...got, text: Buffer.concat(chunks).toString('utf8') }));
      stream.end(body);
    });
  }

  async function enter(name: string): Promise<ClientHttp2Session> {
    const session = browser();
    const sent = await ask(session, name, '/');
    expect(sent.status).toBe(303);
    const keep = (answer: Answer): void => {
      const pairs = (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0] ?? '');
      cookies.set(name, pairs.filter((pair) => !pair.endsWith('=')).join('; '));
    };
    keep(sent);
    const { cookie } = await gateway.person('aoki');
    const back = await fetch(sent.headers.location ?? '', { headers: { cookie }, redirect: 'manual' });
    const { pathname, search } = new URL(back.headers.get('location') ?? '');
    const entered = await ask(session, name, pathname + search);
    expect([entered.status, entered.headers['set-cookie']?.[0]]).toEqual([
      303,
      expect.stringMatching(/^__Host-sekisho-site=.*; Secure$/),
    ]);
    keep(entered);
    return session;
  }

  test.each(['pinned-other', 'other-name', 'shows-none'])(
    'a site whose certificate is not the one, or that does not believe ours, gets nothing: %s',
    async (name) => {
      const session = await enter(name);
      const before = asked.length;
      const answer = await ask(session, name, '/orders');
      expect([answer.status, answer.text]).toEqual([502, expect.not.stringContaining('受注')]);
      expect(asked.length).toBe(before);
    },
  );

  test('pages over one HTTP/2 connection reach a site that is shown our certificate', async () => {
    const session = await enter('pinned');
    const answers = await Promise.all(['/a', '/b', '/c'].map((path) => ask(session, 'pinned', path)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(session.alpnProtocol).toBe('h2');
    expect(asked.slice(-3).sort()).toEqual(['/a', '/b', '/c']);
    expect(authorized).not.toHaveLength(0);
    expect(authorized).not.toContain(false);
    const form = await ask(session, 'pinned', '/form', {
      ...{ body: 'a=1', 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(form.text).toContain('<p>3</p>');
  });

  test('connections on which nothing whole is ever asked are ended, whichever protocol they speak', async () => {
    const port = gateway.running.sites?.port ?? 0;
    const preface = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), EMPTY_SETTINGS]);
    const ways = [
      ...[{ speaks: 'http/1.1', says: Buffer.from('GET / HTTP/1.1\r\nHost: pinned') }],
      ...[{ speaks: 'http/1.1', says: Buffer.alloc(0) }],
      ...[{ speaks: 'h2', says: preface }],
    ];
    await Promise.all(
      ways.map(async ({ speaks, says }) => {
        const socket = connectTls({
          ...{ host: '127.0.0.1', port, ca: certificates.front?.cert ?? '' },
          ...{ servername: 'localhost', ALPNProtocols: [speaks] },
        });
        socket.on('error', () => undefined);
        socket.resume();
        await once(socket, 'secureConnect');
        socket.write(says);
        await once(socket, 'close');
      }),
    );
  }, 60_000);

  test('the clients of others speak HTTP/2 with it: curl and nghttp', async () => {
    // A visit that goes on is not entered again.
    if (!cookies.has('pinned')) await enter('pinned');
    const port = gateway.running.sites?.port ?? 0;
    const headers = { host: `pinned.localhost:${port}`, cookie: cookies.get('pinned') ?? '', accept: 'text/html' };
    const url = `https://127.0.0.1:${port}/orders`;
    const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
    const curl = await runToEnd('curl', ['-sk', '--http2', '-w', '\n%{http_version} %{http_code}', ...lines, url]);
    expect(curl.stdout.toString('utf8')).toMatch(/受注[\s\S]*\n2 200$/);
    const named = lines.map((line) => line.replace(/^host: /, ':authority: '));
    const nghttp = await runToEnd('nghttp', ['-y', ...named, url]);
    expect([nghttp.status, nghttp.stdout.toString('utf8')]).toEqual([0, expect.stringContaining('受注')]);
    // As many at once as one connection may carry, and a hundred more in its turn.
    const load = ['-n', '100', '-c', '2', '-m', '16', ...named];
    const many = await runToEnd('h2load', [...load, url]);
    expect(many.stdout.toString('utf8')).toContain('100 succeeded, 0 failed');
    expect(many.stdout.toString('utf8')).toContain('status codes: 100 2xx');
  });

  test('a request that names two hosts is for neither', async () => {
    const session = browser();
    const before = asked.length;
    const other = await ask(session, 'pinned', '/x', { host: 'pinned-other.localhost' });
    expect([other.status, asked.length]).toEqual([400, before]);
  });

  test('a WebSocket carries large, split and binary messages, and ends with a lock', async () => {
    if (!cookies.has('pinned')) await enter('pinned');
    const port = gateway.running.sites?.port ?? 0;
    const origin = `https://pinned.localhost:${port}`;
    const open = (from: string) =>
      new WebSocket(`wss://127.0.0.1:${port}/live`, {
        ...{ ca: certificates.front?.cert ?? '', servername: 'localhost', origin: from, perMessageDeflate: false },
        headers: { host: `pinned.localhost:${port}`, cookie: cookies.get('pinned') ?? '' },
      });
    const foreign = open('https://elsewhere.example');
    const [refused] = (await once(foreign, 'error')) as [Error];
    expect(refused.message).toContain('403');
    const socket = open(origin);
    await once(socket, 'open');
    const echoed = async (send: () => void): Promise<Buffer> => {
      const message = once(socket, 'message') as Promise<[Buffer]>;
      send();
      return (await message)[0];
    };
    expect((await echoed(() => socket.send('見本'))).toString('utf8')).toBe('見本');
    const large = Buffer.alloc(200_000, 7);
    expect((await echoed(() => socket.send(large))).equals(large)).toBe(true);
    const split = await echoed(() => {
      socket.send('一', { fin: false });
      socket.ping('between');
      socket.send('二', { fin: true });
    });
    expect(split.toString('utf8')).toBe('一二');
    const closed = once(socket, 'close');
    const id = await personId(gateway, 'aoki');
    const locked = await (await gateway.person('kimura')).post(`/api/persons/${id}/lock`, { reason: 'x' });
    expect(locked.status).toBe(204);
    await closed;
  });
});
