/** What was copied out of its protected place is protected where it lies, on every road, from before it lies there. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith, partner } from '../support/partners.ts';
import { Terminal } from '../support/terminal.ts';
import { type FilesField, GUARDED, OPEN, startFilesField } from './support/files-field.ts';
import { newest } from './support/house.ts';
import { approved } from './support/tickets.ts';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'sftp', 'root'], 'a copy of something protected', () => {
  let field: FilesField;
  beforeAll(async () => {
    field = await startFilesField();
    await field.onTarget("mkdir vault data && printf '顧客\\n' > vault/people.csv");
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  test('is refused to a session that was open before, to another command, to sftp and to scp', async () => {
    const args = await field.gateway.sshArguments('chen', GUARDED);
    await using terminal = new Terminal(partner('ssh'), [...args, '-tt', '127.0.0.1'], { columns: 100, rows: 30 });
    await terminal.sees('~$ ');
    const copy = `${field.home}/data/copy.csv`;
    const command = `cp ${field.home}/vault/people.csv ${copy}`;
    const plain = await field.gateway.ssh('chen', `cat ${copy}`, { loginName: GUARDED });
    expect(plain.stderr).not.toContain('[ticket_required]');
    await approved(field.gateway, 'chen', command, { loginName: GUARDED });
    const copied = await field.gateway.ssh('chen', command, { loginName: GUARDED });
    expect([copied.status, copied.stderr]).toEqual([0, expect.stringContaining('[ticket_used]')]);
    expect((await newest(field.gateway.database, 'copies.protected')).body).toMatchObject({
      copies: [{ asset: `${field.home}/vault`, copy }],
    });

    terminal.type(`cat ${copy}\r`);
    await terminal.sees('[ticket_required]');
    const read = await field.gateway.ssh('chen', `cat ${copy}`, { loginName: GUARDED });
    expect([read.status, read.stdout.length, read.stderr]).toEqual([
      126,
      0,
      expect.stringContaining('[ticket_required]'),
    ]);
    const got = await field.sftp(GUARDED, [`-get data/copy.csv ${field.here}/copy`]);
    expect(got.stderr).toContain('[ticket_required]');
    const moved = await field.sftp(GUARDED, ['-rename data/copy.csv data/other.csv']);
    expect(moved.stderr).toContain('[act_refused]');
    const carried = await field.scp(GUARDED, ['-O', `target:data/copy.csv`, `${field.here}/copy`]);
    expect(carried.stderr).toContain('[ticket_required]');
    expect(terminal.output).not.toContain('顧客');
  });

  test('is none on a target whose own assets were not copied', async () => {
    const got = await field.sftp(OPEN, [`get data/copy.csv ${field.here}/open`]);
    expect(got.status).toBe(0);
  });
});
