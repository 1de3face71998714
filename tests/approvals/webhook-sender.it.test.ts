/** Webhooks to a real https server that errs, leads elsewhere, never ends, or is somewhere it must not be. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { createAddressRule, createWebhookSender } from '../../approvals/index.ts';
import { createLog, Secret } from '../../foundation/index.ts';
import { makeCertificate, type TestCertificate } from '../support/certificate.ts';
import { describeWith } from '../support/partners.ts';
import { startWebhookServer, type WebhookServer } from '../support/webhook-server.ts';

const KEYS = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;
const LOOPBACK = '127.0.0.1/32';

describeWith('openssl', 'a webhook', () => {
  let certificate: TestCertificate;
  beforeAll(async () => {
    certificate = await makeCertificate();
  });
  const post = () => ({
    id: '019d4a11-2222-8333-8444-555566667777',
    body: '{"type":"ticket.requested"}',
    at: new Date(),
  });
  const sender = (
    { port }: Pick<WebhookServer, 'port'>,
    change: Partial<Parameters<typeof createWebhookSender>[0]> & {
      readonly host?: string;
      readonly allowed?: string[];
    } = {},
  ) => {
    const { host = 'localhost', allowed = [LOOPBACK], ...rest } = change;
    return createWebhookSender(
      {
        ...{ name: 'siem', url: new Secret(`https://${host}:${port}/hook`), ca: certificate.cert, timeoutMs: 5_000 },
        keys: KEYS.map((key) => new Secret(key)),
        mayAsk: createAddressRule(allowed),
        lookup: () => Promise.resolve(['127.0.0.1']),
        ...rest,
      },
      createLog('silent'),
    );
  };

  test('asks nobody inside that is not named: not by name, address, another writing of it, or one of two answers', async () => {
    await using server = await startWebhookServer(certificate);
    const refused = { outcome: 'never', fault: 'address_refused' };
    const inside: readonly Parameters<typeof sender>[1][] = [
      { allowed: [] },
      { allowed: [], host: '127.0.0.1' },
      { allowed: [], host: '2130706433' },
      { allowed: [], host: '[::1]' },
      { allowed: [], host: '[::ffff:7f00:1]' },
      { allowed: ['10.0.0.0/8'], lookup: () => Promise.resolve(['169.254.169.254']) },
      { allowed: [], host: 'hooks.example', lookup: () => Promise.resolve(['93.184.215.14', '127.0.0.1']) },
      { allowed: [], host: 'hooks.example', lookup: () => Promise.resolve([]) },
    ];
    for (const change of inside) expect(await sender(server, change)(post())).toEqual(refused);
    expect(server.connections).toBe(0);
  });

  test('does not follow a redirect', async () => {
    await using server = await startWebhookServer(certificate);
    await using inner = await startWebhookServer(certificate);
    server.answer = (response) => response.writeHead(302, { location: `https://127.0.0.1:${inner.port}/` }).end();
    expect(await sender(server)(post())).toEqual({ outcome: 'never', fault: 'redirected', status: 302 });
    expect(inner.connections).toBe(0);
  });

  test.each([
    [500, { outcome: 'later', fault: 'refused', status: 500 }],
    [429, { outcome: 'later', fault: 'refused', status: 429, afterMs: 120_000 }],
    [410, { outcome: 'never', fault: 'gone', status: 410 }],
    [404, { outcome: 'never', fault: 'refused', status: 404 }],
    [204, { outcome: 'sent' }],
  ])('that is answered %d is known for what it is', async (status, outcome) => {
    await using server = await startWebhookServer(certificate);
    server.answer = (response) => response.writeHead(status, status === 429 ? { 'retry-after': '120' } : {}).end();
    expect(await sender(server)(post())).toEqual(outcome);
  });

  test('reads little of an answer that does not end, and waits for none that does not begin', async () => {
    await using server = await startWebhookServer(certificate);
    let written = 0;
    server.answer = (response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) written += 1;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    expect(await sender(server)(post())).toEqual({ outcome: 'sent' });
    expect(written).toBeLessThan(1_000);
    server.answer = () => undefined;
    expect(await sender(server, { timeoutMs: 300 })(post())).toEqual({ outcome: 'later', fault: 'timed_out' });
  });

  test('is not sent to a server whose certificate nobody vouches for, or that speaks no TLS', async () => {
    await using server = await startWebhookServer(certificate);
    const { cert } = await makeCertificate();
    expect(await sender(server, { ca: cert })(post())).toEqual({ outcome: 'later', fault: 'tls_refused' });
    expect(server.received).toEqual([]);
    const plain = createServer((socket) => void socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\n\r\n'));
    plain.listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const { port } = plain.address() as AddressInfo;
    expect(await sender({ port })(post())).toMatchObject({ outcome: 'later' });
    plain.close();
  });

  test('is signed so that the verifier of the standard takes it with either key, and not when a byte was changed', async () => {
    await using server = await startWebhookServer(certificate);
    expect(await sender(server)(post())).toEqual({ outcome: 'sent' });
    const [{ body, headers }] = server.received as [WebhookServer['received'][number]];
    expect(headers['webhook-id']).toBe(post().id);
    for (const key of KEYS) {
      const verifier = new Webhook(key.toString('base64'));
      expect(verifier.verify(body, headers)).toEqual({ type: 'ticket.requested' });
      expect(() => verifier.verify(body.replace('requested', 'decided'), headers)).toThrow();
      expect(() => verifier.verify(body, { ...headers, 'webhook-timestamp': '1' })).toThrow();
    }
    expect(() => new Webhook(Buffer.alloc(32, 3).toString('base64')).verify(body, headers)).toThrow();
  });
});

describe('where a webhook may lead', () => {
  test.each([
    '10.1.2.3',
    '192.168.0.1',
    '172.31.255.255',
    '100.64.0.1',
    '169.254.169.254',
    'fd00:ec2::254',
    'fe80::1',
    '::1',
    '0.0.0.0',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
    'not an address',
  ])('is not %s', (address) => expect(createAddressRule([])(address)).toBe(false));
  test.each(['93.184.215.14', '2606:4700::1111', '172.32.0.1'])('is %s', (address) =>
    expect(createAddressRule([])(address)).toBe(true),
  );
});
