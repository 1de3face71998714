/** `sekisho doctor` as its users run it: beside a living gateway, and on a maintainer's machine. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { generateSshKey, type InventoryInput, loadCertificateAuthority } from '../../identity/index.ts';
import { freePort } from '../support/free-port.ts';
import { TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { ROOT } from '../support/paths.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { asOwner, events } from './support/house.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

const REGISTER = fileURLToPath(new URL('../support/typescript/register.mjs', import.meta.url));
const SEKISHO = join(ROOT, 'tests/main/doctor-child.ts');

interface Report {
  readonly status: number | null;
  readonly checks: readonly { check: string; key: string; level: string; text: string; next: string | null }[];
}

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'sekisho doctor', () => {
  const cleanup = new Cleanup();
  let gateway: TestGateway;
  let sshd: Sshd;
  let relay: Sshd;
  let directory: string;

  beforeAll(async () => {
    sshd = cleanup.use(await startSshd());
    relay = cleanup.use(await startSshd());
    directory = cleanup.use(await tempDirectory()).path;
    const inventory = join(directory, 'inventory.json');
    const http = { host: '127.0.0.1', port: await freePort() };
    const publicUrl = `http://127.0.0.1:${http.port}`;
    await writeFile(inventory, JSON.stringify(await inventoryOf(`${publicUrl}/oidc`)));
    gateway = cleanup.use(
      await TestGateway.start({ inventory, config: { http: { ...http, publicUrl, trustedProxies: [] } } }),
    );
    const authority = await loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));
    await sshd.trust(authority.publicKeyLine);
    await relay.trust(authority.publicKeyLine);
    const config = {
      mode: 'demo',
      data_directory: gateway.running.directory.root,
      http,
      ssh: { host: '127.0.0.1', port: gateway.sshPort },
      database: { url: gateway.db.url.expose() },
    };
    await writeFile(join(directory, 'sekisho.json'), JSON.stringify(config));
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  async function inventoryOf(issuer: string): Promise<InventoryInput> {
    const at = (name: string, server: Sshd, more: object = {}) => ({
      ...{ name, system: 'field', host: '127.0.0.1', mode: 'recorded' as const },
      ...{ port: server.port, hostKey: server.hostKey, ...more },
    });
    const targets = [
      at('sound', sshd),
      at('gate', relay),
      at('behind', sshd, { via: 'gate' }),
      at('forged', sshd, { hostKey: relay.hostKey }),
      at('silent', sshd, { port: await freePort() }),
      at('nameless', sshd, { host: 'no-such-host.invalid' }),
      at('untrusting', sshd),
    ];
    const accountOf = (name: string): string => {
      if (name === 'untrusting') return 'somebody-else';
      return name === 'gate' ? relay.account : sshd.account;
    };
    return {
      issuer,
      people: [],
      systems: [{ name: 'field', titleEn: 'Field', titleJa: '現場', owners: ['tanaka'], assets: [] }],
      targets,
      accounts: targets.map(({ name }) => ({ target: name, person: 'chen', account: accountOf(name) })),
      grants: targets.map(({ name }) => ({
        ...{ target: name, person: 'chen', actions: ['exec' as const] },
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      })),
    };
  }

  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
    const all = { HOME: join(directory, 'home'), SEKISHO_CONFIG: join(directory, 'sekisho.json'), ...environment };
    const settings = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    const node = [process.execPath, '--import', REGISTER, SEKISHO, 'doctor', ...args];
    return runToEnd('env', ['-u', 'SSH_AUTH_SOCK', ...settings, ...node]);
  };
  const report = async (args: readonly string[], environment?: Readonly<Record<string, string>>): Promise<Report> => {
    const { status, stdout, stderr } = await run([...args, '--json'], environment);
    if (stdout.length === 0) throw new Error(stderr);
    return { status, ...(JSON.parse(stdout.toString()) as Pick<Report, 'checks'>) };
  };
  const said = ({ checks }: Report, about: string) => checks.find(({ text }) => text.startsWith(about));

  describe('beside a gateway', () => {
    test('finds what is right and what is wrong with each target, signs in nowhere, and fails for the wrong ones', async () => {
      const before = await counts();
      const found = await report([]);
      expect(await counts()).toEqual(before);
      expect(found.status).toBe(1);
      expect(said(found, 'sound%field')).toMatchObject({ key: 'doctor.target.ok', level: 'ok', next: null });
      expect(said(found, 'sound%field')?.text).toContain('SSH-2.0-OpenSSH');
      expect(said(found, 'crm-db')).toMatchObject({ key: 'doctor.target.ok' });
      expect(said(found, 'behind%field')).toMatchObject({ key: 'doctor.target.behind', level: 'warning' });
      expect(said(found, 'forged%field')?.text).toContain('another host key');
      expect(said(found, 'forged%field')?.next).toContain('by another way than this');
      expect(said(found, 'silent%field')?.text).toContain('refused the connection');
      expect(said(found, 'nameless%field')?.text).toContain('host name');
      const problems = found.checks.filter(({ level }) => level === 'problem');
      expect(problems.map(({ text }) => text.split(':')[0])).toEqual([
        'forged%field',
        'nameless%field',
        'silent%field',
      ]);
    });

    test('finds the house of a running gateway right', async () => {
      const { checks } = await report([]);
      const house = checks.filter(({ check }) => check !== 'target');
      expect(house.filter(({ level }) => level !== 'ok').map(({ key }) => key)).toEqual(['doctor.config.demo']);
      const keys = house.map(({ key }) => key);
      for (const key of ['doctor.gateway.running', 'doctor.port.ours', 'doctor.database.ok', 'doctor.clock.ok']) {
        expect(keys).toContain(key);
      }
    });

    test('signs in as a person when asked: through relay hosts too, runs nothing, and leaves its events', async () => {
      const before = (await events(gateway.database, 'target.checked')).length;
      const found = await report(['--person', 'chen']);
      const signIn = (target: string) =>
        found.checks.filter(({ text }) => text.startsWith(`${target}:`)).map(({ key, next }) => ({ key, next }));
      expect(signIn('sound')).toEqual([{ key: 'doctor.sign_in.ok', next: null }]);
      expect(signIn('behind')).toEqual([{ key: 'doctor.sign_in.ok', next: null }]);
      expect(signIn('crm-db')).toEqual([{ key: 'doctor.sign_in.ok', next: null }]);
      expect(signIn('untrusting')).toEqual([
        { key: 'doctor.target.failed', next: expect.stringContaining('TrustedUserCAKeys') },
      ]);
      const made = await events(gateway.database, 'target.checked');
      expect(made.length - before).toBeGreaterThanOrEqual(8);
      expect(made[0]?.actor).toBeNull();
      expect(await asOwner(gateway, 'SELECT id FROM sessions')).toEqual([]);
    });

    test('knows nobody it does not know', async () => {
      const { status, checks } = await report(['--person', 'no-such-person']);
      expect(status).toBe(1);
      expect(checks.at(-1)).toMatchObject({ key: 'doctor.person.unknown', level: 'problem' });
    });

    test('speaks the language of the terminal', async () => {
      const { stdout } = await run([], { LC_ALL: 'ja_JP.UTF-8' });
      expect(stdout.toString()).toContain('x 問題: forged%field: 「forged」のホスト鍵が登録済みのものと異なります');
      expect(stdout.toString()).toContain('次の手順: ');
    });

    test('names every fault of a configuration, and no secret of it', async () => {
      const path = join(directory, 'broken.json');
      const broken = {
        mode: 'production',
        prot: 1,
        database: { url: 'postgres://u:very-secret-word@h/d', pool_size: 0 },
      };
      await writeFile(path, JSON.stringify(broken));
      const found = await report([], { SEKISHO_CONFIG: path });
      expect(found.status).toBe(1);
      const invalid = found.checks.find(({ key }) => key === 'doctor.config.invalid');
      for (const key of ['prot', 'database.pool_size', 'data_directory', 'http.public_url', 'oidc']) {
        expect(invalid?.text).toContain(key);
      }
      expect(JSON.stringify(found)).not.toContain('very-secret-word');
    });

    const counts = () =>
      asOwner(
        gateway,
        `SELECT (SELECT count(*) FROM audit_events WHERE type NOT LIKE 'ticket.%') AS events,
           (SELECT count(*) FROM sessions) AS sessions, (SELECT count(*) FROM targets) AS targets`,
      );
  });

  describe('on a maintainer’s machine', () => {
    const place = (): string => `127.0.0.1:${gateway.sshPort}`;
    const look = async (home: string, at = place()) =>
      report(['--as-maintainer', at], { HOME: home, SEKISHO_CONFIG: join(home, 'none.json') });
    const level = ({ checks }: Report, check: string) => checks.find((one) => one.check === check);
    const newHome = async (): Promise<string> => {
      const { path } = cleanup.use(await tempDirectory());
      await mkdir(join(path, '.ssh', 'sekisho'), { recursive: true, mode: 0o700 });
      return path;
    };

    test('without keys or files finds the bastion, shows its key, and warns of the rest', async () => {
      const found = await look(await newHome());
      const bastion = level(found, 'bastion');
      expect(bastion).toMatchObject({ key: 'doctor.bastion.ok', level: 'ok' });
      const fingerprint = await runToEnd(partner('ssh-keygen'), ['-l', '-f', await hostKeyFile()]);
      expect(bastion?.text).toContain(fingerprint.stdout.toString().split(' ')[1]);
      expect(level(found, 'own-key')?.key).toBe('doctor.own_key.none');
      expect(level(found, 'certificate')?.key).toBe('doctor.certificate.none');
      expect(level(found, 'known-hosts')?.key).toBe('doctor.known_hosts.missing');
      expect(found.status).toBe(0);
    });

    test('with key, certificate, known_hosts and Include finds all of it', async () => {
      const home = await newHome();
      await writeKeyAndCertificate(home, { validFor: 3_600 });
      await writeFile(join(home, '.ssh', 'known_hosts'), `[127.0.0.1]:${gateway.sshPort} ${hostKeyLine()}\n`);
      await writeFile(join(home, '.ssh', 'config'), 'Include sekisho/config\n');
      const found = await look(home);
      expect(found.checks.filter(({ level: of }) => of === 'problem')).toEqual([]);
      for (const [check, key] of [
        ['own-key', 'doctor.own_key.ok'],
        ['certificate', 'doctor.certificate.ok'],
        ['known-hosts', 'doctor.known_hosts.ok'],
        ['include', 'doctor.include.ok'],
      ] as const) {
        expect(level(found, check)?.key).toBe(key);
      }
    });

    test('with another key in known_hosts, a certificate that is over and no Include says what to do', async () => {
      const home = await newHome();
      await writeKeyAndCertificate(home, { validFor: -60 });
      await writeFile(join(home, '.ssh', 'known_hosts'), `[127.0.0.1]:${gateway.sshPort} ${sshd.hostKey}\n`);
      const found = await look(home);
      expect(found.status).toBe(1);
      expect(level(found, 'known-hosts')).toMatchObject({
        key: 'doctor.known_hosts.other',
        next: expect.stringContaining(`ssh-keygen -R "[127.0.0.1]:${gateway.sshPort}"`),
      });
      expect(level(found, 'certificate')).toMatchObject({ key: 'doctor.certificate.over', next: 'Run: sekisho login' });
      expect(level(found, 'include')?.next).toContain('Include sekisho/config');
    });

    test('at an ordinary SSH server, or at nobody, says so', async () => {
      const home = await newHome();
      expect(level(await look(home, `127.0.0.1:${sshd.port}`), 'bastion')?.key).toBe('doctor.bastion.foreign');
      const nobody = await look(home, `127.0.0.1:${await freePort()}`);
      expect(nobody.status).toBe(1);
      expect(level(nobody, 'bastion')?.key).toBe('doctor.bastion.unreachable');
    });

    test('by the console’s address asks the console, and finds the bastion by the files of sekisho login', async () => {
      const home = await newHome();
      const { origin } = gateway.running.publicUrl;
      const config = `Host sekisho\n  HostName 127.0.0.1\n  Port ${gateway.sshPort}\n`;
      await writeFile(join(home, '.ssh', 'sekisho', 'config'), config);
      await writeFile(join(home, '.ssh', 'sekisho', 'gateway'), `${origin}\n`);
      const found = await look(home, origin);
      expect(level(found, 'console')?.key).toBe('doctor.console.ok');
      expect(level(found, 'bastion')?.key).toBe('doctor.bastion.ok');
    });

    const hostKeyLine = (): string => gateway.running.ssh.hostKeyLine;
    const hostKeyFile = async (): Promise<string> => {
      const path = join(directory, 'bastion.pub');
      await writeFile(path, `${hostKeyLine()}\n`);
      return path;
    };

    /** As `sekisho login` leaves them. */
    async function writeKeyAndCertificate(home: string, { validFor }: { validFor: number }): Promise<void> {
      const at = (name: string): string => join(home, '.ssh', 'sekisho', name);
      const key = generateSshKey('test');
      const authority = await loadCertificateAuthority(join(home, 'ca.pem'));
      const now = Date.now();
      const certificate = await authority.issueUserCertificate({
        ...{ publicKey: key.publicKey, principal: 'x', keyId: 'x', serial: 1n, extensions: [] },
        validAfter: new Date(now - 3_600_000),
        validBefore: new Date(now + validFor * 1_000),
      });
      await writeFile(at('id_ed25519'), key.privateKey, { mode: 0o600 });
      await writeFile(at('id_ed25519.pub'), `${key.publicKeyLine}\n`);
      const name = 'ssh-ed25519-cert-v01@openssh.com';
      await writeFile(at('id_ed25519-cert.pub'), `${name} ${certificate.toString('base64')} test\n`);
      await writeFile(at('config'), 'Host sekisho\n  HostName 127.0.0.1\n  Port 1\n');
    }
  });
});
