/** Approved exports that go to the vault: the real clients get nothing of them, and the vault gets them whole. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { one, sql } from '../../foundation/index.ts';
import { loadIdentities } from '../../recorder/index.ts';
import { filePieces, openParcel } from '../../relay/index.ts';
import { describeWith, partner } from '../support/partners.ts';
import { runToEnd, type SshResult } from '../support/gateway.ts';
import { type FilesField, GUARDED, startFilesField } from './support/files-field.ts';
import { newest } from './support/house.ts';
import { outputOf } from './support/recordings.ts';
import { approved, decide, ended, type Ticket } from './support/tickets.ts';

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const PEOPLE = 'id,name\n1,山田\n2,佐藤\n';

type Manifest = Awaited<ReturnType<typeof openParcel>>['manifest'];

describeWith(['ssh', 'ssh-keygen', 'sshd', 'sftp', 'rsync', 'root'], 'an export for the vault', () => {
  let field: FilesField;
  beforeAll(async () => {
    field = await startFilesField();
    await field.onTarget(`mkdir -p vault/deep data && printf 'id,name\\n1,山田\\n2,佐藤\\n' > vault/people.csv
      printf 'x\\n' > vault/deep/x && ln -s /etc/passwd vault/deep/link && mkfifo vault/deep/pipe
      head -c 3000000 /dev/urandom > vault/large.bin`);
  });
  afterAll(async () => {
    await field[Symbol.asyncDispose]();
  });

  const parcels = (): Promise<string[]> => readdir(field.gateway.running.directory.vault);
  const readParcel = async (ticket: string): Promise<Manifest & { content: Buffer[] }> => {
    const { database, running } = field.gateway;
    const found = await one(
      database,
      sql(z.strictObject({ id: z.uuid(), manifest: z.instanceof(Uint8Array) }))`
        SELECT p.id, e.manifest_sha256 AS manifest FROM parcels p JOIN parcel_ends e ON e.parcel_id = p.id
        WHERE p.ticket_id = ${ticket} AND e.outcome = 'sealed'`,
    );
    const identities = await loadIdentities(join(running.directory.keys, 'vault_identity.age.txt'));
    const store = filePieces(running.directory.vault);
    using parcel = await openParcel({ store, identities }, { id: found.id, manifestSha256: found.manifest });
    const { manifest } = parcel;
    const content = await Promise.all(manifest.files.map(({ bytes }, at) => parcel.read(at, 0, bytes)));
    return { ...manifest, content };
  };
  /** From a refusal of a file protocol, as the person asks in the console. */
  const approve = async ({ stderr }: SshResult, wish: object = {}): Promise<Ticket> => {
    const act = /\/tickets\/new\?act=([0-9a-f-]{36})/.exec(stderr)?.[1];
    const asked = await (await field.gateway.person('chen')).post('/api/tickets', {
      ...{ refusedActId: act, purpose: '委託元からの照会への回答', client: '', rowsMax: 100_000, bytesMax: 10_000_000 },
      ...{ notBefore: new Date(), notAfter: new Date(Date.now() + 3_600_000), ...wish },
    });
    const ticket = asked.json['ticket'] as Ticket;
    expect((await decide(field.gateway, 'tanaka', ticket)).status).toBe(200);
    return ticket;
  };

  test('of a command is whole there, and the person sees the receipt alone', async () => {
    const command = `cat ${field.home}/vault/people.csv; ls /none`;
    const exact = `cat ${field.home}/vault/people.csv`;
    const failing = await approved(field.gateway, 'chen', command, { loginName: GUARDED, destination: 'vault' });
    const failed = await field.gateway.ssh('chen', command, { loginName: GUARDED });
    expect([failed.status, failed.stdout.length]).toEqual([2, 0]);
    expect(failed.stderr).not.toContain('/none');
    expect(await ended(field.gateway, failing)).toMatchObject({
      ...{ state: 'aborted', parcel: { outcome: 'discarded', sealed: null } },
    });
    expect(await parcels()).toEqual([]);

    const ticket = await approved(field.gateway, 'chen', exact, { loginName: GUARDED, destination: 'vault' });
    const result = await field.gateway.ssh('chen', exact, { loginName: GUARDED });
    expect([result.status, result.stdout.length]).toEqual([0, 0]);
    expect(result.stderr).not.toContain('山田');
    const use = await ended(field.gateway, ticket);
    expect(use).toMatchObject({
      state: 'used',
      result: { rows: 3, bytes: PEOPLE.length + 4 + 4, sha256: sha256(PEOPLE) },
    });
    expect(result.stderr).toContain(`P-${use.parcel?.number}`);
    expect(result.stderr).toContain(sha256(PEOPLE));
    const { content, ...manifest } = await readParcel(ticket.id);
    expect(content.map(String)).toEqual([PEOPLE, '']);
    expect(manifest).toMatchObject({ rows: 3, sha256: sha256(PEOPLE), files: [{ sha256: sha256(PEOPLE) }, {}] });
    expect((await newest(field.gateway.database, 'parcel.sealed')).body).toMatchObject({ parcel: use.parcel?.number });
    const recorded = await outputOf(field.gateway.running.directory.recorder, use.result.sessionId);
    expect(recorded.includes('山田')).toBe(false);
  });

  test('by sftp fails for the client, with the parcel it is in', async () => {
    const ticket = await approve(await field.sftp(GUARDED, ['-get vault/large.bin']));
    expect(ticket).toMatchObject({ destination: 'vault' });
    const got = await field.sftp(GUARDED, [`-get vault/large.bin ${field.here}/large`]);
    await expect(readFile(join(field.here, 'large'))).rejects.toThrow('ENOENT');
    const use = await ended(field.gateway, ticket);
    expect(got.stderr).toContain(`P-${use.parcel?.number}`);
    const expected = (await field.onTarget('sha256sum vault/large.bin')).stdout.toString().slice(0, 64);
    expect(use).toMatchObject({ state: 'used', result: { bytes: 3_000_000, sha256: expected } });
    const { content } = await readParcel(ticket.id);
    expect(content.map((bytes) => sha256(bytes))).toEqual([expected]);
    expect((await newest(field.gateway.database, 'file.transferred')).body).toMatchObject({
      ...{ protocol: 'sftp', direction: 'download', bytes: 3_000_000, sha256: expected, complete: true },
    });
  });

  test('larger than its ticket is not kept', async () => {
    const ticket = await approve(await field.sftp(GUARDED, ['-get vault/large.bin']), { bytesMax: 1_000_000 });
    const before = await parcels();
    const got = await field.sftp(GUARDED, [`-get vault/large.bin ${field.here}/large`]);
    expect(got.stderr).toContain('[limit_exceeded]');
    const use = await ended(field.gateway, ticket);
    expect(use).toMatchObject({
      state: 'aborted',
      result: { outcome: 'limit_exceeded' },
      parcel: { outcome: 'discarded' },
    });
    expect(await parcels()).toEqual(before);
  });

  test.each([
    ['scp', async (to: string) => field.scp(GUARDED, ['-O', 'target:vault/people.csv', to]), ['people.csv']],
    [
      'rsync',
      async (to: string) =>
        runToEnd(partner('rsync'), [
          ...['-a', '-e', [partner('ssh'), ...(await field.settings(GUARDED))].join(' ')],
          ...[`target:${field.home}/vault/deep`, to],
        ]),
      ['deep/x'],
    ],
  ])('by %s goes the same way: files and no links or pipes', async (_name, carry, names) => {
    const to = join(field.here, `carried-${names.length}${names[0]?.length}`);
    const ticket = await approve(await carry(to));
    const done = await carry(to);
    expect(done.status).not.toBe(0);
    await expect(readFile(to)).rejects.toThrow('ENOENT');
    const use = await ended(field.gateway, ticket);
    expect(done.stderr).toContain(`P-${use.parcel?.number}`);
    const { files } = await readParcel(ticket.id);
    expect(files.map(({ path }) => path)).toEqual(names.map((name) => `${field.home}/vault/${name}`));
  });

  test('does not pay for an upload', async () => {
    await writeFile(join(field.here, 'up'), 'up');
    const push = async () =>
      runToEnd(partner('rsync'), [
        ...['-r', `--copy-dest=${field.home}/vault`],
        ...['-e', [partner('ssh'), ...(await field.settings(GUARDED))].join(' ')],
        ...[join(field.here, 'up'), `target:${field.home}/data/`],
      ]);
    const refused = await push();
    expect(refused.stderr).toContain('[ticket_required]');
    await approve(refused, { destination: 'vault' });
    const again = await push();
    expect([again.status === 0, again.stderr]).toEqual([false, expect.stringContaining('[ticket_required]')]);
  });
});
