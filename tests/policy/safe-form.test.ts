import { describe, expect, test } from '@jest/globals';
import { judgeCommand, safeForm, type TargetPolicy } from '../../policy/index.ts';

const TOOLS = new Set(['rvim', 'rview', 'rnano', 'less']);
const POLICY: TargetPolicy = {
  mode: 'guarded-line',
  assets: [{ kind: 'path', name: '/home/chen/vault', dataClass: 'personal', recordCount: 1 }],
  cwd: '/home/chen',
  variables: new Map([['HOME', '/home/chen']]),
};
const form = (text: string, tools = TOOLS): string => safeForm(text, tools).text;

describe('the safe form of a line', () => {
  test.each([
    ['vi /etc/hosts', 'rvim /etc/hosts'],
    ['vim +10 a', 'rvim +10 a'],
    ['/usr/bin/vim a', 'rvim a'],
    ['sudo -u app vi /etc/hosts', 'sudo -u app rvim /etc/hosts'],
    ['cd /tmp && nano a; view b', 'cd /tmp && rnano a; rview b'],
    ['more /var/log/syslog', 'less /var/log/syslog'],
    ['sudo git log', 'sudo git --no-pager log'],
    ['sudo systemctl status nginx', 'sudo systemctl --no-pager status nginx'],
    ['env -i git diff', 'env -i git --no-pager diff'],
    ['top', 'env HOME=/dev/null top'],
    ['nice -n 5 top -d 1', 'nice -n 5 env HOME=/dev/null top -d 1'],
  ])('%s is %s, and that is allowed', (typed, sent) => {
    expect(form(typed)).toBe(sent);
    expect(judgeCommand(sent, POLICY).verdict).toBe('allow');
  });

  test.each([
    ['words that only name a program', 'echo vi; which vim; sudo grep git a'],
    ['a program in quotes', '"vi" a'],
    ['what prints already', 'sudo git --no-pager log'],
    ['a pager that the settings reach', 'git log'],
    ['text that cannot be read', 'vi "a'],
    ['inside a string for a shell', "sh -c 'vi a'"],
  ])('leaves %s', (_what, text) => {
    expect(form(text)).toBe(text);
  });

  test('where the target has no restricted editor the line stays, and a second person is asked', () => {
    expect(form('vi a', new Set())).toBe('vi a');
    expect(judgeCommand('vi a', POLICY).verdict).toBe('ask');
  });

  test.each(["vi -c ':!sh' a", 'vim -S x.vim a', 'vi vault/members', 'sudo vi ~/vault/members', 'more vault/members'])(
    '%s is not made safe by another program',
    (text) => {
      expect(judgeCommand(form(text), POLICY).verdict).not.toBe('allow');
    },
  );

  test.each([
    'declare +x LESSSECURE; less a',
    'export -n LESSSECURE; man ls',
    'x=+x; read y; declare $y LESSSECURE; less a',
  ])('%s would take the pager its settings, and is asked about', (text) => {
    expect(judgeCommand(form(text), POLICY).verdict).not.toBe('allow');
  });
});

describe('the home directory', () => {
  test.each(['cd ~', 'cat ~/notes', 'cd ~/plain && ls'])('%s is read with what HOME is', (text) => {
    expect(judgeCommand(text, POLICY).verdict).toBe('allow');
  });

  test.each(['cat ~/vault/members', 'cat ~/v*/members', 'HOME=/home; cat ~/chen/vault/members'])(
    '%s is not hidden by it',
    (text) => {
      expect(judgeCommand(text, POLICY).verdict).not.toBe('allow');
    },
  );
});
