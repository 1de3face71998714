/** `ssh -J bastion account@target` with the real client: answered by the gateway, in the target's name. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runToEnd, type SshResult, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, events, lastSession, newest } from './support/house.ts';
import { enrolledKey, newKey } from './support/keys.ts';

interface Hops {
  /** Of the bastion; the person's enrolled one unless given. */
  readonly key?: string;
  /** Of the target; the same one unless given. */
  readonly innerKey?: string;
  readonly outerName?: string;
  readonly extra?: readonly string[];
  readonly outerExtra?: string;
}

describeWith(['ssh', 'ssh-keygen'], 'a jump through the bastion', () => {
  let gateway: TestGateway;
  let count = 0;
  beforeAll(async () => {
    gateway = await TestGateway.start();
    // The one line, and nothing else: the bastion and every target are known by it.
    await writeFile(join(gateway.directory, 'authority_hosts'), `${gateway.running.ssh.hostAuthorityLine}\n`);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
  });

  /** Arguments of ssh whose `-J` goes to the gateway; an own configuration, because the outer hop reads no `-o`. */
  const arguments_ = async (login: string, hops: Hops = {}): Promise<string[]> => {
    const key = hops.key ?? (await gateway.key(login));
    count += 1;
    const path = join(gateway.directory, `ssh_config_${count}`);
    const common = `
  IdentitiesOnly yes
  IdentityAgent none
  StrictHostKeyChecking yes
  UserKnownHostsFile ${join(gateway.directory, 'authority_hosts')}
  GlobalKnownHostsFile /dev/null
  BatchMode yes`;
    await writeFile(
      path,
      `Host bastion
  HostName 127.0.0.1
  Port ${gateway.sshPort}
  User ${hops.outerName ?? 'bastion'}
  IdentityFile ${key}
  ${hops.outerExtra ?? ''}
${common}
Host *
  IdentityFile ${hops.innerKey ?? key}
${common}
`,
    );
    return ['-F', path, '-J', 'bastion', ...(hops.extra ?? [])];
  };
  const jump = async (destination: string, command: string, hops: Hops & { login?: string; stdin?: string } = {}) => {
    const args = await arguments_(hops.login ?? 'chen', hops);
    return runToEnd(partner('ssh'), [...args, destination, command], hops.stdin);
  };
  const expectRefused = (result: SshResult, words: string): void => {
    expect(result.status).toBe(255);
    expect(result.stdout).toHaveLength(0);
    expect(result.stderr).toContain(words);
  };

  /** Its event is written when the connection has closed, which the client does not wait for. */
  const refusedFor = (reason: string): Promise<unknown> =>
    waitFor(`a refusal for ${reason}`, async () => {
      const { body } = await newest(gateway.database, 'ssh.sign_in_refused');
      return body['reason'] === reason;
    });

  describe('is refused', () => {
    test('under another account than the own one, with the right one named', async () => {
      const result = await jump('root@crm-db', 'echo in');
      expectRefused(
        result,
        'sekisho: Your account on "crm-db" is "chen". Name it: ssh -J ... chen@crm-db [wrong_account]',
      );
      expect((await newest(gateway.database, 'ssh.sign_in_refused')).body).toMatchObject({
        reason: 'wrong_account',
        loginName: 'root@crm-db',
      });
    });

    test("with another person's key inside, though that key may enter the target by itself", async () => {
      const innerKey = await gateway.key('aoki');
      expectRefused(await jump('chen@crm-db', 'echo in', { innerKey }), 'Permission denied (publickey)');
      await refusedFor('other_person');
    });

    test('with a key that nobody enrolled, and with one that was revoked', async () => {
      const nobodys = await newKey(gateway, 'nobodys');
      expectRefused(await jump('chen@crm-db', 'echo in', { innerKey: nobodys }), 'Permission denied (publickey)');
      await refusedFor('unknown_key');
      const revoked = await enrolledKey(gateway, 'chen', 'revoked');
      await revoked.revoke();
      expectRefused(await jump('chen@crm-db', 'echo in', { innerKey: revoked.path }), 'Permission denied (publickey)');
      await refusedFor('revoked_key');
    });

    test('to a target that is not open to the person, as to one that is none', async () => {
      expectRefused(await jump('chen@no-such-db', 'echo in'), 'There is no target "no-such-db" open to you.');
      expect((await newest(gateway.database, 'channel.refused')).body).toMatchObject({
        kind: 'jump',
        detail: 'no-such-db:22',
      });
    });

    test.each([
      ['another port', ['-p', '8022'], 'crm-db', 'at port 22; 8022 is not open'],
      ['an address', [], '192.0.2.1', 'Port forwarding (-L, -D, -W) is not open here'],
      ['a host name that is no target', [], 'db.example.com', 'Port forwarding (-L, -D, -W) is not open here'],
    ])('to %s', async (_what, extra, host, words) => {
      expectRefused(await jump(`chen@${host}`, 'echo in', { extra }), words);
    });

    test('inside a jump', async () => {
      const args = await arguments_('chen');
      const result = await runToEnd(partner('ssh'), [
        ...args.slice(0, 2),
        ...['-J', 'bastion,chen@crm-db', 'chen@crm-db.sekisho', 'echo in'],
      ]);
      expectRefused(result, 'A jump inside a jump is not open here');
    });

    test('when the person may not enter, with the reason', async () => {
      await asOwner(
        gateway,
        "UPDATE grants SET expires_at = now() - interval '1 second' WHERE person_id = (SELECT person_id FROM identities WHERE subject = 'chen')",
      );
      try {
        expectRefused(await jump('chen@crm-db', 'echo in'), 'Your access to "crm-db" has ended');
      } finally {
        await asOwner(
          gateway,
          "UPDATE grants SET expires_at = now() + interval '9 days' WHERE person_id = (SELECT person_id FROM identities WHERE subject = 'chen')",
        );
      }
    });

    test('and what it carries is judged: an export through it does not run', async () => {
      const result = await jump('chen@crm-db', 'mysqldump crm customers');
      expect(result.status).toBe(126);
      expect(result.stderr).toContain('[ticket_required]');
    });
  });

  test('runs a command, knows the host by the one line, says nothing of its own, and is a recorded session', async () => {
    const result = await jump('chen@crm-db', 'cat; echo out; echo err >&2; exit 7', { stdin: 'in\n' });
    expect(result).toEqual({ status: 7, stdout: Buffer.from('in\nout\n'), stderr: 'err\n' });
    expect(await lastSession(gateway, 'chen')).toMatchObject({ status: 7, isSealed: true, reason: 'closed' });
    const jumped = await newest(gateway.database, 'ssh.jumped');
    expect(jumped.body).toMatchObject({ loginName: 'crm-db', account: 'chen' });
    const opened = await newest(gateway.database, 'session.opened');
    expect(opened.body['connection']).toBe(jumped.body['connection']);
    const outer = (await events(gateway.database, 'ssh.signed_in'))[0];
    expect(jumped.body['outer']).toBe(outer?.body['connection']);
  });

  test.each(['crm-db.sekisho', 'CRM-DB'])('reaches it as %s', async (host) => {
    const result = await jump(`chen@${host}`, 'echo in');
    expect(result).toEqual({ status: 0, stdout: Buffer.from('in\n'), stderr: '' });
  });

  test('reaches it with its system named', async () => {
    const [system] = await asOwner(
      gateway,
      "SELECT s.name FROM targets t JOIN systems s ON s.id = t.system_id WHERE t.name = 'crm-db'",
    );
    const result = await jump(`chen@crm-db%${String(system?.['name'])}`, 'echo in');
    expect(result).toEqual({ status: 0, stdout: Buffer.from('in\n'), stderr: '' });
  });

  test('serves a terminal', async () => {
    const args = await arguments_('chen', { extra: ['-tt'] });
    await using terminal = new Terminal(partner('ssh'), [...args, 'chen@crm-db'], { columns: 100, rows: 30 });
    await terminal.sees('each line is checked before it runs');
    terminal.type('echo $((40 + 2))\r');
    await terminal.sees('42');
    terminal.type('exit 3\r');
    expect(await terminal.exited).toBe(3);
  });

  test('carries a lot both ways, byte for byte', async () => {
    const bytes = 'x'.repeat(99).concat('\n').repeat(30_000);
    const args = await arguments_('chen');
    const result = await runToEnd(partner('ssh'), [...args, 'chen@crm-db', 'cat'], bytes);
    expect(result.status).toBe(0);
    expect(result.stdout.equals(Buffer.from(bytes))).toBe(true);
  });

  test('shares one connection among sessions, on either hop', async () => {
    const control = join(gateway.directory, 'm%C');
    const args = await arguments_('chen', {
      extra: ['-o', 'ControlMaster=auto', '-o', `ControlPath=${control}`, '-o', 'ControlPersist=60'],
      outerExtra: `ControlMaster auto\n  ControlPath ${control}\n  ControlPersist 60`,
    });
    try {
      const before = (await events(gateway.database, 'ssh.jumped')).length;
      const first = await runToEnd(partner('ssh'), [...args, 'chen@crm-db', 'echo 1']);
      expect(first.stdout.toString()).toBe('1\n');
      const more = await Promise.all(
        ['2', '3', '4'].map((word) => runToEnd(partner('ssh'), [...args, 'chen@crm-db', `echo ${word}`])),
      );
      expect(more.map(({ stdout }) => stdout.toString())).toEqual(['2\n', '3\n', '4\n']);
      expect(await events(gateway.database, 'ssh.jumped')).toHaveLength(before + 1);
    } finally {
      await runToEnd(partner('ssh'), [...args, '-O', 'exit', 'chen@crm-db']);
      await runToEnd(partner('ssh'), [...args.slice(0, 2), '-O', 'exit', 'bastion']);
    }
  });

  test('is known by the plain host key, too, to a client without the line', async () => {
    const plain = join(gateway.directory, 'plain_hosts');
    const [key] = [gateway.running.ssh.hostKeyLine];
    await writeFile(plain, `[127.0.0.1]:${gateway.sshPort} ${key}\ncrm-db ${key}\n`);
    const args = await arguments_('chen', { extra: ['-o', `UserKnownHostsFile=${plain}`] });
    const result = await runToEnd(partner('ssh'), [...args, 'chen@crm-db', 'echo in']);
    expect(result).toEqual({ status: 0, stdout: Buffer.from('in\n'), stderr: '' });
  });
});
