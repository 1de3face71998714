/** Mail by SMTP (RFC 5321), submission with STARTTLS or TLS (RFC 8314). */
import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import { asError, LIMITS, type Log, type Secret } from '../../../foundation/index.ts';
import type { Mail, Outcome, Sender } from '../model.ts';

export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `none`: readable on the way; for a server on this very machine. */
  readonly tls: 'starttls' | 'implicit' | 'none';
  /** PEM; undefined: the authorities the runtime knows. */
  readonly ca: string | undefined;
  readonly from: { readonly name: string; readonly address: string };
  readonly auth: { readonly user: string; readonly password: Secret<string> } | null;
  /** Of one try. */
  readonly timeoutMs?: number;
}

const STEP_MS = 20_000;

export function createMailSender(server: MailServer, log: Log): Sender<Mail> {
  return async (mail) => {
    const socket = connect({ host: server.host, port: server.port });
    // A server that drips a byte now and then is never idle: the whole try has an end.
    const deadline = AbortSignal.timeout(server.timeoutMs ?? LIMITS.deliveryTrySeconds * 1_000);
    const cut = (): void => void socket.destroy(new Error('the try took too long'));
    deadline.addEventListener('abort', cut, { once: true });
    try {
      await connected(socket);
      await transportOver(server, socket).sendMail(contentOf(server, mail));
      return { outcome: 'sent' };
    } catch (thrown) {
      const outcome: Outcome = deadline.aborted ? { outcome: 'later', fault: 'timed_out' } : outcomeOf(thrown);
      log.warn(
        { event: 'delivery.mail_failed', delivery: mail.id, outcome, why: asError(thrown).message },
        'mail not taken',
      );
      return outcome;
    } finally {
      deadline.removeEventListener('abort', cut);
      socket.destroy();
    }
  };
}

function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    // Stays: whatever comes later is told by the transport, and an error nobody hears would end the process.
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
  });
}

function transportOver({ host, port, tls, ca, auth }: MailServer, connection: Socket) {
  return createTransport({
    ...{
      host,
      port,
      connection,
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
    },
    tls: { servername: host, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(auth === null ? {} : { auth: { user: auth.user, pass: auth.password.expose() } }),
    ...{ connectionTimeout: STEP_MS, greetingTimeout: STEP_MS, socketTimeout: STEP_MS, dnsTimeout: STEP_MS },
    // A text may name a file or an address; none of it is ever opened.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
}

function contentOf({ from }: MailServer, { id, to, subject, text, at }: Mail) {
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
  return {
    ...{ from, to, subject, text, date: at, messageId: `<${id}@${domain}>`, textEncoding: 'base64' as const },
    // Nobody's holiday notice answers us (RFC 3834 §5).
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
  };
}

/** What another try is worth: everything but a receiver or a text that is refused for good (RFC 5321 §4.2.1). */
function outcomeOf(thrown: unknown): Outcome {
  const code = propertyOf(thrown, 'code');
  const reply = propertyOf(thrown, 'responseCode');
  const status = typeof reply === 'number' && reply >= 200 && reply <= 599 ? { status: reply } : {};
  if (code === 'EAUTH' || code === 'ENOAUTH') return { outcome: 'later', fault: 'sign_in_refused', ...status };
  if (code === 'ENOTFOUND' || code === 'EDNS') return { outcome: 'later', fault: 'name_not_found' };
  if (code === 'ETIMEDOUT') return { outcome: 'later', fault: 'timed_out' };
  if (code === 'ETLS' || isCertificateFault(thrown)) return { outcome: 'later', fault: 'tls_refused' };
  if ('status' in status) {
    const forGood = status.status >= 500 && (code === 'EENVELOPE' || code === 'EMESSAGE');
    return { outcome: forGood ? 'never' : 'later', fault: 'refused', ...status };
  }
  return { outcome: 'later', fault: 'unreachable' };
}

function isCertificateFault(thrown: unknown): boolean {
  return /certificate|tls|ssl/i.test(asError(thrown).message);
}

function propertyOf(thrown: unknown, name: string): unknown {
  return typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, name) : undefined;
}
