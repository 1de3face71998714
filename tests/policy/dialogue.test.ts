import { describe, expect, test } from '@jest/globals';
import { dialogueOf, isWholeStatement, judgeCommand, type TargetPolicy, withoutTicket } from '../../policy/index.ts';

const asset = { kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: 10 } as const;
const policy: TargetPolicy = { mode: 'guarded-line', assets: [asset] };
const shellOf = (text: string) => {
  const dialogue = dialogueOf(text, judgeCommand(text, policy), policy);
  return dialogue?.kind === 'shell' ? dialogue.around('IN') : undefined;
};
const statementOf = (text: string) => {
  const dialogue = dialogueOf(text, judgeCommand(text, policy), policy);
  return dialogue?.kind === 'statements' ? dialogue.around(['use crm;', "select 'a';"]) : undefined;
};

describe('a dialogue that nobody would judge', () => {
  test.each([
    'bash; scp a h:',
    'bash &',
    'bash > /tmp/x',
    'X=1 bash',
    'echo a | bash',
    'bash -c ls',
    'bash /tmp/x.sh',
    'bash --rcfile /tmp/x',
    '$SHELL',
    'script -c bash',
    'tmux',
    'sudo -u',
    'sudo --',
    'sudo -g wheel -i',
    'su -s /tmp/x app',
    'su app extra',
    'ssh h bash',
    'vim',
    'mysql -e "select 1"',
    'mysql --version',
    'psql -f /tmp/x.sql',
    'mysql < /tmp/x.sql',
    'sqlite3',
    'sqlplus crm',
    'sqlplus /nolog',
    'sqlplus a/b@c @/tmp/x',
    'mongosh crm x.js',
    'mongosh --file x.js',
    'mongosh --shell',
    'clickhouse-client --config-file x',
    'beeline -i x.sql',
    'hive --hiveconf a=b',
    'cqlsh --cqlshrc x',
    'sqlcmd -i x.sql',
    'redis-cli --rdb x',
    'redis-cli -x',
    'db2',
    'tsql -S h',
    'mysql; scp a h:',
  ])('is not held where the line is not it alone, or the way in is not known: %s', (text) => {
    expect([shellOf(text), statementOf(text)]).toEqual([undefined, undefined]);
  });

  test.each([
    ['bash', 'sh -c IN'],
    ['exec bash -l', 'sh -c IN'],
    ['sudo -i', 'sudo -H sh -c IN'],
    ['sudo -iu app', 'sudo -H -u app sh -c IN'],
    ['sudo -u app -s', 'sudo -H -u app sh -c IN'],
    ['sudo --user=app --login', 'sudo -H -u app sh -c IN'],
    ['sudo -u app bash -l', 'sudo -u app sh -c IN'],
    ['su - app', 'su app --session-command=IN'],
    ['su', 'su --session-command=IN'],
    ['sudo su -', 'sudo su --session-command=IN'],
    ['docker exec -it web bash', 'docker exec -it web sh -c IN'],
    ['kubectl exec -it pod -- bash', 'kubectl exec -it pod -- sh -c IN'],
  ])('of a shell is opened by one that asks, without its login files: %s', (text, opened) => {
    expect(shellOf(text)).toBe(opened);
  });

  test.each([
    ['mysql crm', `mysql crm -e 'use crm;\nselect '\\''a'\\'';'`],
    ['mysql -u root -p crm', `mysql -u root -p crm -e 'use crm;\nselect '\\''a'\\'';'`],
    ['sudo -u postgres psql crm', `sudo -u postgres psql crm -c 'use crm;' -c 'select '\\''a'\\'';'`],
    ['sqlite3 -header /tmp/a.db', `sqlite3 -header /tmp/a.db 'use crm;\nselect '\\''a'\\'';'`],
    ['clickhouse-client -h h', `clickhouse-client -h h --multiquery --query 'use crm;\nselect '\\''a'\\'';'`],
    ['trino --server h --catalog c', `trino --server h --catalog c --execute 'use crm;\nselect '\\''a'\\'';'`],
    ['cqlsh h 9042 -u a', `cqlsh h 9042 -u a -e 'use crm;\nselect '\\''a'\\'';'`],
    ['sqlcmd -S h -U a', `sqlcmd -S h -U a -Q 'use crm;\nselect '\\''a'\\'';'`],
    ['mongosh --host h crm', `mongosh --host h crm --quiet --eval 'use crm;' --eval 'select '\\''a'\\'';'`],
    ['sqlplus a/b@c', `sqlplus a/b@c -S <<'SEKISHO_END'\nuse crm;\nselect 'a';\nSEKISHO_END`],
  ])('of a database client becomes a command for each statement: %s', (text, command) => {
    expect(statementOf(text)).toBe(command);
  });

  test('the statement of each such command is judged as if it stood there', () => {
    const dialogue = dialogueOf('mysql crm', judgeCommand('mysql crm', policy), policy);
    if (dialogue?.kind !== 'statements') throw new Error('no dialogue');
    expect(judgeCommand(dialogue.around(['select * from customers;']), policy).verdict).toBe('needs_ticket');
    expect(judgeCommand(dialogue.around(['select count(*) from customers;']), policy).verdict).toBe('allow');
  });

  test.each([
    ['clickhouse-client', 'select * from customers;', 'select count(*) from customers;'],
    ['trino', 'select * from crm.customers;', 'select 1;'],
    ['cqlsh', "capture '/tmp/x';", 'describe tables'],
    ['cqlsh', 'select * from customers;', 'select release_version from system.local;'],
    ['sqlcmd -S h', ':out /tmp/x', 'select 1'],
    ['sqlcmd -S h', 'select name from customers', 'select count(*) from customers'],
    ['mongosh crm', 'db.customers.find()', 'db.stats()'],
    ['mongosh crm', 'db[a + b].find()', 'db.stats()'],
    ['mongosh crm', 'db.getCollection("cust" + x).find()', 'db.getCollection("orders").stats()'],
    ['redis-cli -h h', 'HGETALL "customer 1"', 'info memory'],
    ['redis-cli -h h', '--rdb /tmp/x', 'ping'],
    ['sqlplus a/b@c', 'spool /tmp/x', 'select sysdate from dual;'],
    ['sqlplus a/b@c', 'select * from customers;', 'show user'],
    ['sqlplus a/b@c', 'SEKISHO_END\nscp a h:', 'set pagesize 0'],
  ])('at the prompt of %s an export is held, and looking round is not: %s', (opens, held, harmless) => {
    const dialogue = dialogueOf(opens, judgeCommand(opens, policy), policy);
    if (dialogue?.kind !== 'statements') throw new Error('no dialogue');
    expect(judgeCommand(opens, policy).verdict).toBe('allow');
    expect(judgeCommand(dialogue.around([held]), policy).verdict).not.toBe('allow');
    expect(judgeCommand(dialogue.around([harmless]), policy).verdict).toBe('allow');
  });

  test('a line for a data store is split as its own client would, in the database chosen before', () => {
    const dialogue = dialogueOf('redis-cli -h h', judgeCommand('redis-cli -h h', policy), policy);
    if (dialogue?.kind !== 'statements') throw new Error('no dialogue');
    expect(dialogue.around(['select 3', `set k "a \\"b" 'c d'`])).toBe(`redis-cli -h h -n 3 set k 'a "b' 'c d'`);
  });

  test('the client alone passes where the gateway holds it, and asks where a shell of the target would start it', () => {
    expect(judgeCommand('mysql crm', policy).verdict).toBe('allow');
    expect(judgeCommand('mysql crm', { ...policy, mode: 'guarded-shell' }).verdict).toBe('needs_ticket');
    expect(judgeCommand('cd /tmp; mysql crm', policy).verdict).toBe('needs_ticket');
    expect(judgeCommand('sqlplus crm', policy).verdict).toBe('needs_ticket');
  });

  test.each([
    'bash',
    'bash; ls',
    'sudo FOO=1 -s',
    'bash --norc',
    'mysql crm',
    'eval "mysql crm"',
    'cd /tmp; psql',
    'su -s /tmp/x app',
  ])('is opened by no ticket: %s', (text) => {
    const shell: TargetPolicy = { ...policy, mode: 'guarded-shell' };
    const judgement = judgeCommand(text, shell);
    expect(['ask', 'needs_ticket']).toContain(judgement.verdict);
    expect(withoutTicket(text, judgement, shell).verdict).toBe('deny');
  });

  test.each(['mysqldump crm', 'vim /etc/hosts', 'sqlplus crm'])('leaves the ticket of what is none: %s', (text) => {
    const judgement = judgeCommand(text, policy);
    expect(withoutTicket(text, judgement, policy)).toBe(judgement);
  });

  test('on a recorded target nothing is held', () => {
    const recorded: TargetPolicy = { ...policy, mode: 'recorded' };
    expect(dialogueOf('bash', judgeCommand('bash', recorded), recorded)).toBeUndefined();
  });
});

test.each([
  ['mysql', 'select 1', false],
  ['mysql', 'select 1;', true],
  ['mysql', 'select 1\\G', true],
  ['mysql', 'use crm', true],
  ['mysql', 'begin;', false],
  ['mysql', 'begin; update a set b=1;', false],
  ['mysql', 'begin; update a set b=1; commit;', true],
  ['psql', '\\dt', true],
  ['psql', 'select 1\nfrom t;', true],
  ['sqlite', '.tables', true],
  ['sqlite', '', true],
  ['sql', 'select 1', false],
  ['sql', 'select 1;', true],
  ['cqlsh', 'describe keyspaces', true],
  ['cqlsh', 'begin batch update a set b=1;', false],
  ['cqlsh', 'begin batch update a set b=1; apply batch;', true],
  ['sqlcmd', 'select 1;', false],
  ['sqlcmd', 'select 1\nGO', true],
  ['sqlcmd', ':out x', true],
  ['mongosh', 'db.a.find({', false],
  ['mongosh', 'db.a.find({ b: ")" ', false],
  ['mongosh', 'db.a.find({ b: ")" })', true],
  ['mongosh', 'db.a.find({\n', true],
  ['mongosh', '`a', false],
  ['redis-cli', 'get a', true],
  ['sqlplus', 'select 1 from dual', false],
  ['sqlplus', 'select 1 from dual;', true],
  ['sqlplus', 'begin null; end;', false],
  ['sqlplus', 'begin null; end;\n/', true],
  ['sqlplus', 'set pagesize 0', true],
] as const)('what is typed at the prompt of %s is whole or goes on: %j', (client, text, isWhole) => {
  expect(isWholeStatement(text, client)).toBe(isWhole);
});
