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
  ])('of a database client becomes a command for each statement: %s', (text, command) => {
    expect(statementOf(text)).toBe(command);
  });

  test('the statement of each such command is judged as if it stood there', () => {
    const dialogue = dialogueOf('mysql crm', judgeCommand('mysql crm', policy), policy);
    if (dialogue?.kind !== 'statements') throw new Error('no dialogue');
    expect(judgeCommand(dialogue.around(['select * from customers;']), policy).verdict).toBe('needs_ticket');
    expect(judgeCommand(dialogue.around(['select count(*) from customers;']), policy).verdict).toBe('allow');
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
] as const)('what is typed at the prompt of %s is whole or goes on: %j', (client, text, isWhole) => {
  expect(isWholeStatement(text, client)).toBe(isWhole);
});
