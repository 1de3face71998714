/** Mail to a real SMTP server that is away, slow, false, in a bad mood or well. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { beforeAll, expect, test } from '@jest/globals';
import { createMailSender } from '../../approvals/index.ts';
import { createLog, Secret } from '../../foundation/index.ts';
import { makeCertificate, type TestCertificate } from '../support/certificate.ts';
import { freePort } from '../support/free-port.ts';
import { MAIL_USER, type MailServer, startMailServer } from '../support/mail-server.ts';
import { describeWith } from '../support/partners.ts';

const AT = new Date('2026-04-01T00:00:00.000Z');
const MAIL = {
  id: '019d4a11-2222-8333-8444-555566667777',
  to: { name: '田中 一郎', address: 'tanaka@example.com' },
  subject: '【Sekisho】申請 7：承認待ちの申請があります',
  text: '承認待ちの申請があります\n申請番号: 7\n',
  at: AT,
};

describeWith('openssl', 'mail', () => {
  let certificate: TestCertificate;
  beforeAll(async () => {
    certificate = await makeCertificate();
  });

  const sender = (port: number, change: Partial<Parameters<typeof createMailSender>[0]> = {}) =>
    createMailSender(
      {
        ...{ host: 'localhost', port, tls: 'starttls', ca: certificate.cert, timeoutMs: 5_000 },
        from: { name: 'Sekisho', address: 'sekisho@example.com' },
        auth: { user: MAIL_USER.user, password: new Secret(MAIL_USER.password) },
        ...change,
      },
      createLog('silent'),
    );
  const refusing = (server: MailServer, code: number): void => {
    server.refuse = () => ({ code });
  };

  test('is not sent, nor the password shown, to a server without TLS or with a certificate of nobody known', async () => {
    await using plain = await startMailServer(certificate, { startTls: false });
    expect(await sender(plain.port)(MAIL)).toEqual({ outcome: 'later', fault: 'tls_refused' });
    await using strange = await startMailServer(await makeCertificate());
    expect(await sender(strange.port)(MAIL)).toEqual({ outcome: 'later', fault: 'tls_refused' });
    expect([...plain.shown, ...strange.shown, ...plain.received, ...strange.received]).toEqual([]);
  });

  test('waits for another try when the server is away, does not greet, drips or does not know our password', async () => {
    expect(await sender(await freePort())(MAIL)).toEqual({ outcome: 'later', fault: 'unreachable' });
    const mute = createServer((socket) => void socket.on('error', () => undefined));
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    expect(await sender(port, { timeoutMs: 300 })(MAIL)).toEqual({ outcome: 'later', fault: 'timed_out' });
    mute.close();
    await using server = await startMailServer(certificate);
    const auth = { user: MAIL_USER.user, password: new Secret('wrong') };
    expect(await sender(server.port, { auth })(MAIL)).toEqual({
      outcome: 'later',
      fault: 'sign_in_refused',
      status: 535,
    });
  });

  test('is tried again after a refusal for now (greylisting), and never after one for good', async () => {
    await using server = await startMailServer(certificate);
    refusing(server, 451);
    expect(await sender(server.port)(MAIL)).toEqual({ outcome: 'later', fault: 'refused', status: 451 });
    refusing(server, 550);
    expect(await sender(server.port)(MAIL)).toEqual({ outcome: 'never', fault: 'refused', status: 550 });
    server.refuse = undefined;
    expect(await sender(server.port)(MAIL)).toEqual({ outcome: 'sent' });
  });

  test('arrives over TLS as it was written, by STARTTLS and from the first byte, known by one id', async () => {
    await using server = await startMailServer(certificate);
    await using other = await startMailServer(certificate, { implicit: true });
    expect(await sender(server.port)(MAIL)).toEqual({ outcome: 'sent' });
    expect(await sender(other.port, { tls: 'implicit' })(MAIL)).toEqual({ outcome: 'sent' });
    for (const mail of [...server.received, ...other.received]) {
      expect(mail).toMatchObject({
        from: 'sekisho@example.com',
        to: ['tanaka@example.com'],
        secure: true,
        user: 'sekisho',
      });
      expect(mail.headers.get('subject')).toBe(MAIL.subject);
      expect(mail.headers.get('to')).toContain('田中 一郎');
      expect(mail.headers.get('message-id')).toBe(`<${MAIL.id}@example.com>`);
      expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
      expect(mail.text.replaceAll('\r\n', '\n').trim()).toBe(MAIL.text.trim());
    }
  });

  test('takes no line of a name or subject for a header of its own', async () => {
    await using server = await startMailServer(certificate);
    const to = { name: 'Aoki\r\nBcc: thief@example.net', address: 'tanaka@example.com' };
    expect(await sender(server.port)({ ...MAIL, to, subject: 'a\r\nX-Bad: yes' })).toEqual({ outcome: 'sent' });
    const [mail] = server.received;
    expect(mail?.to).toEqual(['tanaka@example.com']);
    expect([mail?.headers.has('bcc'), mail?.headers.has('x-bad')]).toEqual([false, false]);
  });
});
