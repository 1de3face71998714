/** What the parsers say of the SQL in a command makes its judgement stricter or names more, whatever they say. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LIMITS } from '../../foundation/index.ts';
import { refineCommand, type StatementReading } from '../../gateway/statement-reader/index.ts';
import { judgeCommand, VERDICTS } from '../../policy/index.ts';
import { GUARDED, NOTHING_PROTECTED, RECORDED } from '../policy/policies.ts';

const relation = fc.constantFrom('members', 'shop.members', 'SHOP.Members', 'other.members', 'orders', 'x', '');
const reading: fc.Arbitrary<StatementReading> = fc.oneof(
  fc.record({
    read: fc.constant(true as const),
    gaveUp: fc.boolean(),
    readings: fc.array(
      fc.record({
        dialect: fc.constantFrom('postgresql' as const, 'mysql' as const, 'sqlite' as const),
        relations: fc.array(relation, { maxLength: 4 }),
        fingerprint: fc.constantFrom(null, '50fde20626009aba'),
      }),
      { maxLength: 3 },
    ),
  }),
  fc.record({
    read: fc.constant(false as const),
    why: fc.constantFrom('too_large' as const, 'timed_out' as const, 'failed' as const, 'busy' as const),
  }),
);
const sql = fc.constantFrom(
  'SELECT 1',
  'SELECT count(*) FROM shop.members',
  'TABLE members',
  '\\! id',
  'COPY x TO STDOUT',
  '',
);
const command = fc.oneof(
  sql.map((text) => `psql -c '${text}'`),
  fc.array(sql, { maxLength: 3 }).map((texts) => `mysql ${texts.map((text) => `-e '${text}'`).join(' ')}; nc -l 1`),
  fc.constantFrom('ls', 'psql', 'psql -f x', 'psql -c "$x"', 'cat "x'),
);

const strictness = (verdict: (typeof VERDICTS)[number]): number => VERDICTS.indexOf(verdict);
const never = (): Promise<StatementReading> => {
  throw new Error('nobody was to be asked');
};

describe('a refined judgement', () => {
  test('is never milder, loses no finding and no object, and is of the same act', async () => {
    await fc.assert(
      fc.asyncProperty(command, fc.infiniteStream(reading), async (text, readings) => {
        const judgement = judgeCommand(text, GUARDED);
        const read = (): Promise<StatementReading> => Promise.resolve(readings.next().value as StatementReading);
        const refined = await refineCommand(judgement, { policy: GUARDED, read });
        expect(strictness(refined.verdict)).toBeGreaterThanOrEqual(strictness(judgement.verdict));
        expect(refined.findings.slice(0, judgement.findings.length)).toEqual(judgement.findings);
        expect(refined.objects).toEqual(expect.arrayContaining([...judgement.objects]));
        expect([refined.digest, refined.commands]).toEqual([judgement.digest, judgement.commands]);
        expect(refined.statements?.length).toBe(judgement.statements?.length);
      }),
    );
  });

  test('is refused with a finding whenever it became stricter', async () => {
    await fc.assert(
      fc.asyncProperty(reading, async (one) => {
        const judgement = judgeCommand(`psql -c 'SELECT 1'`, GUARDED);
        const refined = await refineCommand(judgement, { policy: GUARDED, read: () => Promise.resolve(one) });
        expect(refined.findings.length > 0).toBe(refined.verdict !== 'allow');
      }),
    );
  });

  test('asks about a statement whose parser rejects', async () => {
    const judgement = judgeCommand(`psql -c 'SELECT 1'`, GUARDED);
    const read = (): Promise<StatementReading> => Promise.reject(new Error('gone'));
    expect(await refineCommand(judgement, { policy: GUARDED, read })).toMatchObject({
      verdict: 'ask',
      findings: [{ rule: 'sql.unread', span: [8, 18], subject: 'SELECT 1' }],
    });
  });

  test('asks about statements beyond those that are read', async () => {
    const text = `psql ${`-c 'SELECT 1' `.repeat(LIMITS.statementsOfCommandMax + 1)}`;
    let asked = 0;
    const read = (): Promise<StatementReading> => {
      asked += 1;
      return Promise.resolve({ read: true, readings: [], gaveUp: false });
    };
    const refined = await refineCommand(judgeCommand(text, GUARDED), { policy: GUARDED, read });
    expect([refined.verdict, asked]).toEqual(['ask', LIMITS.statementsOfCommandMax]);
  });

  test('keeps what was read of each statement', async () => {
    const read = (text: string): Promise<StatementReading> =>
      Promise.resolve({
        ...{ read: true, gaveUp: false },
        readings: [{ dialect: 'postgresql', relations: [text.slice(-1)], fingerprint: `f${text.slice(-1)}` }],
      });
    const judgement = judgeCommand(`psql -c 'TABLE a' -c 'TABLE b'`, GUARDED);
    const { statements } = await refineCommand(judgement, { policy: GUARDED, read });
    expect(statements).toMatchObject([
      { text: 'TABLE a', relations: ['a'], fingerprint: 'fa' },
      { text: 'TABLE b', relations: ['b'], fingerprint: 'fb' },
    ]);
  });

  test.each([
    ['a command without SQL', 'ls -l', GUARDED],
    ['a target that is only recorded', `psql -c 'TABLE shop.members'`, RECORDED],
    ['a target where nothing is protected', `psql -c 'TABLE shop.members'`, NOTHING_PROTECTED],
  ])('asks no parser about %s', async (_of, text, policy) => {
    const judgement = judgeCommand(text, policy);
    expect(await refineCommand(judgement, { policy, read: never })).toBe(judgement);
  });
});
