/** The text of the files that ssh reads. Pure; every word in them was checked in answer.ts. */
import { GatewayError } from '../../foundation/index.ts';
import type { Issued } from './answer.ts';

export interface FilePaths {
  readonly key: string;
  readonly certificate: string;
  readonly knownHosts: string;
}

/** The alias of the gateway itself, and the suffix of everything behind it. */
const GATEWAY_ALIAS = 'sekisho';
const SSH_PORT = 22;

/**
 * `doublePercent`: ssh 10 expands %-tokens in `User`, so that `db%crm` is written `db%%crm` for it; before, two would
 * stay two.
 */
export function configText(issued: Issued, paths: FilePaths, { doublePercent }: { doublePercent: boolean }): string {
  const { gateway, targets } = issued;
  const there = [`  HostName ${gateway.host.toLowerCase()}`, `  Port ${gateway.port}`];
  const blocks: string[][] = [[`Host ${GATEWAY_ALIAS}`, ...there]];
  for (const { name, systemName, loginName, account } of targets) {
    const isAlone = loginName === name;
    const whole = `${name}.${systemName}`;
    const aliases = (isAlone ? [name, whole] : [whole]).map((alias) => `${alias}.${GATEWAY_ALIAS}`);
    const user = doublePercent ? loginName.replace('%', '%%') : loginName;
    blocks.push([`Host ${aliases.join(' ')}`, ...there, `  User ${user}`]);
    // By way of the gateway under one's own account, for tools that want account@host. Its host key is a certificate.
    if (isAlone && gateway.hostCa !== null) {
      const jump = [`  HostName ${name}.${GATEWAY_ALIAS}`, `  Port ${SSH_PORT}`, `  ProxyJump ${GATEWAY_ALIAS}`];
      blocks.push([`Host ${name}.jump.${GATEWAY_ALIAS}`, ...jump, `  User ${account}`]);
    }
  }
  blocks.push([
    `Host ${GATEWAY_ALIAS} *.${GATEWAY_ALIAS}`,
    `  IdentityFile ${quoted(paths.key)}`,
    `  CertificateFile ${quoted(paths.certificate)}`,
    `  UserKnownHostsFile ${quoted(paths.knownHosts)}`,
    '  IdentitiesOnly yes',
    '  StrictHostKeyChecking yes',
  ]);
  const head = '# Written by `sekisho login`, and anew at each sign-in.';
  return `${[head, ...blocks.map((lines) => lines.join('\n'))].join('\n\n')}\n`;
}

/** The gateway by its key, and by its authority together with every target in whose name it answers. */
export function knownHostsText({ gateway, targets }: Issued): string {
  const host = gateway.host.toLowerCase();
  const there = gateway.port === SSH_PORT ? host : `[${host}]:${gateway.port}`;
  const lines = [`${there} ${gateway.hostKey}`];
  if (gateway.hostCa !== null) {
    const names = targets.filter(({ name, loginName }) => name === loginName).map(({ name }) => name);
    const hosts = [there, ...names.flatMap((name) => [name, `${name}.${GATEWAY_ALIAS}`])];
    lines.push(`@cert-authority ${[...new Set(hosts)].join(',')} ${gateway.hostCa}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A path as one word of ssh_config(5), where % begins a token. @throws {GatewayError} `login_directory_refused`. */
function quoted(path: string): string {
  // A quote, a backslash or a variable in it would end the word or name another file.
  if (/["\\$\p{Cc}]/u.test(path)) {
    throw new GatewayError('login_directory_refused', 'The path of the directory has a character ssh cannot be given.');
  }
  return `"${path.replaceAll('%', '%%')}"`;
}
