import { type Reason, type Rule, words } from './rule.ts';

const WHY: Reason = {
  en: 'This program writes the contents of a database out in bulk.',
  ja: 'データベースの内容をまとめて書き出すプログラムです。',
};
const INFO = ['--version', '--help', '-V', '-?'];

/** Tools whose purpose is to write a database out. A ticket can make one run of one of them right. */
export const DUMP_RULES: readonly Rule[] = [
  {
    id: 'dump.mysql',
    tools: words(`mysqldump mariadb-dump mysqlpump mydumper mysqlhotcopy mysqlsh mysqlbinlog mariadb-binlog mysqlslap
      mysqldbexport mysqldbcopy mysqluc pt-archiver pt-table-sync pt-find`),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: INFO }],
    dumps: 'mysql',
    why: WHY,
    tests: {
      positive: [
        'mysqldump crm customers',
        'mariadb-dump --all-databases > /tmp/all.sql',
        'sudo mydumper -B crm -o /tmp/d',
      ],
      negative: ['mysqldump --version', 'mysqladmin status'],
    },
  },
  {
    id: 'dump.mysql-files',
    tools: words('xtrabackup mariabackup mariadb-backup innobackupex mysqlbackup'),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: ['--version', '--help'] }],
    dumps: 'any',
    why: {
      en: 'This program copies the files of a whole database server.',
      ja: 'データベースサーバーのファイルを丸ごと複製します。',
    },
    tests: {
      positive: ['xtrabackup --backup --stream=xbstream', 'mariabackup --backup --target-dir=/tmp/b'],
      negative: ['xtrabackup --version', 'mariabackup --help'],
    },
  },
  {
    id: 'dump.postgres',
    tools:
      words(`pg_dump pg_dumpall pg_basebackup pg_receivewal pg_receivexlog pg_recvlogical pgcopydb pgloader pg_waldump
      pg_filedump pg_bulkload pg_back pgdump-aes`),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: INFO }],
    dumps: 'postgres',
    why: WHY,
    tests: {
      positive: ['pg_dump -t crm.customers app', 'pg_basebackup -D - -Ft', 'pg_dumpall -h db1'],
      negative: ['pg_dump --version', 'pg_isready -h db1'],
    },
  },
  {
    id: 'dump.postgres-backups',
    tools: words('barman pgbackrest wal-g wal-e pg_probackup pg_rman'),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    values: words('-c --config -B --stanza --instance'),
    when: [
      { verb: /^(?!(info|check|version|verify|status|show|validate|help|(list|show|check|backup)-[\w-]+)$)./ },
      { verb: /^backup-(?!list$|show$)/ },
      { bare: true, lacks: INFO },
    ],
    dumps: 'postgres',
    why: WHY,
    tests: {
      positive: [
        'pgbackrest --stanza=main backup',
        'barman recover main latest /tmp/x',
        'wal-g backup-fetch /tmp/x LATEST',
      ],
      negative: ['pgbackrest info', 'barman list-servers', 'wal-g backup-list', 'barman check all'],
    },
  },
  {
    id: 'dump.mongo',
    tools: words('mongodump mongoexport bsondump mongofiles'),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: ['--version', '--help'] }],
    dumps: 'any',
    why: WHY,
    tests: {
      positive: ['mongodump --db crm', 'mongoexport -d crm -c customers --out c.json'],
      negative: ['mongodump --version', 'mongostat --rowcount 1'],
    },
  },
  {
    id: 'dump.redis',
    tools: words('redis-cli valkey-cli keydb-cli redis-dump rdb redis-rdb-cli redis-shake iredis'),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      { flags: ['--rdb', '--functions-rdb', '--pipe', '--replica', '--slave', '--bigkeys', '--memkeys', '--eval'] },
      {
        verb: /^(keys|scan|hgetall|hmget|hvals|lrange|smembers|zrange|mget|get|dump|migrate|monitor|sync|psync|replicaof|slaveof|eval|evalsha|script|debug|restore|sort|xrange|bgsave|save|hscan|sscan|zscan|getrange|fcall)$/i,
      },
      { fed: true },
    ],
    dumps: 'any',
    why: {
      en: 'This reads the values of a data store, one by one or all at once.',
      ja: 'データストアの値を個別に、または一括で読み出します。',
    },
    tests: {
      positive: ['redis-cli --rdb /tmp/dump.rdb', 'redis-cli HGETALL customer:1'],
      negative: ['redis-cli ping', 'redis-cli info memory'],
    },
  },
  {
    id: 'dump.oracle',
    tools: words('expdp exp rman dbca oradump dbv asmcmd dul sqluldr2 ociuldr sqluldr ora2pg'),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: ['--version', '-help', 'help=y'] }],
    dumps: 'any',
    why: WHY,
    tests: {
      positive: ['expdp crm/x schemas=crm', 'exp userid=crm/x full=y'],
      negative: ['tnsping CRM', 'lsnrctl status'],
    },
  },
  {
    id: 'dump.sqlserver',
    tools: words('bcp sqlpackage mssql-scripter freebcp datacopier defncopy'),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: ['-v', '--version', '/?'] }],
    dumps: 'any',
    why: WHY,
    tests: {
      positive: ['bcp crm.dbo.customers out c.dat -T', 'sqlpackage /Action:Export /SourceDatabaseName:crm'],
      negative: ['mssql-conf list', 'bcp -v'],
    },
  },
  {
    id: 'dump.db2',
    tools: words('db2 db2look db2move db2adutl db2ckbkp db2hpu db2ixf'),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      { word: /\b(export|unload|backup|select|values|fetch|call|archive|load|dump|db2look|copy)\b/i },
      { flags: ['-f', '-tvf', '-d', '-tf'] },
      { expansion: 'any' },
      { bare: true },
    ],
    dumps: 'any',
    why: WHY,
    tests: {
      positive: ['db2 "export to c.ixf of ixf select * from crm.customers"', 'db2look -d crm -e'],
      negative: ['db2 list active databases', 'db2 get dbm cfg'],
    },
  },
  {
    id: 'dump.japanese-engines',
    tools: words(`pdrorg pdcopy pdload pddbst pdsql pddef pdunld pdreorg pdexp pdlogunld pdrbal xtrep rdbsaveldb rdbunl
      rdbunlx rdbdmp rdbexdmp rdbsqlx symdump symexport rdbfmt rdbups rdbextk adbexport adbsql jdbsql ndbexp`),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: ['--version', '-h', '--help'] }],
    dumps: 'any',
    why: {
      en: 'This utility of HiRDB or Symfoware unloads, copies or reads tables.',
      ja: 'HiRDBやSymfowareの表をアンロード・複写・検索するユーティリティです。',
    },
    tests: {
      positive: ['pdrorg -k unld -t CRM.CUSTOMERS control', 'rdbunl -i CRM.DSI /tmp/out'],
      negative: ['pdls', 'pdrorg -h'],
    },
  },
  {
    id: 'dump.etcd',
    tools: words('etcdctl etcdutl consul vault zkcli zk-shell'),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      { sub: ['snapshot save', 'snapshot', 'operator raft snapshot save', 'kv export', 'make-mirror', 'backup'] },
      { flags: ['--prefix', '--from-key', '-recurse'] },
    ],
    dumps: 'any',
    why: WHY,
    tests: {
      positive: ['etcdctl snapshot save /tmp/s.db', 'consul kv export crm/'],
      negative: ['etcdctl endpoint health', 'consul members'],
    },
  },
  {
    id: 'dump.other-databases',
    tools:
      words(`nodetool sstabledump sstable2json dsbulk influxd influx influx_inspect neo4j-admin neo4j-shell cockroach
      couchbackup cbbackup cbbackupmgr cbexport cbq arangodump arangoexport rethinkdb slapcat ldapsearch isql gbak
      nbackup clickhouse-backup clickhouse-copier elasticdump multielasticdump elasticsearch-dump es-export dumpling tiup
      br riak-admin sqoop gitlab-backup gitlab-rake gitlab-ctl memcdump memccat mdb-export mdb-sql db_dump db5.3_dump
      gdbm_dump tdbdump dbexport dbunload onunload onbar ontape datax kafkacat kcat kafka-console-consumer pscale turso
      dolt surreal dgraph ldif ldbsearch ldapcat tctl-export airbyte embulk fluent-export dbdump dump2csv csvkit-sql
      sql2csv psql2csv odbcsql tbexport tbrmgr unldb snapdump hdbbackupint vsql-export nz_backup nzbackup gpbackup
      gpcrondump gpfdist vbr exajload bteq fastexport tptexport monetdbd msqldump mclient-dump pgvector-export`),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        verb: /^(snapshot|dump|backup|export|unload|database|rdump|create|download|copy|full|query|sql|load|extract|read)(:\w+)?$/i,
      },
      {
        lacks:
          words(`--version --help -V status info check list restart stop start reconfigure describecluster tail version
          help`),
      },
    ],
    dumps: 'any',
    why: WHY,
    tests: {
      positive: [
        'neo4j-admin database dump --to-path=/tmp neo4j',
        'sudo gitlab-backup create',
        'slapcat -l /tmp/people.ldif',
      ],
      negative: ['nodetool --version', 'gitlab-ctl --help'],
    },
  },
  {
    id: 'dump.search-engines',
    tools: words('curl wget http https xh curlie lwp-request GET'),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        word: /\/(_search|_msearch|_mget|_bulk|_sql|_export|_snapshot|_reindex|_all_docs|_changes|_find|_cat\/\w+\/docs)\b|\/(select|export)\?.*\bq=|:(8123|8086|9200|5984|8983)\/.*(query|select|export)/i,
      },
    ],
    dumps: 'any',
    why: {
      en: 'This address reads documents of a search engine or a database over HTTP.',
      ja: '検索エンジンやデータベースの文書をHTTP経由で読み出すアドレスです。',
    },
    tests: {
      positive: ["curl 'http://es:9200/crm/_search?size=10000'", 'curl "http://ch:8123/?query=select+1"'],
      negative: ['curl -s http://es:9200/_cluster/health', 'curl http://x.example/search'],
    },
  },
  {
    id: 'dump.sqlite-diff',
    tools: words(
      'sqldiff sqlite3_analyzer sqlite3-rsync sqlite-dump litestream rqlite rqlited sqlite-utils sqlite3-to-mysql',
    ),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: ['--version', '--help'] }],
    dumps: 'any',
    why: WHY,
    tests: {
      positive: ['sqldiff a.db b.db', 'litestream replicate crm.db s3://x/y'],
      negative: ['sqlite3 --version', 'file crm.db'],
    },
  },
];
