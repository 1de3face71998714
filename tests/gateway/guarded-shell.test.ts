import { describe, expect, test } from '@jest/globals';
import type { Question } from '../../gateway/ssh/guarded-shell/frames.ts';
import { judgeQuestion } from '../../gateway/ssh/guarded-shell/judge.ts';
import { tamperedBy } from '../../gateway/ssh/guarded-shell/tamper.ts';
import { Typing } from '../../gateway/ssh/guarded-shell/typing.ts';
import { judgeCommand, type TargetPolicy } from '../../policy/index.ts';

const POLICY: TargetPolicy = {
  mode: 'guarded-shell',
  assets: [{ kind: 'path', name: '/data/members', dataClass: 'personal', recordCount: 9 }],
  cwd: '/home/a',
};

describe('what would take the hook away', () => {
  test.each([
    'trap - DEBUG',
    "trap '' DEBUG",
    'builtin command trap -- - 0',
    'command -p trap - DEBUG',
    '"tr"ap - INT',
    'set +T',
    'set -e +o functrace',
    'set -o posix',
    'set -k',
    'set -eo posix',
    'set -x',
    'shopt -u extdebug',
    'enable -n trap',
    'unset -f __sekisho_hook',
    'PS0=x',
    'declare -n r=BASH_ALIASES',
    'BASH_CMDS[ls]=/tmp/x',
    '((POSIXLY_CORRECT=1))',
    'history -s true',
    'exec 2>/dev/null',
    'kill -s RTMAX-3 $$',
    'kill -61 $$',
    '. ./x',
    'bind \'"x": "y"\'',
    'compgen -v',
  ])('is refused: %s', (text) => {
    expect(tamperedBy(text, judgeCommand(text, POLICY).commands)).toBeDefined();
  });

  test.each([
    'trap -p',
    'trap',
    'set -e',
    'set -euo pipefail',
    'set -- a b',
    'set -o vi',
    'set -eu -o pipefail',
    'shopt',
    'history 20',
    'fc -l',
    'kill -9 123',
    'kill %1',
    'echo "$HISTSIZE"',
    'export FOO=bar',
    'enable',
    'compgen -c git',
  ])('is not this: %s', (text) => {
    expect(tamperedBy(text, judgeCommand(text, POLICY).commands)).toBeUndefined();
  });
});

describe('a question', () => {
  const ask = (text: string | undefined, more: Partial<Question> = {}): string | undefined =>
    judgeQuestion(
      {
        ...{ kind: 'command', number: '', prompt: 1, isFunction: false, text, directory: '/home/a' },
        ...{ variables: new Map(), expansions: new Map(), ...more },
      },
      POLICY,
    )?.judgement.verdict;

  test('that is not UTF-8 has no judgement', () => {
    expect(ask(undefined)).toBeUndefined();
  });

  test.each([
    [
      'by its values',
      'cat "$a$b"',
      {
        variables: new Map([
          ['a', '/da'],
          ['b', 'ta/members/x'],
        ]),
      },
    ],
    ['by what a longer expansion yields', 'cat "${a%z}"', { expansions: new Map([['${a%z}', '/data/members/x']]) }],
    ['by its directory', 'cat members/x', { directory: '/data' }],
    ['by a redirection of a loop', 'while read -r x; do :; done < /data/members/x', { kind: 'line' as const }],
    [
      'by a redirection of a loop from who knows where',
      'while read -r x; do :; done < "$f"',
      { kind: 'line' as const, directory: '/data/members' },
    ],
  ])('is judged %s', (_how, text, more) => {
    expect(ask(text, more)).not.toBe('allow');
  });

  test.each([
    ['harmless values', 'cat "$a"', { variables: new Map([['a', '/etc/hosts']]) }],
    ['a function of the shell', 'greet you', { isFunction: true }],
    ['the head of a loop', 'for i in 1 2'],
    ['a line whose commands are asked about later', 'for f in *.log; do wc -l "$f"; done', { kind: 'line' as const }],
    ['a loop over a sequence', 'for i in {1..300}; do date; done', { kind: 'line' as const }],
  ])('may run: %s', (_how, text, more: Partial<Question> = {}) => {
    expect(ask(text, more)).toBe('allow');
  });
});

describe('what is typed', () => {
  function typing() {
    const sent: string[] = [];
    const timers: (() => void)[] = [];
    const typed = new Typing({
      send: (bytes) => sent.push(bytes.toString()),
      later: (act) => {
        timers.push(act);
        return () => timers.splice(timers.indexOf(act), 1);
      },
    });
    const type = (text: string): void => typed.type(Buffer.from(text));
    return { sent, timers, typed, type };
  }

  test('waits for the first prompt, and goes on up to the Enter', () => {
    const { sent, typed, type } = typing();
    type('ls\rpwd\r');
    expect(sent).toEqual([]);
    typed.prompted();
    expect(sent).toEqual(['ls\r']);
  });

  test('is never sent while the shell waits for a verdict', () => {
    const { sent, typed, type } = typing();
    typed.prompted();
    type('ls\r');
    typed.asked();
    type('y\x1e');
    expect(sent).toEqual(['ls\r']);
    typed.prompted();
    expect(sent).toEqual(['ls\r', 'y\x1e']);
  });

  test('goes line by line out of a bracketed paste, each behind a prompt of its own, however it is split', () => {
    const { sent, typed, type } = typing();
    typed.prompted();
    for (const piece of ['\x1b[2', '00~a\x0f\rb', '\r\x1b[201', '~', 'c', '\r', 'd']) type(piece);
    expect(sent.splice(0).join('')).toBe('\x1b[200~a\x0f\x1b[201~\r');
    typed.prompted();
    expect(sent.splice(0).join('')).toBe('\x1b[200~b\x1b[201~\r');
    typed.prompted();
    expect(sent.splice(0).join('')).toBe('\x1b[200~\x1b[201~c\r');
    typed.prompted();
    expect(sent.splice(0).join('')).toBe('d');
  });

  test('reaches a program that has run for a while, and ^C at once', () => {
    const { sent, timers, typed, type } = typing();
    typed.prompted();
    type('cat\r');
    typed.asked();
    typed.heard(Buffer.alloc(0), 'v', 'runs');
    type('text');
    expect(sent).toEqual(['cat\r']);
    type('\x03');
    expect(sent.at(-1)).toBe('\x03');
    type('more');
    for (const due of [...timers]) due();
    expect(sent.at(-1)).toBe('more');
  });

  test('that comes back is typed again only when it is what was sent last', () => {
    const { sent, typed, type } = typing();
    typed.prompted();
    type('a\r');
    typed.asked();
    typed.heard(Buffer.from('rm -rf x\n'), 'v', 'runs');
    typed.prompted();
    expect(sent).toEqual(['a\r']);
  });

  test('a ^C behind a refused line waits for the prompt, and what follows it is a line of its own', () => {
    const { sent, typed, type } = typing();
    typed.prompted();
    type('a\r');
    typed.asked();
    typed.heard(Buffer.alloc(0), 'v', 'edits');
    type('\x03b\r');
    expect(sent).toEqual(['a\r']);
    typed.prompted();
    expect(sent).toEqual(['a\r', 'b\r']);
    typed.asked();
    expect(typed.takeInterrupt()).toBe(false);
  });

  test('a line behind a ^C at the prompt is not taken for the one that the ^C ended', () => {
    const { typed, type } = typing();
    typed.prompted();
    type('a\x03b\r');
    typed.asked();
    expect(typed.takeInterrupt()).toBe(false);
  });

  test('a ^C while the shell waits is told to who answers, and one on its way is sent behind the verdict', () => {
    const { sent, typed, type } = typing();
    typed.prompted();
    type('a\r');
    typed.asked();
    type('\x03');
    expect(typed.takeInterrupt()).toBe(true);
    type('\x03');
    typed.heard(Buffer.alloc(0), 'v', 'runs');
    expect(sent.at(-1)).toBe('\x03');
  });
});
