/** The comparison of asked and done, over all facts there can be. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reconcile } from '../../approvals/reconciliation/compare.ts';
import type { AskedFacts, DoneFacts, SessionDone, UseDone } from '../../approvals/reconciliation/model.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-04-01T09:00:00.000Z');
const at = (minutes: number): Date => new Date(START + minutes * MINUTE);
const DIGEST = 'a'.repeat(64);

const EXPORT: AskedFacts = {
  ...{ kind: 'export', targets: ['crm-db%crm'], notBefore: at(0), notAfter: at(60), reportHours: null },
  export: {
    ...{ actDigest: DIGEST, scope: 'act', usesMax: 1, rowsMax: 100, rowsExpected: null, bytesMax: 1_000 },
    destination: 'workstation',
  },
};
const WORK: AskedFacts = { ...EXPORT, kind: 'access', export: null };
const SESSION: SessionDone = {
  ...{ id: 's1', target: 'crm-db%crm', kind: 'exec', command: 'uptime', openedAt: at(1), closedAt: at(2), leaf: 7 },
};
const USE: UseDone = {
  ...{ session: 's1', redeemedAt: at(1), finishedAt: at(2), outcome: 'completed', rows: 10, bytes: 100, exitStatus: 0 },
  ...{ customers: 9, event: 12, actDigest: DIGEST, parcel: null },
};
const done = (more: Partial<DoneFacts> = {}): DoneFacts => ({
  ...{ sessions: [SESSION], uses: [USE], files: [], refusals: [], reports: 0, ...more },
});
const deviations = (asked: AskedFacts, facts: DoneFacts): readonly string[] =>
  reconcile(asked, facts).lines.flatMap(({ what, verdict }) => (verdict === 'match' ? [] : [`${what} ${verdict}`]));

describe('asked and done', () => {
  test.each<[string, Partial<UseDone>, string]>([
    ['another act', { actDigest: 'b'.repeat(64) }, 'statements deviation'],
    ['one row too many', { rows: 101 }, 'rows deviation'],
    ['one byte too many', { bytes: 1_001 }, 'bytes deviation'],
    ['more customers than rows', { customers: 101 }, 'customers deviation'],
    ['customers nobody counted', { customers: null }, 'customers unexplained'],
    ['another destination', { parcel: { outcome: 'sealed', files: 1 } }, 'destination deviation'],
    ['a use before its time', { redeemedAt: at(-1) }, 'time deviation'],
    ['an end long after its time', { finishedAt: at(62) }, 'time deviation'],
    ['a limit that stopped it', { outcome: 'limit_exceeded' }, 'outcome deviation'],
    ['an end nobody saw', { outcome: 'interrupted', exitStatus: null }, 'outcome unexplained'],
  ])('names %s', (_what, more, line) => {
    expect(deviations(EXPORT, done({ uses: [{ ...USE, ...more }] }))).toEqual([line]);
  });

  test('names a target nobody asked for, a second use, a refused try and a download during work', () => {
    const elsewhere = { ...SESSION, target: 'hr-db%hr' };
    expect(deviations(WORK, done({ sessions: [elsewhere], uses: [] }))).toEqual(['targets deviation']);
    expect(deviations(EXPORT, done({ uses: [USE, USE] }))).toEqual(['statements deviation']);
    const refusals = [{ session: 's1', event: 3, type: 'act.refused' }];
    expect(deviations(WORK, done({ uses: [], refusals }))).toEqual(['refusals unexplained']);
    const files = [{ session: 's1', event: 4, direction: 'download' as const, bytes: 5 }];
    expect(deviations(WORK, done({ uses: [], files }))).toEqual(['files unexplained']);
  });

  test('finds nothing where everything is as it was asked', () => {
    expect(deviations(EXPORT, done())).toEqual([]);
    expect(deviations(WORK, done({ uses: [] }))).toEqual([]);
    expect(reconcile(EXPORT, done()).verdict).toBe('match');
  });

  test('is a deviation exactly when more left than was approved, and puts deviations first', () => {
    const amounts = fc.array(fc.record({ rows: fc.nat(60), bytes: fc.nat(600) }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(amounts, (list) => {
        const asked = { ...EXPORT, export: { ...EXPORT.export!, usesMax: 3 } };
        const report = reconcile(asked, done({ uses: list.map((amount) => ({ ...USE, ...amount })) }));
        const rows = list.reduce((sum, amount) => sum + amount.rows, 0);
        const bytes = list.reduce((sum, amount) => sum + amount.bytes, 0);
        expect(report.verdict === 'deviation').toBe(rows > 100 || bytes > 1_000);
        const order = report.lines.map(({ verdict }) => ['deviation', 'unexplained', 'match'].indexOf(verdict));
        expect(order).toEqual(order.toSorted((left, right) => left - right));
        expect(
          report.lines.every(({ evidence, what }) => what === 'files' || what === 'refusals' || evidence.length > 0),
        ).toBe(true);
      }),
    );
  });
});
