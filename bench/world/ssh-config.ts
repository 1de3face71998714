/** One ssh_config for all roads to the same target. ProxyJump reads it too, so both of its legs have the same settings. */

export interface Host {
  readonly alias: string;
  readonly port: number;
  readonly user: string;
  readonly key: string;
  readonly jump?: string;
}

export function sshConfig(hosts: readonly Host[], knownHosts: string): string {
  const entries = hosts.flatMap(({ alias, port, user, key, jump }) => [
    `Host ${alias}`,
    `  Port ${port}`,
    `  User ${user}`,
    `  IdentityFile ${key}`,
    ...(jump === undefined ? [] : [`  ProxyJump ${jump}`]),
  ]);
  return [
    ...entries,
    'Host *',
    '  HostName 127.0.0.1',
    '  IdentitiesOnly yes',
    '  IdentityAgent none',
    '  BatchMode yes',
    '  LogLevel ERROR',
    `  UserKnownHostsFile ${knownHosts}`,
    '  GlobalKnownHostsFile /dev/null',
    '  StrictHostKeyChecking yes',
    '  UpdateHostKeys no',
    '  ObscureKeystrokeTiming no',
    '  Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com',
    '',
  ].join('\n');
}
