import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listAuditEvents } from '../../recorder/index.ts';
import { TestGateway, runToEnd } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';

describeWith(['ssh', 'ssh-keygen'], 'channels of the real ssh client', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  const refusals = async (kind: string): Promise<unknown[]> => {
    const events = await listAuditEvents(gateway.database, { types: ['channel.refused'], limit: 50 });
    return events.filter(({ body }) => body['kind'] === kind);
  };

  test('a command runs, and its exit status comes back', async () => {
    const result = await gateway.ssh('aoki', 'echo ok; exit 3');
    expect(result.stdout.toString()).toBe('ok\n');
    expect(result.stderr).toBe('');
    expect(result.status).toBe(3);
  });

  test('standard error stays apart from standard output', async () => {
    const result = await gateway.ssh('aoki', 'echo out; echo err >&2');
    expect(result.stdout.toString()).toBe('out\n');
    expect(result.stderr).toBe('err\n');
  });

  test('standard input arrives byte for byte and its end is told', async () => {
    // Text: of bytes that nobody can read a guarded target shows little.
    const bytes = Buffer.from(
      Array.from({ length: 9_000 }, (_, at) => `${at % 7} 行、a line\ttabbed${at % 3 ? '\n' : '\r\n'}`).join(''),
    );
    const result = await gateway.ssh('aoki', 'cat', { stdin: bytes });
    expect(result.stdout.equals(bytes)).toBe(true);
    expect(result.status).toBe(0);
  });

  test('a program ended by a signal is reported as such', async () => {
    const result = await gateway.ssh('aoki', 'kill -TERM $$');
    expect(result.status).not.toBe(0);
  });

  test.each([[], ['-O']])(
    'files without a grant for them are refused with a line and an event (scp %s)',
    async (...flags) => {
      const args = (await gateway.sshArguments('chen')).map((arg) => (arg === '-p' ? '-P' : arg));
      const result = await runToEnd('scp', [...flags, ...args, '/etc/hostname', '127.0.0.1:copy']);
      expect(result.status).not.toBe(0);
      expect(result.stderr).toContain('[access_action_not_granted]');
      const [event] = await listAuditEvents(gateway.database, { types: ['access.refused'], limit: 1 });
      expect(event?.body).toMatchObject({ loginName: 'crm-db', reason: 'action_not_granted' });
    },
  );

  test('a file that the server does not take is told by scp, as without a gateway', async () => {
    const args = (await gateway.sshArguments('aoki')).map((arg) => (arg === '-p' ? '-P' : arg));
    const result = await runToEnd('scp', [...args, '/etc/hostname', '127.0.0.1:copy']);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('Permission denied');
  });

  test('another subsystem is refused with a line and an event', async () => {
    const result = await gateway.ssh('aoki', 'netconf', { extra: ['-s'] });
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('[channel_refused]');
    expect(await refusals('subsystem')).not.toHaveLength(0);
  });

  test('a file protocol inside another command is refused with a line and an event', async () => {
    const result = await gateway.ssh('aoki', 'cd /tmp && scp -f x');
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain('[channel_refused]');
    expect(await refusals('file_transfer')).not.toHaveLength(0);
  });

  test('local forwarding is refused with a reason that ssh prints, and an event', async () => {
    const result = await gateway.ssh('aoki', [], { extra: ['-o', 'LogLevel=INFO', '-W', '192.0.2.1:22'] });
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain(
      'Port forwarding (-L, -D, -W) is not open here; -J reaches a target by its name. [channel_refused]',
    );
    expect(await refusals('direct-tcpip')).not.toHaveLength(0);
  });

  test('remote forwarding is refused with a line and an event; the command still runs', async () => {
    const result = await gateway.ssh('aoki', 'echo ran', { extra: ['-R', '0:127.0.0.1:22'] });
    expect(result.stdout.toString()).toBe('ran\n');
    expect(result.stderr).toContain('[channel_refused]');
    expect(await refusals('tcpip-forward')).not.toHaveLength(0);
  });

  test('X11 forwarding is refused with a line and an event', async () => {
    const result = await runToEnd('env', [
      'DISPLAY=127.0.0.1:9',
      partner('ssh'),
      ...(await gateway.sshArguments('aoki')),
      '-Y',
      '127.0.0.1',
      'echo ran',
    ]);
    expect(result.stdout.toString()).toBe('ran\n');
    expect(result.stderr).toContain('[channel_refused]');
    expect(await refusals('x11')).not.toHaveLength(0);
  });
});
