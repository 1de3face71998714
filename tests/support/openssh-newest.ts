import { describe } from '@jest/globals';
import { findNewestOpenSsh, type OpenSsh } from '../../scripts/openssh-newest.mjs';
import { findPartner } from '../../scripts/partners.mjs';

/** A suite against the newest OpenSSH, as root: skipped with the reason in its name when one of the two is missing. */
export function describeWithNewestOpenSsh(name: string, suite: (openSsh: OpenSsh) => void): void {
  const found = findNewestOpenSsh();
  if ('missing' in found) describe.skip(`${name} [newest OpenSSH ${found.missing}]`, () => suite(nothing()));
  else if (findPartner('root') === undefined) describe.skip(`${name} [lacks root]`, () => suite(found));
  else describe(name, () => suite(found));
}

/** A suite with security keys, by OpenSSH's authenticator without hardware: `provider` is its SecurityKeyProvider. */
export function describeWithSecurityKeys(name: string, suite: (openSsh: OpenSsh, provider: string) => void): void {
  const found = findNewestOpenSsh();
  const lacks = 'missing' in found || found.skDummy === undefined;
  if (lacks) describe.skip(`${name} [lacks the newest OpenSSH with its sk-dummy]`, () => suite(nothing(), ''));
  else describe(name, () => suite(found, found.skDummy ?? ''));
}

/** Programs that a skipped suite never runs. */
function nothing(): OpenSsh {
  const none = '/nonexistent';
  return {
    ...{ version: 'none', prefix: none, ssh: none, scp: none, sftp: none, sshd: none, sshKeygen: none },
    ...{ sshAdd: none, sshAgent: none, sftpServer: none, skDummy: undefined, regress: undefined },
  };
}
