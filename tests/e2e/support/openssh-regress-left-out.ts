/** The regress scripts that show nothing about a bastion, by why. */
const BY_REASON: Readonly<Record<string, readonly string[]>> = {
  'no script of its own: a part of others': ['test-exec', 'scp-ssh-wrapper', 'ssh2putty'],
  'no connection: programs that make, sign and read keys': [
    ...['keygen-change', 'keygen-comment', 'keygen-convert', 'keygen-knownhosts', 'keygen-moduli', 'keygen-sshfp'],
    ...['krl', 'sshsig', 'ssh-com-keygen'],
  ],
  'no connection: how ssh reads its own words and settings': [
    'cfginclude',
    'percent',
    'portnum',
    'proxyjump',
    'sshcfgparse',
  ],
  'no connection: unit tests under valgrind': ['valgrind-unit'],
  'ssh-agent by itself, or with hardware; a sign-in by it is in the script agent': [
    ...['agent-getpeereid', 'agent-ptrace', 'agent-subprocess', 'agent-timeout'],
    ...['agent-pkcs11', 'agent-pkcs11-cert', 'agent-pkcs11-restrict', 'ssh-pkcs11'],
  ],
  'how sshd reads its own settings; the gateway has a configuration of its own': [
    ...['addrmatch', 'cfgmatch', 'cfgmatchlisten', 'cfgparse', 'servcfginclude', 'connect-bigconf', 'connect-privsep'],
    ...['reconfigure', 'reexec', 'authinfo', 'key-options', 'forcecommand', 'match-subsystem', 'allow-deny-users'],
    ...['limit-keytype', 'sftp-chroot', 'sftp-perm', 'brokenkeys', 'proxy-connect'],
  ],
  'other host keys of sshd while the script runs; announcing and proving ours is in requests.it, host certificates in jump-newest.e2e and targets.e2e':
    ['hostkey-rotate', 'hostkey-agent', 'cert-hostkey', 'sshfp-connect'],
  'sshd’s sources of keys and names; here keys are enrolled, and certificates come from our own authority (login.e2e)':
    [...['keys-command', 'principals-command', 'cert-userkey', 'cert-file', 'multipubkey', 'keytype']],
  'ways to sign in that the gateway does not have': ['password', 'gss-auth', 'hostbased'],
  'sshd’s own questions to the person; ours are in authentication.e2e and sign-in.e2e': ['kbdint', 'banner'],
  'sshd’s own limits, set by the script; ours are in authentication-throttle, door.it and live-control-time': [
    ...['channel-timeout', 'connection-timeout', 'login-timeout', 'penalty', 'penalty-expire'],
  ],
  'forwarding, which the gateway refuses (channels.e2e, forward.e2e)': [
    ...['forwarding', 'forward-control', 'dynamic-forward', 'agent-restrict'],
  ],
  'groups over finite fields, which we do not offer': ['dhgex'],
  'speaks to sshd as a program on a pipe; bytes that are no SSH, or were bent on the way, are in hostile.e2e': [
    ...['proto-mismatch', 'proto-version', 'integrity'],
  ],
  'measures; ours is npm run bench': ['cipher-speed'],
  'other people’s clients with settings of sshd; PuTTY and dropbear are in clients.e2e': [
    ...['putty-ciphers', 'putty-kex', 'putty-transfer', 'dropbear-ciphers', 'dropbear-kex', 'dropbear-server'],
    ...['conch-ciphers', 'ssh-com', 'ssh-com-client', 'ssh-com-sftp'],
  ],
};

/** Script → why it is not run. */
export const LEFT_OUT: ReadonlyMap<string, string> = new Map(
  Object.entries(BY_REASON).flatMap(([why, names]) => names.map((name) => [name, why] as const)),
);
