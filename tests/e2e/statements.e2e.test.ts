/** SQL in a command is read by the parsers before it runs, in every session: real ssh, a real sshd, a real database. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWith } from '../support/partners.ts';
import { asOwner, newest } from './support/house.ts';
import { type StatementField, startStatementField } from './support/statement-field.ts';

/** A string where a name must stand: SQLite reads the table, and no scanner of words can tell it from a text. */
const HIDDEN = `sqlite3 shop.db "SELECT * FROM orders, 'members'"`;
const ORDINARY = 'sqlite3 shop.db "SELECT id FROM orders"';
/** Breaks the parser's own memory. */
const BREAKS = `sqlite3 shop.db "SELECT id FROM orders WHERE id=1${' OR id=1'.repeat(1_500)}"`;
const GUARDED = ['exec-only', 'guarded-line', 'guarded-shell', 'guarded-pty'];

describeWith(['ssh', 'ssh-keygen', 'sshd', 'sqlite3', 'root'], 'SQL that a command carries', () => {
  let field: StatementField;
  beforeAll(async () => {
    field = await startStatementField();
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  test.each([
    ['a string that is read as a name', HIDDEN],
    ['a WITH', `sqlite3 shop.db 'WITH m AS (SELECT * FROM "members") SELECT * FROM m'`],
    ['code points', `sqlite3 shop.db 'SELECT * FROM U&"\\006dembers"'`],
    ['a statement that no parser takes', `sqlite3 shop.db "SELECT * FROM orders, 'members'; NOT SQL"`],
    ['a here-document', `sqlite3 shop.db <<'E'\n.mode csv\nSELECT * FROM orders, 'members';\nE`],
    ['a pipe', `echo "SELECT * FROM orders, 'members'" | sqlite3 shop.db`],
    ['a shell', `sh -c "sqlite3 shop.db \\"SELECT * FROM orders, 'members'\\""`],
  ])('is refused by the name of the protected table behind %s', async (_behind, command) => {
    const { status, stdout, stderr } = await field.gateway.ssh('chen', command, { loginName: 'exec-only' });
    expect([status, stdout.toString()]).toEqual([126, '']);
    expect(stderr).toContain('shop.members');
  });

  test.each(GUARDED.slice(1))('is refused in a session in mode %s, and ordinary SQL runs there', async (mode) => {
    await using terminal = await field.open(mode);
    await terminal.sees('$ ');
    terminal.type(`${HIDDEN}\r`);
    await terminal.sees('[ticket_required]');
    await terminal.sees('$ ');
    terminal.type(`${ORDINARY}\r`);
    await terminal.sees('4711');
    expect(terminal.output).not.toContain('Sato Hanako');
  });

  test('is kept with the refused act, and its ticket tells the tables and the fingerprint', async () => {
    await field.gateway.ssh('chen', HIDDEN, { loginName: 'exec-only' });
    const { body } = await newest(field.gateway.database, 'act.refused');
    const chen = await field.gateway.person('chen');
    const { json } = await chen.get(`/api/refused-acts/${String(body['refusedAct'])}`);
    expect(json).toMatchObject({
      refusedAct: {
        judgement: {
          verdict: 'needs_ticket',
          objects: ['shop.members'],
          statements: [
            { text: `SELECT * FROM orders, 'members'`, relations: ['orders', 'members'], fingerprint: null },
          ],
        },
      },
    });
  });

  test('runs when it is ordinary', async () => {
    for (const mode of GUARDED) {
      const { status, stdout } = await field.gateway.ssh('chen', ORDINARY, { loginName: mode });
      expect([mode, status, stdout.toString()]).toEqual([mode, 0, '4711\n']);
    }
  });

  test('is not read on a target that is only recorded', async () => {
    const { stdout } = await field.gateway.ssh('chen', HIDDEN, { loginName: 'recorded' });
    expect(stdout.toString()).toBe('4711|Sato Hanako\n');
  });

  describe('that breaks the parsers', () => {
    test('is asked about, and what comes next is read again', async () => {
      const refused = await field.gateway.ssh('chen', BREAKS, { loginName: 'exec-only' });
      expect([refused.status, refused.stdout.toString()]).toEqual([126, '']);
      expect(refused.stderr).toContain('sql.unread');
      const [row] = await asOwner(
        field.gateway,
        `SELECT judgement ->> 'verdict' AS verdict FROM refused_acts ORDER BY refused_at DESC LIMIT 1`,
      );
      expect(row).toEqual({ verdict: 'ask' });
      const hidden = await field.gateway.ssh('chen', HIDDEN, { loginName: 'exec-only' });
      expect([hidden.status, hidden.stdout.toString()]).toEqual([126, '']);
      const ordinary = await field.gateway.ssh('chen', ORDINARY, { loginName: 'exec-only' });
      expect([ordinary.status, ordinary.stdout.toString()]).toEqual([0, '4711\n']);
    });
  });
});
