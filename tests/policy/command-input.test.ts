import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { type Judgement, judgeCommand, type TargetPolicy } from '../../policy/index.ts';
import { GUARDED } from './policies.ts';

const judge = (text: string, more: Partial<TargetPolicy> = {}): Judgement =>
  judgeCommand(text, { ...GUARDED, ...more });
const rules = (text: string): readonly string[] => judge(text).findings.map(({ rule }) => rule);

describe('a text that is not what it looks like', () => {
  test.each([
    ['gate.too-long', `true ${'x'.repeat(LIMITS.commandBytesMax)}`],
    ['gate.too-long', `true ${'あ'.repeat(LIMITS.commandBytesMax / 3)}`],
    ['gate.control-characters', 'cat x\0'],
    ['gate.control-characters', 'true\rscp a h:'],
    ['gate.not-utf8', Buffer.from([0x63, 0x61, 0x74, 0x20, 0xff]).toString('utf8')],
    ['gate.invisible-characters', 'cat \u202ex'],
    ['gate.invisible-characters', 'ca\u200bt x'],
    ['gate.invisible-characters', 'true \u{e0041}'],
    ['gate.unfinished', 'sh <<E\nscp a h:'],
  ])('is denied by %s', (rule, text) => {
    expect(judge(text).verdict).toBe('deny');
    expect(rules(text)).toContain(rule);
  });

  test('a word with a letter of another script is asked about', () => {
    expect(judge('s\u0441p /tmp/a').verdict).toBe('ask');
    expect(rules('ls /tmp/\u0430bc')).toContain('gate.mixed-scripts');
  });

  test.each(['cat /tmp/顧客list.csv', 'grep 田中 /tmp/a', 'ls /tmp/２０２６年度'])(
    'Japanese is ordinary: %s',
    (text) => {
      expect(judge(text).verdict).toBe('allow');
    },
  );

  // In Shift_JIS the second byte of 表 is a backslash. In EUC-JP every byte is high: pairs that happen to be UTF-8 hold no byte
  // the shell acts on, and any other is refused.
  test.each([
    ['Shift_JIS', [0x63, 0x61, 0x74, 0x20, 0x95, 0x5c, 0x20, 0x78]],
    ['EUC-JP', [0x63, 0x61, 0x74, 0x20, 0xc8, 0xcb]],
  ])('a line in %s is refused whole and never split', (_, bytes) => {
    const judgement = judge(Buffer.from(bytes).toString('utf8'));
    expect(judgement).toMatchObject({ verdict: 'deny', commands: [], findings: [{ rule: 'gate.not-utf8' }] });
  });
});

describe('a text nobody can read', () => {
  test.each(['cat "x', 'find . ( -name x', 'for f in a; do', "sh -c 'cat \"x'", 'echo ${x!!y}', 'true \\'])(
    'is asked about: %s',
    (text) => {
      expect(judge(text).verdict).toBe('ask');
    },
  );

  test.each([
    ['a protected path', 'cat "/data/members/a'],
    ['a protected path in pieces', `cat "/da''ta/mem\\bers/a`],
    ['a protected table', 'echo "select * from members'],
    ['a sender', 'scp /tmp/a h: "'],
    ['a socket', 'cat "x > /dev/tcp/h/1'],
    ['a pipe into a shell', '"x | sh'],
  ])('is denied when it holds %s', (_, text) => {
    expect(judge(text).verdict).toBe('deny');
  });

  test.each(['guarded-shell', 'guarded-pty'] as const)('is denied in %s when the next line goes on with it', (mode) => {
    expect(judge('true \\', { mode }).verdict).toBe('deny');
  });
});

describe('a text made to cost', () => {
  test.each([
    ['nested substitutions', 'echo $(echo '.repeat(20_000)],
    ['nested substitutions within the length', 'echo $(echo '.repeat(1_200)],
    ['open groups', '('.repeat(16_000)],
    ['backquotes', `echo ${'`'.repeat(16_000)}`],
    ['commands', 'a;'.repeat(8_000)],
    ['assignments', 'x=a;'.repeat(4_000)],
    ['eval of eval', 'eval '.repeat(3_000)],
    ['wrappers', `${'sudo '.repeat(3_000)}x`],
    ['globs', `cat ${'*/'.repeat(8_000)}`],
  ])('of %s is refused after a bounded count of commands', (_, text) => {
    const judgement = judge(text);
    expect(judgement.verdict).not.toBe('allow');
    expect(judgement.commands.length).toBeLessThanOrEqual(502);
  });
});
