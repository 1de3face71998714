/** `sekisho authority`: what targets and clients are told to trust, from the key files alone. */
import { chmod, link, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { announceKey, forgetKey, loadCertificateAuthority, rotationOf, switchKey } from '../../identity/index.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { describeWith, partner } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { ROOT } from '../support/paths.ts';

const REGISTER = join(ROOT, 'tests', 'support', 'typescript', 'register.mjs');
const CLI = join(ROOT, 'tests', 'main', 'doctor-child.ts');

async function authority(...args: string[]) {
  const ended = await runToEnd(process.execPath, ['--import', REGISTER, CLI, 'authority', ...args]);
  return { ...ended, lines: ended.stdout.toString().trimEnd().split('\n') };
}

async function withKeys(root: string) {
  await mkdir(join(root, 'keys'), { mode: 0o700 });
  const load = (name: string) => loadCertificateAuthority(join(root, 'keys', `${name}_ca_ed25519.pem`));
  return { user: await load('user'), host: await load('host'), login: await load('login') };
}

describe('sekisho authority', () => {
  test('refuses a directory no gateway has begun in, and makes no key there', async () => {
    await using directory = await tempDirectory();
    const { status, stderr, stdout } = await authority('--data', directory.path);
    expect({ status, stdout: stdout.toString() }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/user_ca_ed25519\.pem yet.*\[not_found\]/);
    expect(await readdir(directory.path)).toEqual([]);
  });

  test('refuses an authority there is none of, and two at once', async () => {
    await using directory = await tempDirectory();
    await withKeys(directory.path);
    for (const names of [['root'], ['user', 'host']]) {
      const { status, stderr } = await authority(...names, '--data', directory.path);
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringContaining('[request_invalid]') as unknown,
      });
    }
  });

  test('refuses a key that others may read, and one that is none', async () => {
    await using directory = await tempDirectory();
    await withKeys(directory.path);
    await chmod(join(directory.path, 'keys', 'user_ca_ed25519.pem'), 0o644);
    await writeFile(join(directory.path, 'keys', 'host_ca_ed25519.pem'), 'not a key');
    for (const name of ['user', 'host']) {
      const { status, stderr } = await authority(name, '--data', directory.path);
      expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('[start_refused]') as unknown });
    }
  });

  test('prints each line below where it belongs', async () => {
    await using directory = await tempDirectory();
    const { user, host, login } = await withKeys(directory.path);
    const { status, lines } = await authority('--data', directory.path);
    expect(status).toBe(0);
    expect(lines.filter((line) => !line.startsWith('# '))).toEqual([
      `${user.publicKeyLine} sekisho`,
      `@cert-authority * ${host.publicKeyLine}`,
      `${login.publicKeyLine} sekisho login`,
    ]);
    expect(lines).toHaveLength(6);
  });
});

describe('the exchange of an authority’s key', () => {
  const rotate = (root: string, ...words: string[]) => authority('rotate', ...words, '--data', root);

  test('is refused for the host authority, for no step, for steps out of order, and where there is no key', async () => {
    await using empty = await tempDirectory();
    expect((await rotate(empty.path, 'user', 'announce')).stderr).toContain('[not_found]');
    await using directory = await tempDirectory();
    await withKeys(directory.path);
    for (const words of [['host', 'announce'], ['user']]) {
      expect((await rotate(directory.path, ...words)).stderr).toContain('[request_invalid]');
    }
    const path = join(directory.path, 'keys', 'user_ca_ed25519.pem');
    const refused = { code: 'transition_forbidden' };
    for (const step of [switchKey, forgetKey]) await expect(step(path)).rejects.toMatchObject(refused);
    await announceKey(path);
    for (const step of [announceKey, forgetKey]) await expect(step(path)).rejects.toMatchObject(refused);
  });

  test('trusts the next key before it signs, and the former one until it is forgotten', async () => {
    await using directory = await tempDirectory();
    const { user } = await withKeys(directory.path);
    const former = `${user.publicKeyLine} sekisho`;
    const announced = await rotate(directory.path, 'user', 'announce');
    const [first, next = '', ...none] = announced.lines;
    expect([first, none, next === former]).toEqual([former, [], false]);
    const load = () => loadCertificateAuthority(join(directory.path, 'keys', 'user_ca_ed25519.pem'));
    expect((await load()).publicKeyLine).toBe(user.publicKeyLine);
    expect((await rotate(directory.path, 'user', 'switch')).lines).toEqual([next, former]);
    expect(`${(await load()).publicKeyLine} sekisho`).toBe(next);
    expect((await load()).trustedLines).toHaveLength(2);
    expect((await rotate(directory.path, 'user', 'forget')).lines).toEqual([next]);
    expect(await rotationOf(join(directory.path, 'keys', 'user_ca_ed25519.pem'))).toBe('none');
  });

  test('goes on where it broke off, between the second name of the former key and the switch', async () => {
    await using directory = await tempDirectory();
    await withKeys(directory.path);
    const path = join(directory.path, 'keys', 'user_ca_ed25519.pem');
    await announceKey(path);
    await link(path, `${path}.former`);
    const next = (await loadCertificateAuthority(path)).trustedLines[1];
    await switchKey(path);
    const { trustedLines } = await loadCertificateAuthority(path);
    expect([trustedLines[0], trustedLines.length]).toEqual([next, 2]);
  });
});

describeWith(['ssh-keygen'], 'sekisho authority', () => {
  test('user prints one line that OpenSSH reads, fit to be sent into the file of TrustedUserCAKeys', async () => {
    await using directory = await tempDirectory();
    await withKeys(directory.path);
    const { lines } = await authority('user', '--data', directory.path);
    expect(lines).toHaveLength(1);
    const file = join(directory.path, 'sekisho_user_ca.pub');
    await writeFile(file, `${lines[0] ?? ''}\n`);
    const read = await runToEnd(partner('ssh-keygen'), ['-l', '-f', file]);
    expect(read.stdout.toString()).toMatch(/^256 SHA256:\S+ sekisho \(ED25519\)$/m);
  });
});
