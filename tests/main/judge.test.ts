import { describe, expect, test } from '@jest/globals';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { answerOf } from '../../main/judge/answer.ts';
import { earlierAnswers } from '../../main/judge/earlier-answers.ts';
import { createLineJudge } from '../../main/judge/judge-lines.ts';
import { LineSplitter } from '../../main/judge/lines.ts';
import { parsePolicy } from '../../main/judge/policy-file.ts';
import { rejudge } from '../../main/judge/rejudge.ts';
import { wordJudgement } from '../../main/judge/words.ts';
import { judgeCommand } from '../../policy/index.ts';

const POLICY = parsePolicy('{"paths":["/data/members"],"tables":["shop.members"]}');

/** The answers to these lines, parsed. */
function answers(...lines: (string | Buffer | undefined)[]): unknown[] {
  const asLines = lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line));
  return createLineJudge(POLICY)
    .answers(asLines)
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
}

describe('a policy file', () => {
  test.each([
    ['is not JSON', '{', /not JSON/],
    ['is no object', '[]', /policy: /],
    ['has a field nobody knows', '{"path":["/a"]}', /path/],
    ['names a mode there is not', '{"mode":"open"}', /mode: /],
    ['protects a relative path', '{"paths":["a"]}', /paths\.0: .*absolute/],
    ['protects a table with a space', '{"tables":["a b"]}', /tables\.0: /],
    ['protects an asset of no kind', '{"assets":[{"name":"/a"}]}', /assets\.0/],
    ['is of another version', '{"version":2}', /version: /],
    ['sets a variable that is none', '{"variables":{"a b":"x"}}', /variables/],
  ])('that %s is refused, and the fault is named', (_, text, fault) => {
    expect(() => parsePolicy(text)).toThrow(GatewayError);
    expect(() => parsePolicy(text)).toThrow(fault);
  });

  test('says what is protected in three ways', () => {
    const { mode, assets, programs } = parsePolicy(
      JSON.stringify({
        assets: ['/a', 'b.c', { kind: 'path', name: '/d', dataClass: 'personal', recordCount: 3, copyOf: '/a' }],
        paths: ['/e'],
        tables: ['f'],
        programs: ['report'],
      }),
    );
    expect(mode).toBe('guarded-line');
    expect(assets.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'path /a',
      'table b.c',
      'path /d',
      'path /e',
      'table f',
    ]);
    expect(assets[2]).toEqual({ kind: 'path', name: '/d', dataClass: 'personal', recordCount: 3, copyOf: '/a' });
    expect(programs).toEqual(new Set(['report']));
  });
});

describe('the lines of an input', () => {
  test('are the same however the bytes are cut', () => {
    const text = Buffer.from('一\n\ntwo\nthree');
    for (let at = 0; at <= text.length; at += 1) {
      const splitter = new LineSplitter(100);
      const lines = [...splitter.take(text.subarray(0, at)), ...splitter.take(text.subarray(at)), ...splitter.rest()];
      expect(lines.map(String)).toEqual(['一', '', 'two', 'three']);
    }
  });

  test('longer than the bound are passed over, and the next one is read', () => {
    const splitter = new LineSplitter(3);
    expect(splitter.take(Buffer.from('abc\nabcd')).map((line) => line?.toString())).toEqual(['abc']);
    expect(splitter.take(Buffer.from('efgh\nx\n')).map((line) => line?.toString())).toEqual([undefined, 'x']);
    expect(splitter.rest()).toEqual([]);
  });

  test('too long at the end is told too', () => {
    const splitter = new LineSplitter(3);
    expect(splitter.take(Buffer.from('abcd'))).toEqual([]);
    expect(splitter.rest()).toEqual([undefined]);
  });
});

describe('a judged line', () => {
  test.each([
    ['no JSON', 'ls', 'request_invalid'],
    ['empty', '', 'request_invalid'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'request_invalid'],
    ['without a command', '{"text":"ls"}', 'request_invalid'],
    ['with a command that is no text', '{"command":1}', 'request_invalid'],
    ['null', 'null', 'request_invalid'],
    ['longer than its bound', undefined, 'request_too_large'],
  ])('that is %s is denied with a code, and the next one is judged', (_, line, error) => {
    expect(answers('{"command":"id"}', line, '{"command":"id"}')).toMatchObject([
      { verdict: 'allow' },
      { verdict: 'deny', ticket: false, error, line: 2 },
      { verdict: 'allow' },
    ]);
  });

  test('longer than a command may be is denied by the judge itself', () => {
    const command = 'x'.repeat(LIMITS.commandBytesMax + 1);
    expect(answers(JSON.stringify({ command }))).toMatchObject([
      { verdict: 'deny', ticket: false, class: 'unreadable' },
    ]);
  });

  test('that is an export is denied, and a ticket would open it', () => {
    expect(answers('{"command":"cat \\"/data/members/a\\"","source":"row","label":"export"}')).toEqual([
      {
        ...{ verdict: 'deny', ticket: true, class: 'bulk_read', rules: ['gate.protected-path'], spans: [[0, 21]] },
        ...{ argv: [['cat', '/data/members/a']], objects: ['/data/members'], copies: [] },
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  test('is judged in its directory', () => {
    expect(answers('{"command":"cat a","cwd":"/srv"}', '{"command":"cat a","cwd":"/data/members"}')).toMatchObject([
      { verdict: 'allow' },
      { verdict: 'deny', ticket: true },
    ]);
  });

  test('may be SQL', () => {
    expect(
      answers('{"sql":"TABLE shop.members"}', '{"command":"SELECT 1","sql":true}', '{"command":"TABLE x","sql":false}'),
    ).toMatchObject([{ verdict: 'deny', class: 'bulk_read', objects: ['shop.members'] }, { verdict: 'allow' }, {}]);
  });

  test('has the answer of the gate itself', () => {
    const command = "sudo sh -c 'scp /data/members/a h:'";
    expect(answers(JSON.stringify({ command }))).toEqual([
      JSON.parse(JSON.stringify(answerOf(judgeCommand(command, POLICY)))),
    ]);
  });
});

describe('the answer in words', () => {
  const words = (command: string, locale: 'en' | 'ja', policy = POLICY): string =>
    wordJudgement(judgeCommand(command, policy), { policy, locale });

  test('says what, why and where, in both languages', () => {
    expect(words('cat /data/members/a', 'en')).toMatch(
      /^deny: an export[^]*reads protected data[^]*gate\.protected-path/,
    );
    expect(words('cat /data/members/a', 'ja')).toMatch(/^deny: 持出[^]*保護対象[^]*gate\.protected-path/);
    expect(words('id', 'en')).toMatch(/^allow: it would run\./);
  });

  test('says when nothing is guarded', () => {
    expect(words('cat /data/members/a', 'en', { ...POLICY, mode: 'recorded' })).toContain('Nothing is guarded');
  });

  test('lets no character of the command move the cursor', () => {
    expect(words("cat /data/members/$'\\e[2J' \u202e", 'en')).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('a recorded session judged again', () => {
  const line = (text: string) => ({ text, micros: 1_700_000_000_000_000n });
  const event = (type: 'act.refused' | 'ticket.redeemed', body: Record<string, unknown>) => ({
    ...{ type, body, seq: 1, at: new Date(0), actor: null, session: null, ticket: null },
  });
  const recorded = (...texts: string[]) => ({ lines: texts.map(line), notes: 0 });
  const summary = (rows: ReturnType<typeof rejudge>) => rows.map(({ before, after }) => `${String(before)} ${after}`);

  test('tells what ran then and would be refused now, and the reverse', () => {
    const then = earlierAnswers([event('act.refused', { text: 'cat /data/old/a', verdict: 'needs_ticket' })]);
    expect(summary(rejudge(recorded('cat /data/members/a', 'cat /data/old/a', 'id'), POLICY, then))).toEqual([
      'allow needs_ticket',
      'needs_ticket allow',
      'allow allow',
    ]);
  });

  test('counts a line that ran on its ticket as one that needed it, once', () => {
    const { digest } = judgeCommand('cat /data/members/a', POLICY);
    const then = earlierAnswers([event('ticket.redeemed', { actDigest: digest })]);
    const rows = rejudge(recorded('cat /data/members/a', 'cat /data/members/a'), POLICY, then);
    expect(summary(rows)).toEqual(['needs_ticket needs_ticket', 'allow needs_ticket']);
  });

  test('uses the refusals of a line in their order', () => {
    const then = earlierAnswers([event('act.refused', { text: 'id', verdict: 'deny' })]);
    expect(summary(rejudge(recorded('id', 'id'), POLICY, then))).toEqual(['deny allow', 'allow allow']);
  });

  test('says so when nothing tells the answer of then', () => {
    expect(summary(rejudge(recorded('id'), POLICY, () => undefined))).toEqual(['null allow']);
  });
});
