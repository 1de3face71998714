/** Which of OpenSSH's regress scripts are run through the gateway, and what of each is left out or put otherwise. */

export interface Cut {
  /** The first line that is left out, by how it begins. */
  readonly from: string;
  /** The first line that stays, by how it begins. */
  readonly to: string;
}

export interface Planned {
  readonly name: string;
  /** What it shows through a bastion. */
  readonly shows: string;
  /** What of it does not make sense through a bastion, and why. */
  readonly without?: string;
  readonly cuts?: readonly Cut[];
  /** Words put in place of others. */
  readonly words?: readonly (readonly [string, string])[];
  /** Of the file that goes to and fro; 320,000 unless told. */
  readonly dataBytes?: number;
  /** How long it takes, when that is long. */
  readonly secondsAbout?: number;
}

/** Names of variables: only LC_ and letters pass. */
const ALLOWED_NAMES = [
  ['_XXX_TEST_', 'LC_XXX'],
  ['_XXX_TEST', 'LC_XXX'],
] as const;

const OFFERED = 'what we do not offer';

export const PLANNED: readonly Planned[] = [
  {
    name: 'agent',
    shows: 'a sign-in by ssh-agent',
    without: 'agent forwarding, which is refused; the key is the enrolled one',
    words: [["${SSHKEYGEN} -q -N '' -t $t -f $OBJ/$t-agent", 'enrolled_key $OBJ/$t-agent']],
    cuts: [{ from: 'trace "agent forwarding"', to: '## Deletion tests.' }],
  },
  { name: 'broken-pipe', shows: 'nobody reads the output' },
  { name: 'connect', shows: 'a connection, also through a ProxyCommand' },
  { name: 'connect-uri', shows: 'ssh://login@host:port' },
  {
    name: 'envpass',
    shows: 'variables on the allow-list arrive, others do not',
    without: "SetEnv of sshd's configuration; the names are LC_… here, which our list lets pass",
    words: ALLOWED_NAMES,
    cuts: [{ from: 'trace "server setenv wins"', to: 'rm -f $OBJ/ssh_proxy_envpass' }],
  },
  { name: 'exit-status', shows: 'exit statuses, also after both streams were closed', secondsAbout: 27 },
  { name: 'exit-status-signal', shows: 'an ssh that is killed fails' },
  { name: 'host-expand', shows: 'LocalCommand after the sign-in' },
  { name: 'kextype', shows: 'each key exchange, four times', without: OFFERED },
  { name: 'keyscan', shows: 'ssh-keyscan, three times on one host', without: 'key types that our host does not have' },
  { name: 'knownhosts', shows: 'learning our host key, hashed and plain' },
  { name: 'knownhosts-command', shows: 'our host key by KnownHostsCommand' },
  { name: 'localcommand', shows: 'LocalCommand after the sign-in' },
  {
    name: 'multiplex',
    secondsAbout: 66,
    shows: 'many sessions on one connection, by both ways of multiplexing; sftp, scp, statuses, stop and exit',
    without: 'forwardings, which are refused; compression',
    words: ALLOWED_NAMES,
    cuts: [
      { from: 'verbose "test $tid: forward"', to: 'for s in 0 1 4 5 44; do' },
      { from: 'verbose "test $tid: cmd forward local (TCP)"', to: 'verbose "test $tid: cmd conninfo"' },
    ],
  },
  {
    name: 'rekey',
    secondsAbout: 74,
    shows: 'new keys at the client’s wish by bytes and time, with every algorithm',
    without: `RekeyLimit of sshd's configuration; ${OFFERED}`,
    cuts: [{ from: 'for s in 16 1k 128k 256k; do\n\tverbose "server', to: 'verbose "rekeylimit parsing: bytes"' }],
  },
  { name: 'scp', shows: 'both protocols of scp, globs, directories, hostile servers', secondsAbout: 12 },
  { name: 'scp-uri', shows: 'scp://login@host:port' },
  { name: 'scp3', shows: 'scp -3 between two connections, both protocols' },
  {
    name: 'sftp',
    shows: 'get and put by requests of 5 to 64,000 bytes, one to ten at once',
    without: 'megabytes in pieces of five bytes: the file has 40,000',
    dataBytes: 40_000,
    secondsAbout: 40,
  },
  { name: 'sftp-badcmds', shows: 'errors of the far side arrive as errors' },
  { name: 'sftp-batch', shows: 'batches end as they should' },
  { name: 'sftp-cmds', shows: 'each command of sftp', secondsAbout: 25 },
  { name: 'sftp-glob', shows: 'patterns and names with quotes, backslashes and spaces' },
  { name: 'sftp-resume', shows: 'reget and reput' },
  { name: 'sftp-uri', shows: 'sftp://login@host:port' },
  {
    name: 'ssh-tty',
    shows: 'a real terminal (tmux): typing, ^C, ~?, ~., ^D, with and without ControlPersist',
    without: 'its look for tabs in HOME, which finds the letter t',
    words: [['*\\ *|*\\t*)', '*\\ *)']],
    secondsAbout: 20,
  },
  { name: 'stderr-after-eof', shows: 'standard error after the end of standard output' },
  { name: 'stderr-data', shows: 'standard error, byte for byte', secondsAbout: 13 },
  { name: 'transfer', shows: 'both directions in blocks of many sizes' },
  { name: 'try-ciphers', shows: 'each cipher with each MAC', without: OFFERED },
  { name: 'yes-head', shows: 'output is held while nobody reads it' },
];
