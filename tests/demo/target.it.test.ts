import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { waitFor } from '../support/wait-for.ts';
import { otherAuthority, run, type TargetUnderTest, targetUnderTest } from './support.ts';

let under: TargetUnderTest;

beforeAll(async () => {
  under = await targetUnderTest();
});
afterAll(async () => {
  await under[Symbol.asyncDispose]();
});

describe('who is let in', () => {
  const refused = async (account = 'aoki'): Promise<void> => {
    const { code, stdout, stderr } = await under.ssh(['echo', 'in'], { account });
    expect({ code, stdout }).toEqual({ code: 255, stdout: '' });
    expect(stderr).toContain('Permission denied (publickey)');
  };

  test('a plain key is refused', async () => {
    await under.uncertify();
    await refused();
  });

  test('an expired certificate is refused', async () => {
    await under.certify({ minutesAgo: 10, minutes: 5 });
    await refused();
  });

  test('a certificate that is not valid yet is refused', async () => {
    await under.certify({ minutesAgo: -5 });
    await refused();
  });

  test("another principal's certificate does not open this account", async () => {
    await under.certify({ principal: 'chen' });
    await refused();
  });

  test('an account that does not exist is refused, whatever the certificate says', async () => {
    await under.certify({ principal: 'root' });
    await refused('root');
  });

  test('a certificate of a foreign authority is refused', async () => {
    await under.certify({ authority: await otherAuthority(under.directory) });
    await refused();
  });

  test('a certificate is worth nothing without the private key it is for', async () => {
    await under.certify();
    const other = `${under.directory}/other`;
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const words = under.sshWords(['-o', `CertificateFile=${under.directory}/client-cert.pub`]);
    const result = await run('ssh', [
      ...words.map((word) => (word === `${under.directory}/client` ? other : word)),
      'id',
    ]);
    expect(result).toMatchObject({ code: 255, stdout: '' });
  });

  test('the certificate of the account opens it', async () => {
    await under.certify();
    expect(await under.ssh(['echo', 'in'])).toEqual({ code: 0, stdout: 'in\n', stderr: '' });
  });
});

test('sftp lists and gets the customer directory, and ends when the client does', async () => {
  const { customersDirectory: there } = under.target;
  const to = `${under.directory}/got.tsv`;
  const { code, stdout } = await under.sftp(`ls ${there}\nget ${there}/customers.tsv ${to}`);
  expect(code).toBe(0);
  expect(stdout).toContain('orders.tsv');
  expect((await run('wc', ['-l', to])).stdout).toContain('1200');
});

describe('what is refused after sign-in', () => {
  test('a subsystem other than sftp', async () => {
    const { code, stderr } = await under.ssh(['netconf'], { options: ['-s'] });
    expect(code).not.toBe(0);
    expect(stderr).toContain('subsystem request failed');
  });

  test('by sftp, a file outside the customer directory, and whatever would write', async () => {
    const { customersDirectory: there } = under.target;
    const refusals = ['get /etc/passwd', `get ${there}/../../etc/README.txt`, 'ls /etc', `rm ${there}/orders.tsv`];
    refusals.push(`put ${under.directory}/client.pub ${there}/orders.tsv`, `rename ${there}/orders.tsv ${there}/x`);
    for (const line of refusals) expect([line, (await under.sftp(line)).code]).toEqual([line, 1]);
    expect((await under.ssh(['wc', '-l', `${there}/orders.tsv`])).stdout).toContain('3000');
  });

  test('a local forwarding', async () => {
    const { code, stderr } = await under.ssh([], { options: ['-W', '127.0.0.1:1'] });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/open failed|forwarding failed/);
  });

  test('a remote forwarding', async () => {
    const { code, stderr } = await under.ssh(['true'], {
      options: ['-R', '0:127.0.0.1:1', '-o', 'ExitOnForwardFailure=yes'],
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain('forwarding failed');
  });

  test('compression', async () => {
    const { stderr } = await under.ssh(['true'], { options: ['-o', 'Compression=yes', '-vv'] });
    expect(stderr).toMatch(/compression: none/);
    expect(stderr).not.toMatch(/compression: zlib/);
  });

  test('variables that would run something', async () => {
    const { stdout } = await run('env', [
      'BASH_ENV=/etc/passwd',
      'LD_PRELOAD_X=1',
      'LC_X=1',
      'ssh',
      ...under.sshWords(['-o', 'SendEnv=BASH_ENV LD_PRELOAD_X LC_X']),
      'env',
    ]);
    expect(stdout).not.toMatch(/BASH_ENV|LD_PRELOAD|LC_X/);
  });
});

describe('a command', () => {
  test('gives its exit status', async () => {
    expect(await under.ssh(['echo ok; exit 3'])).toEqual({ code: 3, stdout: 'ok\n', stderr: '' });
  });

  test('keeps stderr apart', async () => {
    expect(await under.ssh(['echo out; echo err >&2'])).toEqual({ code: 0, stdout: 'out\n', stderr: 'err\n' });
  });

  test('sees the end of its input', async () => {
    expect(await under.ssh(['cat; echo end'])).toEqual({ code: 0, stdout: 'end\n', stderr: '' });
  });

  test('reads a megabyte and gives it back unchanged', async () => {
    const input = randomBytes(512 * 1024).toString('hex');
    const { stdout } = await under.ssh(['cat'], { input });
    expect(stdout === input).toBe(true);
  });

  test('need not read its input', async () => {
    expect(await under.ssh(['head -c 1; exec true'], { input: Buffer.alloc(4 * 1024 * 1024, 'x') })).toMatchObject({
      code: 0,
      stdout: 'x',
    });
  });

  test('writes much to both streams without losing or doubling a byte', async () => {
    const { stdout, stderr } = await under.ssh(['seq 1 200000 & seq 200000 -1 1 >&2; wait']);
    expect(createHash('sha256').update(stdout).digest('hex')).toBe(digestOfNumbers(1, 200_000));
    expect(stderr.length).toBe(stdout.length);
  });

  test('handles Japanese text', async () => {
    expect((await under.ssh(["printf '%s\\n' 顧客管理"])).stdout).toBe('顧客管理\n');
  });

  test('is ended by a signal, and the client is told so', async () => {
    const { code } = await under.ssh(['kill -TERM $$']);
    expect(code).toBe(255); // OpenSSH's status for a command that a signal ended.
  });

  test('runs in a small environment of its own', async () => {
    const { stdout } = await under.ssh(['env']);
    const names = [...stdout.matchAll(/^(\w+)=/gm)].map(([, name]) => name);
    const bashs = ['PWD', 'OLDPWD', 'SHLVL', '_'];
    expect(names.filter((name) => !bashs.includes(name ?? '')).toSorted()).toEqual([
      'HOME',
      'LANG',
      'LOGNAME',
      'PATH',
      'SHELL',
      'USER',
    ]);
    expect(stdout).toContain('USER=aoki\n');
    expect(stdout).toContain('LANG=C.UTF-8\n');
  });

  test.each([
    ['runs', (mark: string) => `trap '' HUP; sleep ${mark}; sleep ${mark}`],
    ['left in the background', (mark: string) => `sleep ${mark} &`],
  ])('loses what it %s when the client goes away', async (_what, commandOf) => {
    const mark = `9${randomBytes(3).readUIntBE(0, 3)}`;
    const client = spawn('ssh', [...under.sshWords([]), commandOf(mark)], { stdio: 'ignore' });
    const asleep = async (): Promise<boolean> => (await run('pgrep', ['-f', `^sleep ${mark}`])).code === 0;
    await waitFor('the command to run', asleep);
    client.kill('SIGKILL');
    await waitFor('its processes to end', async () => !(await asleep()));
  });
});

describe('an account', () => {
  const isRoot = process.getuid?.() === 0;
  const own = 65_521;

  test('has, when the gateway is root, a user id of its own and no group of root', async () => {
    expect((await under.ssh(['id -u; id -G'])).stdout).toEqual(
      isRoot ? `${own}\n${own}\n` : expect.stringMatching(/^\d+\n/),
    );
  });

  test('may write in its home and, when the gateway is root, nowhere else of the target', async () => {
    const data = under.target.customersDirectory;
    const { stdout } = await under.ssh([
      `touch ~/x && echo home; [[ -w ${data}/customers.tsv ]] && echo data; rm -f ~/x`,
    ]);
    expect(stdout).toBe(isRoot ? 'home\n' : 'home\ndata\n');
  });
});

function digestOfNumbers(from: number, to: number): string {
  const hash = createHash('sha256');
  for (let at = from; at <= to; at++) hash.update(`${at}\n`);
  return hash.digest('hex');
}
