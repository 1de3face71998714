/** What `sekisho login` believes of an answer, and what it writes of it. A hostile gateway is one of the readers' risks. */
import { chmod, lstat, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Issued, readAsked, readDecided } from '../../main/login/answer.ts';
import { readOrigin } from '../../main/login/calls.ts';
import { configText, knownHostsText } from '../../main/login/files.ts';
import { addInclude, includeLine } from '../../main/login/include.ts';
import { signWith, usableKey } from '../../main/login/key.ts';
import { FILES, openPlace, readOwn, removeOwn, writeOwn } from '../../main/login/place.ts';
import { verifySshSignature } from '../../identity/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const KEY = `ssh-ed25519 ${'A'.repeat(68)}`;
const CA = `ssh-ed25519 ${'B'.repeat(68)}`;
const issued = {
  state: 'issued',
  certificate: `ssh-ed25519-cert-v01@openssh.com ${'A'.repeat(200)}`,
  token: `sekisho_${'A'.repeat(43)}`,
  serial: '12',
  expiresAt: '2026-04-01T10:00:00Z',
  person: { id: '01890000-0000-7000-8000-000000000001', name: '青木 真' },
  gateway: { host: 'Bastion.example.com', port: 2222, hostKey: KEY, hostCa: CA },
  targets: [
    { name: 'crm-db', systemName: 'crm', loginName: 'crm-db', account: 'aoki' },
    { name: 'db', systemName: 'billing', loginName: 'db%billing', account: 'aoki' },
  ],
};
const asked = {
  code: 'ABCD-2345',
  url: 'https://sekisho.example.com/logins/ABCD-2345',
  pollToken: 'A'.repeat(43),
  expiresAt: '2026-04-01T10:00:00Z',
};
const PATHS = { key: '/h/s/id_ed25519', certificate: '/h/s/id_ed25519-cert.pub', knownHosts: '/h/s/known_hosts' };

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'accepted';
  } catch (thrown) {
    return String(Reflect.get(Object(thrown), 'code'));
  }
};
const read = (): Issued => {
  const answer = readDecided(issued);
  if (answer.state !== 'issued') throw new Error(answer.state);
  return answer;
};

describe('an answer is refused', () => {
  const EVIL = [
    '\n  ProxyCommand evil',
    ' ProxyCommand=evil',
    '"',
    '\\',
    '\u001b[2J',
    '\u202e',
    '$(evil)',
    '`evil`',
    '*',
    '#',
    '\0',
    '%d',
  ];
  const places: [string, (evil: string) => object][] = [
    ['gateway.host', (evil) => ({ gateway: { ...issued.gateway, host: `bastion${evil}` } })],
    ['gateway.hostKey', (evil) => ({ gateway: { ...issued.gateway, hostKey: `${KEY}${evil}` } })],
    ['gateway.hostCa', (evil) => ({ gateway: { ...issued.gateway, hostCa: `${CA}${evil}` } })],
    ['certificate', (evil) => ({ certificate: `${issued.certificate}${evil}` })],
    ['targets.0.name', (evil) => ({ targets: [{ ...issued.targets[0], name: `crm-db${evil}` }] })],
    ['targets.0.systemName', (evil) => ({ targets: [{ ...issued.targets[0], systemName: `crm${evil}` }] })],
    ['targets.0.loginName', (evil) => ({ targets: [{ ...issued.targets[0], loginName: `crm-db${evil}%` }] })],
    ['targets.0.account', (evil) => ({ targets: [{ ...issued.targets[0], account: `aoki${evil}` }] })],
    ['serial', (evil) => ({ serial: `12${evil}` })],
  ];
  test.each(places)('with anything but the plain word in %s', (_place, change) => {
    for (const evil of EVIL) {
      expect([evil, codeOf(() => readDecided({ ...issued, ...change(evil) }))]).toEqual([evil, 'login_answer_refused']);
    }
  });

  test('with a host that ssh would read as an option, a port that is none, or more targets than fit', () => {
    for (const host of ['-oProxyCommand=evil', '', '.', 'a..', '-']) {
      expect([host, codeOf(() => readDecided({ ...issued, gateway: { ...issued.gateway, host } }))]).toEqual([
        host,
        'login_answer_refused',
      ]);
    }
    for (const port of [0, 65_536, 22.5, '22']) {
      expect(codeOf(() => readDecided({ ...issued, gateway: { ...issued.gateway, port } }))).toBe(
        'login_answer_refused',
      );
    }
    const targets = Array.from({ length: 5_001 }, () => issued.targets[0]);
    expect(codeOf(() => readDecided({ ...issued, targets }))).toBe('login_answer_refused');
  });

  test('with a link to another place, or with one that would draw on the terminal', () => {
    const origin = 'https://sekisho.example.com';
    expect(codeOf(() => readAsked(asked, origin))).toBe('accepted');
    const urls = [
      'https://evil.example/logins/ABCD-2345',
      'javascript:alert(1)',
      `${asked.url}\u001b[2J`,
      `${asked.url} x`,
    ];
    for (const url of urls) expect(codeOf(() => readAsked({ ...asked, url }, origin))).toBe('login_answer_refused');
    expect(codeOf(() => readAsked({ ...asked, code: 'AB\n' }, origin))).toBe('login_answer_refused');
    for (const json of [null, 'x', [], {}]) expect(codeOf(() => readDecided(json))).toBe('login_answer_refused');
  });

  test('and a name loses what could move the cursor or turn the line', () => {
    const answer = readDecided({ ...issued, person: { ...issued.person, name: 'a\u001b[2J\u202eb' } });
    expect(answer.state === 'issued' && answer.person.name).toBe('a\uFFFD[2J\uFFFDb');
  });
});

describe('the address of the gateway', () => {
  test('is https, or this machine; nothing else is called', () => {
    const refused = [
      'http://sekisho.example.com',
      'ftp://x',
      '',
      'https://a:b@x',
      'http://127.0.0.1.evil.example',
      'http://localhost.evil',
    ];
    for (const url of refused) expect([url, codeOf(() => readOrigin(url))]).toEqual([url, 'request_invalid']);
    expect(readOrigin('sekisho.example.com')).toBe('https://sekisho.example.com');
    expect(readOrigin('https://sekisho.example.com/logins/x?y')).toBe('https://sekisho.example.com');
    expect(readOrigin('http://127.0.0.1:8080/')).toBe('http://127.0.0.1:8080');
  });
});

describe('the files for ssh', () => {
  test('name the gateway, each target, and the way through the gateway under one’s own account', () => {
    expect(
      configText(read(), PATHS, { doublePercent: false }),
    ).toBe(`# Written by \`sekisho login\`, and anew at each sign-in.

Host sekisho
  HostName bastion.example.com
  Port 2222

Host crm-db.sekisho crm-db.crm.sekisho
  HostName bastion.example.com
  Port 2222
  User crm-db

Host crm-db.jump.sekisho
  HostName crm-db.sekisho
  Port 22
  ProxyJump sekisho
  User aoki

Host db.billing.sekisho
  HostName bastion.example.com
  Port 2222
  User db%billing

Host sekisho *.sekisho
  IdentityFile "/h/s/id_ed25519"
  CertificateFile "/h/s/id_ed25519-cert.pub"
  UserKnownHostsFile "/h/s/known_hosts"
  IdentitiesOnly yes
  StrictHostKeyChecking yes
`);
    expect(configText(read(), PATHS, { doublePercent: true })).toContain('  User db%%billing\n');
    const alone = { ...read(), gateway: { ...read().gateway, hostCa: null } };
    expect(configText(alone, PATHS, { doublePercent: false })).not.toContain('ProxyJump');
  });

  test('know the gateway by key and authority, and every target by the authority alone', () => {
    expect(knownHostsText(read())).toBe(
      `[bastion.example.com]:2222 ${KEY}\n@cert-authority [bastion.example.com]:2222,crm-db,crm-db.sekisho ${CA}\n`,
    );
    const plain = { ...read(), gateway: { ...read().gateway, port: 22, hostCa: null } };
    expect(knownHostsText(plain)).toBe(`bastion.example.com ${KEY}\n`);
  });

  test('are not written for a path that would end its word, and double a per cent sign in one', () => {
    for (const odd of ['"', '\\', '$HOME', '\n']) {
      expect(codeOf(() => configText(read(), { ...PATHS, key: `/h/${odd}/k` }, { doublePercent: false }))).toBe(
        'login_directory_refused',
      );
    }
    expect(configText(read(), { ...PATHS, key: '/h/100% 青木/k' }, { doublePercent: false })).toContain(
      '  IdentityFile "/h/100%% 青木/k"\n',
    );
  });
});

describe('the directory', () => {
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const thrown: unknown = await work.then(
      () => ({ code: 'accepted' }),
      (error: unknown) => error,
    );
    return String(Reflect.get(Object(thrown), 'code'));
  };

  test('is made for its owner alone, and refused as a link, a file, or when others may reach it', async () => {
    await using temporary = await tempDirectory();
    const at = (name: string): string => join(temporary.path, name);
    await openPlace(at('.ssh/sekisho'));
    await openPlace(at('.ssh/sekisho'));
    expect((await lstat(at('.ssh/sekisho'))).mode & 0o777).toBe(0o700);
    await symlink(at('.ssh/sekisho'), at('link'));
    expect(await refusal(openPlace(at('link')))).toBe('login_directory_refused');
    await writeFile(at('file'), '');
    expect(await refusal(openPlace(at('file')))).toBe('login_directory_refused');
    await mkdir(at('loose'));
    await chmod(at('loose'), 0o750);
    expect(await refusal(openPlace(at('loose')))).toBe('login_directory_refused');
  });

  test('takes no file that is a link or that others may read, and writes through none', async () => {
    await using temporary = await tempDirectory();
    const { path } = temporary;
    await writeFile(join(path, 'elsewhere'), 'precious', { mode: 0o600 });
    await symlink(join(path, 'elsewhere'), join(path, FILES.key));
    expect(await refusal(readOwn(path, FILES.key))).toBe('login_directory_refused');
    expect(await refusal(writeOwn(path, FILES.key, 'x'))).toBe('login_directory_refused');
    expect(await readFile(join(path, 'elsewhere'), 'utf8')).toBe('precious');
    await writeOwn(path, FILES.config, 'x');
    expect((await lstat(join(path, FILES.config))).mode & 0o777).toBe(0o600);
    await chmod(join(path, FILES.config), 0o644);
    expect(await refusal(readOwn(path, FILES.config))).toBe('login_directory_refused');
    await removeOwn(path);
    expect(await readOwn(path, FILES.config)).toBeUndefined();
    expect(await readFile(join(path, 'elsewhere'), 'utf8')).toBe('precious');
  });

  test('keeps one key from one sign-in to the next, and a damaged one is made anew', async () => {
    await using temporary = await tempDirectory();
    const { path } = temporary;
    const line = await usableKey(path);
    expect(await usableKey(path)).toBe(line);
    const blob = Buffer.from(line.split(' ')[1] ?? '', 'base64');
    const signature = signWith((await readOwn(path, FILES.key)) ?? '', Buffer.from('text'));
    expect(verifySshSignature(blob, Buffer.from('text'), signature)).toBe(true);
    await writeOwn(path, FILES.key, 'damaged');
    expect(await usableKey(path)).not.toBe(line);
  });
});

describe('the Include line', () => {
  test('is put first, once, and never through a link', async () => {
    await using temporary = await tempDirectory();
    const { path } = temporary;
    const line = includeLine(join(path, 'sekisho'), path);
    expect(line).toBe('Include sekisho/config');
    expect(includeLine('/elsewhere/my keys', path)).toBe('Include "/elsewhere/my keys/config"');
    await writeFile(join(path, 'config'), 'Host *\n  User me\n', { mode: 0o600 });
    expect(await addInclude(line, path)).toBe(true);
    expect(await addInclude(line, path)).toBe(false);
    expect(await readFile(join(path, 'config'), 'utf8')).toBe('Include sekisho/config\n\nHost *\n  User me\n');
    await using other = await tempDirectory();
    await symlink(join(path, 'config'), join(other.path, 'config'));
    await expect(addInclude(line, other.path)).rejects.toMatchObject({ code: 'login_directory_refused' });
    expect(await addInclude(line, join(path, 'sekisho')).catch(() => 'no directory')).toBe('no directory');
  });
});
