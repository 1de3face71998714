/** What makes the real clients reach a target by way of the bastion. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestGateway } from '../../support/gateway.ts';

/** The path of a configuration by which every host but the bastion is reached through it, known by the one line. */
export async function jumpSettings(gateway: TestGateway, login: string, account = login): Promise<string> {
  const path = join(gateway.directory, 'ssh_config_jump');
  const hosts = join(gateway.directory, 'authority_hosts');
  await writeFile(hosts, `${gateway.running.ssh.hostAuthorityLine}\n`);
  await writeFile(
    path,
    `Host bastion
  HostName 127.0.0.1
  Port ${gateway.sshPort}
Host * !bastion
  ProxyJump bastion
Host *
  User ${account}
  IdentityFile ${await gateway.key(login)}
  IdentitiesOnly yes
  IdentityAgent none
  StrictHostKeyChecking yes
  UserKnownHostsFile ${hosts}
  BatchMode yes
`,
  );
  return path;
}
