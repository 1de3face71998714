import { describe, expect, test } from '@jest/globals';
import { judgeCommand, type TargetPolicy } from '../../policy/index.ts';

const policy = (cwd: string): TargetPolicy => ({
  mode: 'guarded-line',
  assets: [{ kind: 'path', name: '/srv/crm', dataClass: 'personal', recordCount: 1 }],
  cwd,
});

describe('the working directory', () => {
  test.each([
    ['/srv', 'cat crm/customers.tsv'],
    ['/', 'cat srv/crm/customers.tsv'],
    ['/', 'grep -r tanaka .'],
    ['/srv', 'tar cf - .'],
    ['/srv/other', 'cat ../crm/customers.tsv'],
    ['/srv', 'cd other && cat ../crm/customers.tsv'],
    ['/srv', 'while read line; do echo "$line"; done < crm/customers.tsv'],
    ['/srv', 'part=crm/customers.tsv'],
    ['/srv', 'sh -c "cat crm/customers.tsv"'],
    ['/srv/crm', 'cat customers.tsv'],
  ])('in %s, "%s" does not pass', (cwd, line) => {
    expect(judgeCommand(line, policy(cwd)).verdict).not.toBe('allow');
  });

  test.each([
    ['/home/aoki', 'cat notes/customers.tsv'],
    ['/home/aoki', 'grep -r tanaka .'],
    ['/srv', 'cat other/notes.txt'],
    ['/srv', 'ls crm'],
  ])('in %s, "%s" passes', (cwd, line) => {
    expect(judgeCommand(line, policy(cwd)).verdict).toBe('allow');
  });

  test('does not change the digest: the same words are the same act', () => {
    const here = judgeCommand('cat crm/customers.tsv', policy('/srv'));
    expect(here.digest).toBe(judgeCommand('cat crm/customers.tsv', policy('/home')).digest);
  });
});

describe('where nobody knows in which directory a command begins', () => {
  const policy = {
    mode: 'guarded-line',
    assets: [{ kind: 'path', name: '/home/m/vault', dataClass: 'personal', recordCount: 1 }],
  } as const;

  test.each(['tar c .', 'tar c ..', 'tar c ../..', 'tar c ~', 'cp -r . /tmp/x', 'grep -r x ./'])(
    '%s may reach every protected path',
    (command) => {
      expect(judgeCommand(command, policy).verdict).toBe('ask');
    },
  );

  test.each(['cp /tmp/a .', 'ls .', 'mv /tmp/a ..'])('%s reaches none', (command) => {
    expect(judgeCommand(command, policy).verdict).toBe('allow');
  });
});
