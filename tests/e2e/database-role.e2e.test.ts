/** What the gateway's own database role may not do, asked with the real psql. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runToEnd, type SshResult, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { approved, ended } from './support/tickets.ts';

const EVIDENCE = ['audit_events', 'approvals', 'recordings', 'refused_acts', 'redemptions', 'redemption_results'];

describeWith(['psql', 'ssh', 'ssh-keygen'], 'psql as the role of the gateway', () => {
  let gateway: TestGateway;
  const psql = (statement: string): Promise<SshResult> =>
    runToEnd(partner('psql'), [
      '-X',
      '-A',
      '-t',
      '-v',
      'ON_ERROR_STOP=1',
      '-d',
      gateway.db.url.expose(),
      '-c',
      statement,
    ]);
  const count = async (table: string): Promise<number> =>
    Number((await psql(`SELECT count(*) FROM ${table}`)).stdout.toString());

  beforeAll(async () => {
    gateway = await TestGateway.start();
    const command = 'mysqldump crm customers';
    const ticket = await approved(gateway, 'chen', command);
    await gateway.ssh('chen', command);
    await ended(gateway, ticket);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  test.each(EVIDENCE)('reads %s, and can neither update, delete, truncate nor drop it', async (table) => {
    const before = await count(table);
    expect(before).toBeGreaterThan(0);
    const [column] = (
      await psql(`SELECT column_name FROM information_schema.columns WHERE table_name = '${table}'`)
    ).stdout
      .toString()
      .split('\n');
    for (const statement of [
      `UPDATE ${table} SET ${column} = ${column}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      const { status, stderr } = await psql(statement);
      expect({ statement, status }).toEqual({ statement, status: 1 });
      expect(stderr).toContain('permission denied');
    }
    for (const statement of [
      `DROP TABLE ${table} CASCADE`,
      `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
      `ALTER TABLE ${table} OWNER TO CURRENT_USER`,
      `CREATE OR REPLACE RULE r AS ON INSERT TO ${table} DO INSTEAD NOTHING`,
    ]) {
      const { status, stderr } = await psql(statement);
      expect({ statement, status }).toEqual({ statement, status: 1 });
      expect(stderr).toContain(`must be owner of table ${table}`);
    }
    expect(await count(table)).toBe(before);
  });

  test.each([
    'SET session_replication_role = replica',
    'CREATE TABLE ours (id int)',
    'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    'SET ROLE sekisho_owner',
    "COPY audit_events TO PROGRAM 'cat'",
  ])('may not get round it by: %s', async (statement) => {
    const { status, stderr } = await psql(statement);
    expect({ statement, status }).toEqual({ statement, status: 1 });
    expect(stderr).toMatch(/permission denied|must be (owner|member)/);
  });

  test('cannot change what a ticket was approved for', async () => {
    const { status, stderr } = await psql("UPDATE tickets SET rows_max = 99999999, act_text = 'mysqldump crm'");
    expect(status).toBe(1);
    expect(stderr).toContain("a ticket's act never changes");
  });
});
