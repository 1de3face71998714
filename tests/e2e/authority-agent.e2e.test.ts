/** The key that signs for targets lies in a real ssh-agent, or in a PKCS#11 token behind one; a real sshd believes it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { openAgentAuthority, type InventoryInput } from '../../identity/index.ts';
import { freePort } from '../support/free-port.ts';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { ROOT } from '../support/paths.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { events, expectOneLine, newest } from './support/house.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '4711';

interface Agent extends AsyncDisposable {
  readonly socket: string;
  readonly add: (args: readonly string[], environment?: NodeJS.ProcessEnv) => Promise<void>;
  readonly fingerprint: () => Promise<string>;
}

/** `-P`: without it an agent loads no PKCS#11 module from there. */
async function startAgent(directory: string, environment: NodeJS.ProcessEnv = {}): Promise<Agent> {
  const socket = join(directory, 'agent');
  const env = { ...process.env, ...environment, SSH_AUTH_SOCK: socket };
  const child: ChildProcess = spawn(partner('ssh-agent'), ['-D', '-a', socket, '-P', '/usr/lib/*'], { env });
  const ended = once(child, 'exit');
  const ask = (args: readonly string[]) => runToEnd('ssh-add', [...args], undefined, env);
  // 1: it answers and has no key; 2: nobody answers.
  await waitFor('the agent answers', async () => (await ask(['-l'])).status !== 2 || undefined);
  return {
    socket,
    add: async (args) => {
      const { status, stderr } = await ask(args);
      if (status !== 0) throw new Error(stderr);
    },
    fingerprint: async () => {
      const found = /SHA256:[A-Za-z0-9+/]{43}/.exec((await ask(['-l'])).stdout.toString());
      if (found === null) throw new Error('the agent has no key');
      return found[0];
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

describeWith(
  ['ssh', 'ssh-keygen', 'sshd', 'ssh-agent', 'ssh-add', 'root'],
  'an authority whose key lies in an agent',
  () => {
    const cleanup = new Cleanup();
    let sshd: Sshd;
    let agent: Agent;
    let gateway: TestGateway;
    let userAuthority: { socket: string; fingerprint: string };

    beforeAll(async () => {
      sshd = cleanup.use(await startSshd());
      const { path } = cleanup.use(await tempDirectory());
      agent = await startAgent(path);
      cleanup.defer(() => agent[Symbol.asyncDispose]());
      await runToEnd('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(path, 'ca')]);
      await agent.add(['-q', join(path, 'ca')]);
      userAuthority = { socket: agent.socket, fingerprint: await agent.fingerprint() };
      await sshd.trust((await readFile(join(path, 'ca.pub'), 'utf8')).trim());
      const http = await freePort();
      const publicUrl = `http://127.0.0.1:${http}`;
      const inventory = join(path, 'inventory.json');
      await writeFile(inventory, JSON.stringify(inventoryOf(`${publicUrl}/oidc`)));
      const config = { http: { host: '127.0.0.1', port: http, publicUrl } };
      gateway = cleanup.use(await TestGateway.start({ inventory, config, ssh: { userAuthority } }));
    });
    afterAll(() => cleanup[Symbol.asyncDispose]());

    function inventoryOf(issuer: string): InventoryInput {
      const expiresAt = new Date(Date.now() + 3_600_000);
      const target = {
        system: 'field',
        host: '127.0.0.1',
        port: sshd.port,
        hostKey: sshd.hostKey,
        mode: 'recorded' as const,
      };
      return {
        ...{ issuer, people: [] },
        systems: [{ name: 'field', titleEn: 'Field', titleJa: '現場', owners: ['tanaka'] }],
        targets: [{ ...target, name: 'field' }],
        accounts: [{ target: 'field', person: 'aoki', account: sshd.account }],
        grants: [{ target: 'field', person: 'aoki', actions: ['exec'], expiresAt }],
      };
    }

    test('lets no gateway start without it: another key, or nobody there', async () => {
      const other = `SHA256:${'A'.repeat(43)}`;
      await expect(
        TestGateway.start({ ssh: { userAuthority: { ...userAuthority, fingerprint: other } } }),
      ).rejects.toThrow(/has no key SHA256:AAAA/);
      const nobody = { ...userAuthority, socket: join(gateway.directory, 'nobody') };
      await expect(TestGateway.start({ ssh: { userAuthority: nobody } })).rejects.toMatchObject({
        code: 'start_refused',
      });
    });

    test('opens a target by a certificate that the agent signed, and is what sekisho authority prints', async () => {
      const { stdout, stderr } = await gateway.ssh('aoki', 'id -un', { loginName: 'field' });
      expect([stdout.toString(), stderr]).toEqual([`${sshd.account}\n`, '']);
      expect(sshd.log()).toContain(`Accepted publickey for ${sshd.account}`);
      const command = join(ROOT, 'tests', 'main', 'doctor-child.ts');
      const register = join(ROOT, 'tests', 'support', 'typescript', 'register.mjs');
      const root = gateway.running.directory.root;
      const printed = await runToEnd(process.execPath, [
        '--import',
        register,
        command,
        'authority',
        'user',
        '--data',
        root,
      ]);
      expect(printed.stdout.toString()).toContain((await openAgentAuthority(userAuthority)).publicKeyLine);
      expect(await newestOf('user')).toMatchObject({
        signs: userAuthority.fingerprint,
        trusted: [userAuthority.fingerprint],
      });
    });

    const newestOf = async (authority: string) =>
      (await events(gateway.database, 'authority.keys_changed'))
        .map(({ body }) => body as { authority: string })
        .find((body) => body.authority === authority);

    test('opens nothing once the agent is gone, and says whose fault it is', async () => {
      await agent[Symbol.asyncDispose]();
      const { status, stderr } = await gateway.ssh('aoki', 'id -un', { loginName: 'field' });
      expect(status).not.toBe(0);
      expectOneLine(stderr, 'authority_unavailable');
      expect((await newest(gateway.database, 'target.dial_failed')).body).toMatchObject({
        code: 'authority_unavailable',
      });
    });
  },
);

describeWith(
  ['ssh-keygen', 'sshd', 'ssh', 'ssh-agent', 'ssh-add', 'softhsm2-util', 'pkcs11-tool', 'root'],
  'an authority whose key lies in a token',
  () => {
    test('signs what a real sshd believes, and the key is never outside of the token', async () => {
      await using cleanup = new Cleanup();
      const { path } = cleanup.use(await tempDirectory());
      await mkdir(join(path, 'tokens'));
      const SOFTHSM2_CONF = join(path, 'softhsm2.conf');
      await writeFile(SOFTHSM2_CONF, `directories.tokendir = ${join(path, 'tokens')}\nobjectstore.backend = file\n`);
      const environment = { ...process.env, SOFTHSM2_CONF };
      const must = async (program: string, args: string[]): Promise<void> => {
        const { status, stderr } = await runToEnd(program, args, undefined, environment);
        if (status !== 0) throw new Error(`${program}: ${stderr}`);
      };
      await must('softhsm2-util', ['--init-token', '--free', '--label', 'ca', '--pin', PIN, '--so-pin', PIN]);
      await must('pkcs11-tool', [
        ...['--module', MODULE, '--login', '--pin', PIN, '--token-label', 'ca', '--keypairgen'],
        ...['--key-type', 'EC:prime256v1', '--id', '01', '--label', 'ca', '--usage-sign'],
      ]);
      const askpass = join(path, 'askpass');
      await writeFile(askpass, `#!/bin/sh\necho ${PIN}\n`, { mode: 0o700 });
      const agent = cleanup.use(
        await startAgent(path, { SOFTHSM2_CONF, SSH_ASKPASS: askpass, SSH_ASKPASS_REQUIRE: 'force' }),
      );
      await agent.add(['-q', '-s', MODULE]);
      const authority = await openAgentAuthority({ socket: agent.socket, fingerprint: await agent.fingerprint() });
      expect(authority.publicKeyLine).toMatch(/^ecdsa-sha2-nistp256 /);
      const sshd = cleanup.use(await startSshd());
      await sshd.trust(authority.publicKeyLine);
      const key = join(path, 'key');
      await must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
      const [, blob = ''] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
      const certificate = await authority.issueUserCertificate({
        ...{
          publicKey: Buffer.from(blob, 'base64').subarray(-32),
          principal: sshd.account,
          keyId: 'token',
          serial: 1n,
        },
        ...{ validAfter: new Date(Date.now() - 60_000), validBefore: new Date(Date.now() + 300_000), extensions: [] },
      });
      await writeFile(`${key}-cert.pub`, `ssh-ed25519-cert-v01@openssh.com ${certificate.toString('base64')}\n`);
      const options = [
        'StrictHostKeyChecking=no',
        'UserKnownHostsFile=/dev/null',
        'IdentitiesOnly=yes',
        'LogLevel=ERROR',
      ];
      const entered = await runToEnd('ssh', [
        ...['-F', 'none', '-p', String(sshd.port), '-i', key, '-l', sshd.account],
        ...options.flatMap((option) => ['-o', option]),
        ...['127.0.0.1', 'id -un'],
      ]);
      expect([entered.stdout.toString(), entered.stderr]).toEqual([`${sshd.account}\n`, '']);
    });
  },
);
