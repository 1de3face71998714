/** The gateway looks at which accounts a real sshd's host has: what is planted there is found, and nothing else is run. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Cleanup, newUuid } from '../../foundation/index.ts';
import { type InventoryInput, loadCertificateAuthority, parsePublicKey } from '../../identity/index.ts';
import { freePort } from '../support/free-port.ts';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { newest } from './support/house.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

const Reports = z.object({
  reports: z.array(
    z.object({
      ...{ target: z.string(), code: z.string().nullable(), madeAt: z.string().nullable() },
      findings: z.array(z.object({ kind: z.string(), account: z.string(), about: z.string() })),
    }),
  ),
});

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'the accounts of a target', () => {
  const cleanup = new Cleanup();
  const name = (): string => `skt-${newUuid(new Date()).slice(-8)}`;
  const [looks, unknown, twin] = [name(), name(), name()];
  let sshd: Sshd;
  let gateway: TestGateway;
  let directory: string;

  beforeAll(async () => {
    sshd = cleanup.use(await startSshd());
    await add(looks);
    await add(unknown);
    await add(twin, '--non-unique', '--uid', (await runToEnd('id', ['-u', unknown])).stdout.toString().trim());
    directory = cleanup.use(await tempDirectory()).path;
    const inventory = join(directory, 'inventory.json');
    const http = await freePort();
    const publicUrl = `http://127.0.0.1:${http}`;
    await writeFile(inventory, JSON.stringify(inventoryOf(`${publicUrl}/oidc`)));
    gateway = cleanup.use(
      await TestGateway.start({ inventory, config: { http: { host: '127.0.0.1', port: http, publicUrl } } }),
    );
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  async function add(account: string, ...more: string[]): Promise<void> {
    expect((await runToEnd('useradd', ['--shell', '/bin/bash', ...more, account])).status).toBe(0);
    cleanup.defer(async () => {
      await runToEnd('userdel', ['--force', account]);
    });
    await runToEnd('usermod', ['--password', '*', account]);
  }

  function inventoryOf(issuer: string): InventoryInput {
    const target = { system: 'field', host: '127.0.0.1', hostKey: sshd.hostKey, mode: 'recorded' as const };
    return {
      ...{ issuer, people: [], grants: [] },
      systems: [{ name: 'field', titleEn: 'Field', titleJa: '現場', owners: ['tanaka'] }],
      targets: [
        { ...target, name: 'field', port: sshd.port, inspectAs: looks },
        { ...target, name: 'closed', port: sshd.port, inspectAs: 'nobody-there' },
      ],
      accounts: [
        { target: 'field', person: 'chen', account: sshd.account },
        { target: 'field', person: 'aoki', account: 'aoki-not-there' },
      ],
    };
  }

  const looked = (wanted: string) =>
    waitFor(`a look at ${wanted}`, async () => {
      const { json } = await (await gateway.person('tanaka')).get('/api/account-reports');
      return Reports.parse(json).reports.find(({ target, madeAt }) => target === wanted && madeAt !== null);
    });
  const authority = () => loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));

  test('cannot be had looked at by a maintainer, and not where the host does not let the gateway in', async () => {
    expect((await (await gateway.person('aoki')).post('/api/account-reports', {})).status).toBe(403);
    expect(await looked('closed')).toMatchObject({ code: 'target_sign_in_refused', findings: [] });
    expect((await (await gateway.person('aoki')).get('/api/account-reports')).json).toEqual({ reports: [] });
  });

  test('are found where nobody is known for them, where they are shared, and where they are not there', async () => {
    await sshd.trust((await authority()).publicKeyLine);
    await looked('field'); // The one of the start, which was not let in.
    expect((await (await gateway.person('kimura')).post('/api/account-reports', {})).status).toBe(202);
    const report = await waitFor('a look that was let in', async () => {
      const found = await looked('field');
      return found.code === null ? found : undefined;
    });
    expect(report.findings).toEqual(
      expect.arrayContaining([
        { kind: 'unknown', account: unknown, about: '' },
        { kind: 'unknown', account: twin, about: '' },
        { kind: 'shared', account: twin, about: unknown },
        { kind: 'missing', account: 'aoki-not-there', about: '青木 真' },
      ]),
    );
    expect(report.findings.filter(({ account }) => account === looks || account === sshd.account)).toEqual([]);
    const { body } = await newest(gateway.database, 'accounts.compared');
    expect(body).toMatchObject({ found: { missing: ['aoki-not-there'] } });
    const { json } = await (await gateway.person('tanaka')).get('/api/notifications');
    expect(json).toMatchObject({
      notifications: expect.arrayContaining([expect.objectContaining({ kind: 'accounts.found' })]),
    });
    expect(sshd.log()).toContain(`Accepted publickey for ${looks}`);
  });

  test('are looked at by a certificate for which the host runs that one command and no other', async () => {
    const key = join(directory, 'key');
    await runToEnd('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const { stdout } = await runToEnd('cat', [`${key}.pub`]);
    const publicKey = parsePublicKey(stdout.toString().trim()).blob.subarray(-32);
    const at = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);
    const certificate = await (await authority()).issueUserCertificate({
      ...{ publicKey, principal: looks, keyId: 'test', serial: 1n, extensions: [] },
      ...{ validAfter: at(-1), validBefore: at(5), forceCommand: 'echo this alone' },
    });
    await writeFile(`${key}-cert.pub`, `ssh-ed25519-cert-v01@openssh.com ${certificate.toString('base64')}\n`);
    const options = [
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'IdentitiesOnly=yes',
      'LogLevel=ERROR',
    ];
    const result = await runToEnd('ssh', [
      ...['-F', 'none', '-p', String(sshd.port), '-i', key, '-l', looks],
      ...options.flatMap((option) => ['-o', option]),
      ...['127.0.0.1', 'id; cat /etc/passwd'],
    ]);
    expect([result.stdout.toString(), result.status]).toEqual(['this alone\n', 0]);
  });
});
