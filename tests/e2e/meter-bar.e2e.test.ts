/** What the meter stops of a theft, and that it leaves ordinary work alone. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listAuditEvents } from '../../recorder/index.ts';
import { describeWith } from '../support/partners.ts';
import { encodingsHere, readable } from '../../bench/gate/metered/encodings.ts';
import { type MeterField, startMeterField } from './support/meter-field.ts';
import { ordinaryCommands } from '../../bench/gate/metered/ordinary-commands.ts';

const BUDGET = 100;
const COMMANDS = 1_000;

describeWith(['ssh', 'sshd'], 'the meter', () => {
  let field: MeterField;
  beforeAll(async () => {
    const windows = { day: null, days30: null, days90: null, days365: null, lifetime: null };
    const opaqueBytes = { command: 64 * 1024, session: 256 * 1024, day: 1024 * 1024 };
    const risk = { persons: { command: BUDGET, session: BUDGET, ...windows }, opaqueBytes, softRatio: 1 };
    field = await startMeterField({ risk });
  }, 60_000);
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  test('stops a file of six hundred persons at 1.2 times the budget at most, however it is encoded', async () => {
    const encodings = await encodingsHere(`${field.there}/customers.csv`);
    expect(encodings.length).toBeGreaterThanOrEqual(15);
    const ratios: Record<string, number> = {};
    for (const { name, command, whole } of encodings) {
      const { stdout } = await field.ssh(command);
      ratios[name] = Math.round(readable(name, stdout, whole.length)) / BUDGET;
    }
    const over = Object.entries(ratios).filter(([, ratio]) => ratio > 1.2);
    expect({ over: Object.fromEntries(over) }).toEqual({ over: {} });
    expect(ratios['plain']).toBeGreaterThan(0.95);
  }, 120_000);

  test('freezes nothing in a thousand ordinary commands', async () => {
    const commands = await ordinaryCommands(COMMANDS);
    expect(commands).toHaveLength(COMMANDS);
    const lines = commands.map((command, at) => `{ ${command}; } 2>&1; echo done ${at}`);
    const before = await listAuditEvents(field.gateway.database, { types: ['budget.exceeded'], limit: 100 });
    const { status, stdout, stderr } = await field.ssh('bash', { stdin: `${lines.join('\n')}\n` });
    const last = /done (\d+)\n$/.exec(stdout.toString())?.[1];
    expect({ status, last, stderr }).toEqual({ status: 0, last: String(COMMANDS - 1), stderr: '' });
    const after = await listAuditEvents(field.gateway.database, { types: ['budget.exceeded'], limit: 100 });
    expect(after).toHaveLength(before.length);
  }, 120_000);
});
