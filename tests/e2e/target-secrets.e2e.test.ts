/** A target that knows no certificates: a real sshd with passwords, entered with what the gateway keeps and nobody sees. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import type { InventoryInput } from '../../identity/index.ts';
import { freePort } from '../support/free-port.ts';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, events, expectOneLine, newest, personId } from './support/house.ts';
import { type Sshd, startSshd } from './support/sshd.ts';

const FIRST = 'Kyou-no-hitomane-41!';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'a target without certificates', () => {
  const cleanup = new Cleanup();
  const servers: Sshd[] = [];
  let gateway: TestGateway;

  beforeAll(async () => {
    // UsePAM, so that passwd(1) and sshd agree; the second one asks questions only (RFC 4256).
    const pam = ['UsePAM yes', 'MaxAuthTries 6'];
    servers.push(
      cleanup.use(await startSshd({ config: [...pam, 'PasswordAuthentication yes', 'PubkeyAuthentication no'] })),
      cleanup.use(await startSshd({ config: [...pam, 'KbdInteractiveAuthentication yes', 'PubkeyAuthentication no'] })),
    );
    for (const { account } of servers) await setPassword(account, FIRST);
    const { path } = cleanup.use(await tempDirectory());
    const inventory = join(path, 'inventory.json');
    const http = await freePort();
    const publicUrl = `http://127.0.0.1:${http}`;
    await writeFile(inventory, JSON.stringify(inventoryOf(`${publicUrl}/oidc`)));
    gateway = cleanup.use(
      await TestGateway.start({ inventory, config: { http: { host: '127.0.0.1', port: http, publicUrl } } }),
    );
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  async function setPassword(account: string, password: string): Promise<void> {
    expect((await runToEnd('chpasswd', [], `${account}:${password}\n`)).status).toBe(0);
  }

  const names = ['old-box', 'asks'] as const;

  function inventoryOf(issuer: string): InventoryInput {
    const expiresAt = new Date(Date.now() + 3_600_000);
    return {
      ...{ issuer, people: [] },
      systems: [{ name: 'field', titleEn: 'Field', titleJa: '現場', owners: ['tanaka'] }],
      targets: servers.map(({ port, hostKey }, at) => ({
        ...{ name: names[at] ?? '', system: 'field', host: '127.0.0.1', port, hostKey, mode: 'recorded' as const },
        ...{ signIn: 'password' as const, rotateSecret: at === 0 ? ('after_use' as const) : ('never' as const) },
      })),
      accounts: servers.map(({ account }, at) => ({ target: names[at] ?? '', person: 'aoki', account })),
      grants: names.map((target) => ({ target, person: 'aoki', actions: ['exec' as const, 'shell'], expiresAt })),
    };
  }

  const ids = async (name: string) => {
    const [row] = await asOwner(gateway, 'SELECT id FROM targets WHERE name = $1', [name]);
    return { targetId: String(row?.['id']), personId: await personId(gateway, 'aoki') };
  };
  const enter = (name: string) => gateway.ssh('aoki', 'id -un', { loginName: name });

  test('is not entered while no secret is kept, and says so', async () => {
    const result = await enter('old-box');
    expect(result.status).not.toBe(0);
    expectOneLine(result.stderr, 'target_secret_missing');
    expect(await newest(gateway.database, 'target.dial_failed')).toMatchObject({
      body: { code: 'target_secret_missing' },
    });
  });

  test('has its secrets set by an administrator alone, and not one of their own', async () => {
    const account = await ids('old-box');
    for (const login of ['aoki', 'tanaka', 'kimura', 'suzuki']) {
      const person = await gateway.person(login);
      expect((await person.post('/api/target-secrets', { ...account, secret: FIRST })).status).toBe(403);
      expect((await person.get('/api/target-secrets')).status).toBe(403);
      expect((await person.post('/api/target-secrets/rotation', account)).status).toBe(403);
    }
    const administrator = await gateway.person('yamada');
    const own = { ...account, personId: await personId(gateway, 'yamada'), secret: FIRST };
    expect((await administrator.post('/api/target-secrets', own)).status).toBe(403);
    const twoLines = { ...account, secret: 'one\ntwo' };
    expect((await administrator.post('/api/target-secrets', twoLines)).status).toBe(400);
    const unknown = { ...account, targetId: account.personId, secret: FIRST };
    expect((await administrator.post('/api/target-secrets', unknown)).status).toBe(404);
    expect(await events(gateway.database, 'target_secret.set')).toEqual([]);
  });

  test('is refused by the server when what is kept is wrong', async () => {
    const administrator = await gateway.person('yamada');
    const wrong = await administrator.post('/api/target-secrets', { ...(await ids('asks')), secret: 'not this one' });
    expect(wrong.status).toBe(204);
    expectOneLine((await enter('asks')).stderr, 'target_sign_in_refused');
  });

  test('is entered as the own account, by password or by the answer to a question, and nobody is shown it', async () => {
    const administrator = await gateway.person('yamada');
    for (const [at, name] of names.entries()) {
      expect((await administrator.post('/api/target-secrets', { ...(await ids(name)), secret: FIRST })).status).toBe(
        204,
      );
      const result = await enter(name);
      expect([result.stdout.toString(), result.stderr]).toEqual([`${servers[at]?.account}\n`, '']);
    }
    const { json } = await administrator.get('/api/target-secrets');
    expect(json).toMatchObject({ secrets: [{ person: '青木 真' }, { person: '青木 真' }] });
    expect(JSON.stringify(json)).not.toContain(FIRST);
    const kept = await asOwner(gateway, 'SELECT * FROM target_secrets');
    const told = await asOwner(gateway, 'SELECT * FROM audit_events');
    for (const text of [JSON.stringify(told), ...kept.map((row) => row['sealed']?.toString() ?? '')]) {
      expect(text).not.toContain(FIRST);
    }
    const [used] = await events(gateway.database, 'target_secret.used');
    expect(used).toMatchObject({ session: expect.any(String), actor: await personId(gateway, 'aoki') });
  });

  test('is told a new secret once the session that used it has ended, and is entered with that one', async () => {
    const { account } = servers[0] ?? {};
    const rotated = await waitFor('the secret is exchanged', async () => {
      const [event] = await events(gateway.database, 'target_secret.rotated');
      return event;
    });
    expect(rotated.body).toMatchObject({ account });
    const result = await enter('old-box');
    expect([result.stdout.toString(), result.status]).toEqual([`${account}\n`, 0]);
    // The one that the administrator knew opens nothing any more.
    const administrator = await gateway.person('yamada');
    await administrator.post('/api/target-secrets', { ...(await ids('old-box')), secret: FIRST });
    expectOneLine((await enter('old-box')).stderr, 'target_sign_in_refused');
    expect((await events(gateway.database, 'target_secret.rotated')).map(({ body }) => body)).not.toContainEqual(
      expect.objectContaining({ account: servers[1]?.account }),
    );
  });

  test('whose secret is another row’s, or under another key, opens nothing', async () => {
    const [one, two] = [await ids('old-box'), await ids('asks')];
    await asOwner(
      gateway,
      `UPDATE target_secrets t SET sealed = o.sealed, wrapped_key = o.wrapped_key FROM target_secrets o
       WHERE t.target_id = $1 AND o.target_id = $2`,
      [one.targetId, two.targetId],
    );
    const result = await enter('old-box');
    expect(result.status).not.toBe(0);
    expect(result.stdout.toString()).toBe('');
  });
});
