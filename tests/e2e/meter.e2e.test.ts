import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '../support/partners.ts';
import { METERED, type MeterField, startMeterField } from './support/meter-field.ts';

const BUDGET = 100;

describeWith(['ssh', 'sshd'], 'the meter on a real server', () => {
  let field: MeterField;
  beforeAll(async () => {
    const none = { day: null, days30: null, days90: null, days365: null, lifetime: null };
    field = await startMeterField({ risk: { persons: { command: BUDGET, session: BUDGET, ...none }, softRatio: 1 } });
  }, 60_000);
  afterAll(() => field[Symbol.asyncDispose]());

  test('a file of six hundred persons is cut before the hundred and first, and the program ended', async () => {
    const { status, stdout, stderr } = await field.ssh(`cat ${field.there}/customers.csv`);
    const lines = stdout
      .toString()
      .split('\n')
      .filter((line) => line !== '');
    console.log(lines.length, status, stderr);
    expect(lines).toHaveLength(BUDGET);
    expect(status).toBe(126);
    expect(stderr).toContain('[budget_exceeded]');
    expect(stderr).toMatch(/tickets\/new\?act=/);
    void METERED;
  });
});
