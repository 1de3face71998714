/** The real ssh client, the gateway, and real sshds behind relay hosts, of old algorithms, known by certificates. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { type InventoryInput, loadCertificateAuthority } from '../../identity/index.ts';
import { freePort } from '../support/free-port.ts';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { Terminal } from '../support/terminal.ts';
import { asOwner, expectOneLine, lastSession, newest, personId } from './support/house.ts';
import { outputOf } from './support/recordings.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

const GATEWAY_STATUS = 255;
const LEGACY = ['KexAlgorithms diffie-hellman-group14-sha1', 'Ciphers aes256-cbc', 'MACs hmac-sha1'];
type TargetInput = InventoryInput['targets'][number];

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a target', () => {
  const cleanup = new Cleanup();
  let gateway: TestGateway;
  let inner: Sshd;
  let relay: Sshd;
  let closed: Sshd;
  let old: Sshd;
  let certified: Sshd;

  beforeAll(async () => {
    inner = cleanup.use(await startSshd());
    relay = cleanup.use(await startSshd());
    closed = cleanup.use(await startSshd({ config: ['AllowTcpForwarding no'] }));
    old = cleanup.use(await startSshd({ config: LEGACY }));
    certified = cleanup.use(await startSshd({ hostCertificate: ['-h', '-I', 'x', '-n', 'by-ca', '-V', '-5m:+1h'] }));
    const { path } = cleanup.use(await tempDirectory());
    const inventory = join(path, 'inventory.json');
    const http = await freePort();
    const publicUrl = `http://127.0.0.1:${http}`;
    await writeFile(inventory, JSON.stringify(await inventoryOf(`${publicUrl}/oidc`)));
    const config = { http: { host: '127.0.0.1', port: http, publicUrl, trustedProxies: [] } };
    gateway = cleanup.use(await TestGateway.start({ inventory, config }));
    const authority = await loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));
    for (const sshd of [inner, relay, closed, old, certified]) await sshd.trust(authority.publicKeyLine);
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  async function inventoryOf(issuer: string): Promise<InventoryInput> {
    const at = (name: string, sshd: Pick<Sshd, 'port' | 'hostKey'>, more: Partial<TargetInput> = {}): TargetInput => ({
      ...{ name, system: 'field', host: '127.0.0.1', mode: 'recorded' as const },
      ...{ port: sshd.port, hostKey: sshd.hostKey, ...more },
    });
    const nobody = { port: await freePort(), hostKey: inner.hostKey };
    const ca = { hostKey: null, hostCa: certified.hostCa };
    const targets: [TargetInput, Sshd][] = [
      [at('relay', relay), relay],
      [at('relay-shut', closed), closed],
      [at('relay-forged', { port: relay.port, hostKey: inner.hostKey }), relay],
      [at('behind', inner, { via: 'relay' }), inner],
      [at('behind-shut', inner, { via: 'relay-shut' }), inner],
      [at('behind-forged', inner, { via: 'relay-forged' }), inner],
      [at('behind-nobody', nobody, { via: 'relay' }), inner],
      [at('old', old, { legacyAlgorithms: true }), old],
      [at('old-plain', old), old],
      [at('by-ca', certified, ca), certified],
      [at('by-ca-other', certified, ca), certified],
      [at('nobody', nobody), inner],
      [at('no-name', inner, { host: 'no-such-host.invalid' }), inner],
      [at('metadata', inner, { host: '169.254.169.254' }), inner],
      [at('from-here', inner, { sourceAddress: '127.0.0.0/8' }), inner],
      [at('from-elsewhere', inner, { sourceAddress: '192.0.2.0/24' }), inner],
    ];
    const grant = { person: 'chen', actions: ['shell' as const, 'exec' as const] };
    return {
      issuer,
      people: [],
      systems: [{ name: 'field', titleEn: 'Field', titleJa: '現場', owners: ['tanaka'], assets: [] }],
      targets: targets.map(([target]) => target),
      accounts: targets.map(([{ name }, { account }]) => ({ target: name, person: 'chen', account })),
      grants: targets.map(([{ name: target }]) => ({
        ...{ target, ...grant },
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      })),
    };
  }

  const run = (loginName: string, command = 'id -un') => gateway.ssh('chen', command, { loginName });

  describe('is not joined, and one line says why,', () => {
    test.each([
      ['nobody', 'target_connection_refused', 'nothing listens there'],
      ['no-name', 'target_name_not_found', 'host name'],
      ['metadata', 'target_address_refused', 'an address that the gateway does not dial'],
      ['old-plain', 'target_no_common_algorithm', 'algorithms'],
      ['by-ca-other', 'target_host_certificate_refused', 'host certificate'],
      ['from-elsewhere', 'target_sign_in_refused', 'did not accept your account'],
    ])('at %s: %s', async (name, code, words) => {
      const { status, stdout, stderr } = await run(name);
      expect([status, stdout.length]).toEqual([GATEWAY_STATUS, 0]);
      expectOneLine(stderr, code);
      expect(stderr).toContain(`"${name}"`);
      expect(stderr).toContain(words);
      const { body } = await newest(gateway.database, 'target.dial_failed');
      expect(body).toMatchObject({ code, detail: expect.any(String) });
      expect(body).not.toHaveProperty('relay');
      expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'target_refused', isSealed: true });
    });

    test.each([
      ['behind-shut', 'relay-shut', 'target_relay_refused'],
      ['behind-forged', 'relay-forged', 'target_host_key_mismatch'],
    ])('behind a relay host: %s names %s', async (name, hop, code) => {
      const { stderr } = await run(name);
      expectOneLine(stderr, code);
      expect(stderr).toContain(`On the way to "${name}": "${hop}"`);
      expect((await newest(gateway.database, 'target.dial_failed')).body).toMatchObject({ code, relay: hop });
    });

    test('behind a relay host that finds nobody: the target is named, not the relay host', async () => {
      const { stderr } = await run('behind-nobody');
      expectOneLine(stderr, 'target_unreachable');
      expect(stderr).not.toContain('On the way');
      expect((await newest(gateway.database, 'target.dial_failed')).body).not.toHaveProperty('relay');
    });

    test('in Japanese to who reads Japanese', async () => {
      const speak = (locale: string) =>
        asOwner(gateway, 'UPDATE persons SET locale = $1 WHERE id = $2', [locale, chen]);
      const chen = await personId(gateway, 'chen');
      await speak('ja');
      expect((await run('behind-shut')).stderr).toContain('「behind-shut」への経路の途中: 「relay-shut」');
      await speak('en');
    });
  });

  describe('is joined', () => {
    test.each(['behind', 'by-ca', 'from-here'])('as the person’s own account: %s', async (name) => {
      const { status, stdout, stderr } = await run(name);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.toString()).toMatch(/^skt-/);
    });

    test('through a relay host with a terminal, resized and left with its status', async () => {
      const args = ['-tt', ...(await gateway.sshArguments('chen', 'behind')), '127.0.0.1'];
      await using terminal = new Terminal(partner('ssh'), args, { columns: 100, rows: 30 });
      await terminal.sees('$ ');
      terminal.resize(77, 22);
      terminal.type('stty size; exit 7\r');
      await terminal.sees('22 77');
      expect(await terminal.exited).toBe(7);
    });

    test('through a relay host, byte for byte', async () => {
      const bytes = Buffer.alloc(3 * 1024 * 1024, 'kanji 漢字 and bytes \xff\x00 ');
      const args = [...(await gateway.sshArguments('chen', 'behind')), '127.0.0.1', 'cat'];
      expect((await runToEnd(partner('ssh'), args, bytes)).stdout.equals(bytes)).toBe(true);
    });
  });

  describe('of older algorithms, by its exception,', () => {
    test('is joined without a word to programs, with an event and a mark in the recording', async () => {
      const { status, stdout, stderr } = await run('old', 'echo in');
      expect({ status, stdout: stdout.toString(), stderr }).toEqual({ status: 0, stdout: 'in\n', stderr: '' });
      const { body, session } = await newest(gateway.database, 'target.legacy_algorithms');
      const used = ['diffie-hellman-group14-sha1', 'aes256-cbc', 'hmac-sha1'];
      expect(body['algorithms']).toEqual(used);
      expect(session).toBe((await lastSession(gateway, 'chen')).id);
      const marks = await outputOf(gateway.running.directory.recorder, session ?? '', 'm');
      expect(marks.toString()).toContain(`legacy algorithms: ${used.join(', ')}`);
    });

    test('warns a person at a terminal once', async () => {
      const args = ['-tt', ...(await gateway.sshArguments('chen', 'old')), '127.0.0.1'];
      await using terminal = new Terminal(partner('ssh'), args, { columns: 200, rows: 30 });
      await terminal.sees('[legacy_algorithms]');
      await terminal.sees('$ ');
      terminal.type('exit\r');
      await terminal.exited;
      expect(terminal.output.split('[legacy_algorithms]')).toHaveLength(2);
    });
  });
});
