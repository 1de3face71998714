/** Database clients whose prompt the gateway holds: how each takes one statement on its command line. As data. */
import { words } from './rule.ts';

/** The language at the prompt: where a statement ends, and what leaves it. */
export type StatementClient =
  | 'mysql'
  | 'psql'
  | 'sqlite'
  | 'sql'
  | 'cqlsh'
  | 'sqlcmd'
  | 'mongosh'
  | 'redis-cli'
  | 'sqlplus';

/** No word stands alone. */
const NONE = /^(?!)/;

export interface HeldClient {
  readonly tools: readonly string[];
  readonly client: StatementClient;
  /** `each`: an option for every text; `one`: all texts in one; `words`: a text is words; `input`: read from a here-document. */
  readonly takes: 'each' | 'one' | 'words' | 'input';
  /** The words before each text. */
  readonly option: readonly string[];
  /** Put behind the person's own words once. */
  readonly always?: readonly string[];
  /**
   * The only options it may have been given: alone, and with a value. One that names a script or a file of settings would
   * run what nobody judged, again with every statement. Left out where its files are known as such.
   */
  readonly flags?: readonly string[];
  readonly valued?: readonly string[];
  /** Every word that is no option and no value of one is of this form. */
  readonly operands?: RegExp;
  /** Without such a word it would ask for a password where the statement stands. */
  readonly needs?: RegExp;
}

const HELD_CLIENTS: readonly HeldClient[] = [
  { tools: words('mysql mariadb'), client: 'mysql', takes: 'one', option: ['-e'] },
  { tools: ['psql'], client: 'psql', takes: 'each', option: ['-c'] },
  { tools: ['sqlite3'], client: 'sqlite', takes: 'one', option: [] },
  {
    ...{ tools: ['clickhouse-client'], client: 'sql', takes: 'one', option: ['--query'], always: ['--multiquery'] },
    flags: words('--secure --vertical -E --multiline -m --multiquery -n'),
    valued: words('-h --host --port -u --user --password -d --database --format -f'),
    operands: NONE,
  },
  {
    ...{ tools: words('trino presto'), client: 'sql', takes: 'one', option: ['--execute'] },
    flags: ['--password'],
    valued: words('--server --user --catalog --schema --output-format --timezone --source'),
    operands: /^https?:/,
  },
  {
    ...{ tools: words('hive spark-sql'), client: 'sql', takes: 'one', option: ['-e'] },
    ...{ flags: words('-S --silent'), valued: ['--database'], operands: NONE },
  },
  {
    ...{ tools: ['impala-shell'], client: 'sql', takes: 'one', option: ['-q'] },
    flags: words('-k --kerberos --ssl --quiet -l --ldap -B --delimited'),
    valued: words('-i --impalad -d --database -u --user'),
    operands: NONE,
  },
  {
    ...{ tools: ['beeline'], client: 'sql', takes: 'one', option: ['-e'] },
    valued: words('-u -n -p --silent --outputformat --showHeader'),
    operands: NONE,
  },
  {
    ...{ tools: ['cqlsh'], client: 'cqlsh', takes: 'one', option: ['-e'] },
    flags: words('--ssl --no-color'),
    valued: words('-u --username -p --password -k --keyspace --connect-timeout --request-timeout'),
    operands: /^[\w.:-]+$/,
  },
  {
    ...{ tools: ['sqlcmd'], client: 'sqlcmd', takes: 'one', option: ['-Q'] },
    flags: words('-E -C -N -I -b'),
    valued: words('-S -U -P -d -l -h -s -w -W'),
    operands: NONE,
  },
  {
    ...{ tools: ['mongosh'], client: 'mongosh', takes: 'each', option: ['--eval'], always: ['--quiet'] },
    flags: words('--tls --quiet --norc'),
    valued: words('--host --port -u --username -p --password --authenticationDatabase --authenticationMechanism'),
    // A name or an address, and no file of JavaScript.
    operands: /^(mongodb(\+srv)?:\/\/.*|[\w.:/-]+(?<!\.(js|cjs|mjs|mongodb)))$/,
  },
  {
    ...{ tools: words('redis-cli valkey-cli'), client: 'redis-cli', takes: 'words', option: [] },
    flags: words('-c -2 -3 --tls --insecure --no-auth-warning --raw --no-raw --csv --json --askpass'),
    valued: words('-h -p -s -a -u -n --user --pass --cacert --cacertdir --cert --key --sni'),
    operands: NONE,
  },
  {
    ...{ tools: words('sqlplus sqlplus64'), client: 'sqlplus', takes: 'input', option: [], always: ['-S'] },
    flags: words('-S -s -L -l -SILENT -LOGON'),
    operands: /^([^@/\s]*\/[^@\s]*(@[^\s]+)?|as|sysdba|sysoper|sysbackup)$/i,
    // A name and a password, or neither: the account of the system or a wallet.
    needs: /^([^@/\s]+\/[^@\s]+|\/)(@[^\s]+)?$/,
  },
];

const BY_TOOL = new Map(HELD_CLIENTS.flatMap((client) => client.tools.map((tool) => [tool, client] as const)));

/** How the gateway holds the prompt of `tool`, if it does. */
export function heldClientOf(tool: string): HeldClient | undefined {
  return BY_TOOL.get(tool);
}
