/** Where a `direct-tcpip` channel (RFC 4254 §7.2) wants to go. Pure; the names are whatever the client wrote. */

export type Destination =
  /** `ssh -J bastion account@target`: the gateway answers it as that target. */
  | { readonly kind: 'target'; readonly loginName: string }
  /** The loopback of the server that the connection is for. */
  | { readonly kind: 'loopback' }
  | { readonly kind: 'other' };

const NAME = '[a-z0-9][a-z0-9-]{0,62}';
const TARGET = new RegExp(`^(${NAME}(?:%${NAME})?)(?:\\.sekisho)?$`);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1']);

/** The suffix that makes a host name of a target's name, for `Host *.sekisho` in ssh_config. */
export const HOST_SUFFIX = '.sekisho';

export function readDestination(host: string): Destination {
  if (LOOPBACK.has(host)) return { kind: 'loopback' };
  const [, loginName] = TARGET.exec(host) ?? [];
  return loginName === undefined ? { kind: 'other' } : { kind: 'target', loginName };
}

/** The port an inner connection may ask for: the one of SSH, or the target's own, which ssh_config files may name. */
export function isSshPort(port: number, target: { readonly port: number }): boolean {
  return port === 22 || port === target.port;
}
