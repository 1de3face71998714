import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '../support/partners.ts';
import { Terminal } from '../support/terminal.ts';
import { partner } from '../support/partners.ts';
import { EXEC, type GateField, startGateField } from './support/gate-field.ts';
import { lastSession, newest } from './support/house.ts';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a target that takes single commands only', () => {
  let field: GateField;
  beforeAll(async () => {
    field = await startGateField();
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  test('an interactive session is refused, with what to do instead, and leaves an event', async () => {
    const args = await field.gateway.sshArguments('chen', EXEC);
    await using terminal = new Terminal(partner('ssh'), [...args, '-tt', '127.0.0.1'], { columns: 120, rows: 30 });
    expect(await terminal.exited).toBe(126);
    expect(terminal.output).toContain('takes single commands only');
    expect(terminal.output).toMatch(new RegExp(`ssh -p \\d+ ${EXEC}@127\\.0\\.0\\.1`));
    expect(terminal.output).toContain('[shell_refused]');
    const event = await newest(field.gateway.database, 'channel.refused');
    expect(event.body).toMatchObject({ kind: 'shell', detail: 'exec-only' });
    expect(await lastSession(field.gateway, 'chen')).toMatchObject({ reason: 'gate_refused', isSealed: true });
  });

  test('a script on standard input is a shell, and is refused as one: nothing of it runs', async () => {
    const { status, stdout, stderr } = await field.gateway.ssh('chen', [], {
      loginName: EXEC,
      extra: ['-T'],
      stdin: 'echo ran > "$HOME/ran"\n',
    });
    expect(status).toBe(126);
    expect(stdout.toString()).toBe('');
    expect(stderr).toContain('[shell_refused]');
    expect((await field.onTarget('test -e "$HOME/ran"; echo $?')).stdout.toString().trim()).toBe('1');
  });

  test.each(['bash', 'exec bash -i', 'sh -s', 'sudo -i', 'script -q /dev/null', 'env bash'])(
    'a shell asked for as a command is no way round: %s',
    async (command) => {
      const { status, stderr } = await field.gateway.ssh('chen', command, { loginName: EXEC, stdin: 'echo ran\n' });
      expect(status).toBe(126);
      expect(stderr).toMatch(/\[(act_refused|ticket_required|shell_refused)\]/);
    },
  );

  test('one command is judged and runs', async () => {
    const { status, stdout } = await field.gateway.ssh('chen', 'for i in 1 2; do echo "n $i"; done', {
      loginName: EXEC,
    });
    expect(stdout.toString()).toBe('n 1\nn 2\n');
    expect(status).toBe(0);
    const refused = await field.gateway.ssh('chen', `cat ${field.home}/vault/a`, { loginName: EXEC });
    expect(refused.status).toBe(126);
  });
});
