/** SQL clients: where the SQL stands among their words. As data. */
export interface SqlClient {
  readonly tools: readonly string[];
  /** Options whose value is SQL. */
  readonly sql: readonly string[];
  /** Options whose value is a file of SQL: its content is not in the act. */
  readonly files: readonly string[];
  /** Short options that take a value. */
  readonly values: string;
  readonly longValues: readonly string[];
  /** Operands after this many are SQL (sqlite3 DATABASE SQL…). */
  readonly sqlFrom?: number;
  /** With these it asks nothing of a database. */
  readonly info: readonly string[];
}

const SQL_CLIENTS: readonly SqlClient[] = [
  {
    tools: ['mysql', 'mariadb', 'mycli'],
    sql: ['-e', '--execute', '--init-command'],
    files: [],
    values: 'hPuDeS',
    longValues: [
      '--host',
      '--port',
      '--user',
      '--database',
      '--execute',
      '--socket',
      '--init-command',
      '--defaults-file',
      '--defaults-extra-file',
    ],
    info: ['--version', '-V', '--help', '-?'],
  },
  {
    tools: ['psql', 'pgcli', 'usql', 'vsql', 'edb-psql', 'cockroach-sql'],
    sql: ['-c', '--command'],
    files: ['-f', '--file'],
    values: 'hpUdcfvFRLoPT',
    longValues: [
      '--host',
      '--port',
      '--username',
      '--dbname',
      '--command',
      '--file',
      '--set',
      '--variable',
      '--output',
      '--field-separator',
    ],
    info: ['--version', '-V', '--help', '-?', '-l', '--list'],
  },
  {
    tools: ['sqlite3', 'sqlite', 'litecli', 'duckdb'],
    sql: ['-cmd', '-c'],
    files: ['-init', '-f'],
    values: '',
    longValues: ['-cmd', '-init', '-separator', '-newline', '-nullvalue', '-mmap', '-c', '-f'],
    sqlFrom: 1,
    info: ['--version', '-version', '-help', '--help'],
  },
  {
    tools: ['sqlplus', 'sqlplus64', 'sql', 'sqlcl'],
    sql: [],
    files: [],
    values: 'CFLMR',
    longValues: [],
    info: ['-V', '-H', '-version'],
  },
  {
    tools: ['sqlcmd', 'tsql', 'osql', 'isql', 'mssql-cli', 'bsqldb', 'fisql', 'iusql'],
    sql: ['-Q', '-q'],
    files: ['-i'],
    values: 'SUPdQqiosHl',
    longValues: [],
    info: ['-?', '--version'],
  },
  {
    tools: [
      'clickhouse-client',
      'clickhouse-local',
      'cqlsh',
      'db2',
      'hive',
      'beeline',
      'impala-shell',
      'presto',
      'trino',
      'spark-sql',
      'monetdb',
      'mclient',
      'exaplus',
      'snowsql',
      'bteq',
      'nzsql',
      'hdbsql',
      'influx',
      'mongosh',
      'mongo',
      'cypher-shell',
      'ksql',
      'phoenix-sqlline',
      'sqlline',
      'osqueryi',
      'dolt',
    ],
    sql: ['-q', '--query', '-e', '--execute', '--eval'],
    files: ['-f', '--file', '--queries-file'],
    values: 'hpudqefk',
    longValues: ['--host', '--port', '--user', '--password', '--database', '--query', '--execute', '--eval', '--file'],
    info: ['--version', '--help'],
  },
];

const BY_TOOL = new Map(SQL_CLIENTS.flatMap((client) => client.tools.map((tool) => [tool, client] as const)));

/** What is known of `tool` as an SQL client. */
export function sqlClientOf(tool: string): SqlClient | undefined {
  return BY_TOOL.get(tool);
}
