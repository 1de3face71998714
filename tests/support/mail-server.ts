/** A real SMTP server on loopback that can be told to refuse. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import type { TestCertificate } from './certificate.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
  readonly secure: boolean;
  readonly user: string;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** User names and passwords it was shown. */
  readonly shown: string[];
  /** The answer to each recipient from now on; undefined: taken. */
  refuse: ((address: string) => { readonly code: number } | undefined) | undefined;
}

export const MAIL_USER = { user: 'sekisho', password: 'correct horse' };

export async function startMailServer(
  certificate: TestCertificate,
  options: { readonly startTls?: boolean; readonly implicit?: boolean } = {},
): Promise<MailServer> {
  const { startTls = true, implicit = false } = options;
  const received: ReceivedMail[] = [];
  const shown: string[] = [];
  const refusing: Pick<MailServer, 'refuse'> = { refuse: undefined };
  const server = new SMTPServer({
    ...certificate,
    secure: implicit,
    ...{
      authOptional: true,
      disabledCommands: startTls ? [] : ['STARTTLS'],
      disableReverseLookup: true,
      closeTimeout: 100,
    },
    onAuth: ({ username = '', password = '' }, _session, done) => {
      shown.push(`${username}:${password}`);
      const known = username === MAIL_USER.user && password === MAIL_USER.password;
      if (known) done(null, { user: username });
      else done(Object.assign(new Error('who are you'), { responseCode: 535 }));
    },
    onRcptTo: ({ address }, _session, done) => {
      const answer = refusing.refuse?.(address);
      done(answer === undefined ? null : Object.assign(new Error('not now'), { responseCode: answer.code }));
    },
    onData: (stream, { envelope, secure, user }, done) => {
      buffer(stream).then((bytes) => {
        const { mailFrom, rcptTo } = envelope;
        const from = typeof mailFrom === 'object' ? mailFrom.address : '';
        const to = rcptTo.map(({ address }) => address);
        received.push({
          from,
          to,
          ...parse(bytes.toString('utf8')),
          secure,
          user: String(user ?? ''),
        });
        done(null);
      }, done);
    },
  });
  // A client that hangs up in the middle is what some tests are about.
  server.on('error', () => undefined);
  const inner = server.listen(0, '127.0.0.1');
  await once(inner, 'listening');
  const { port } = inner.address() as AddressInfo;
  return Object.assign(refusing, {
    ...{ port, received, shown },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

/** Headers (RFC 5322, unfolded, words of RFC 2047 decoded) and the body of one part in base64. */
function parse(message: string): { headers: Map<string, string>; text: string } {
  const end = message.indexOf('\r\n\r\n');
  const lines = message
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), decodeWords(line.slice(colon + 1).trim())];
    }),
  );
  const body = message.slice(end + 4);
  const isBase64 = headers.get('content-transfer-encoding') === 'base64';
  return { headers, text: isBase64 ? Buffer.from(body, 'base64').toString('utf8') : body };
}

function decodeWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : decodeURIComponent(
            word
              .replaceAll('_', ' ')
              .replaceAll('%', '%25')
              .replaceAll(/=([0-9A-F]{2})/g, '%$1'),
          ),
    );
}
