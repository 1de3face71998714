import { GatewayError } from '../../foundation/index.ts';

const LOOPBACK_HOSTS: readonly string[] = ['127.0.0.1', 'localhost'];

/**
 * The address as a URL when it is plain http on this machine.
 * A provider that signs anybody in without a password must never answer to another machine.
 * @throws {GatewayError} `start_refused` for anything else.
 */
export function loopbackUrl(address: string, what: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const plain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url?.protocol === 'http:' && plain && LOOPBACK_HOSTS.includes(url.hostname)) return url;
  throw new GatewayError(
    'start_refused',
    `The demonstration's identity provider signs people in without a password, so its ${what} must be http on 127.0.0.1 or localhost, not ${address}.`,
  );
}
