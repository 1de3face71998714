/** Parcels between two systems, put and taken by OpenSSH's own sftp. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { execute, sql } from '../../foundation/index.ts';
import { requestTransfer } from '../../approvals/index.ts';
import { decideParcel, findParcel, receiptText } from '../../relay/index.ts';
import { codeOf, HOUR } from '../approvals/world.ts';
import { describeWith, partner } from '../support/partners.ts';
import { runToEnd } from '../support/gateway.ts';
import { waitFor } from '../support/wait-for.ts';
import { listenAgain, type RelayWorld, relayWorld } from './support/world.ts';

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
/** So many people, each with a name, a mobile number and an address. */
const people = (count: number): string =>
  `id,name,phone\n${Array.from({ length: count }, (_, at) => `${at},山田太郎,090-${1000 + at}-5678\n`).join('')}`;
const TEN = people(10);

describeWith(['sftp', 'ssh-keygen'], 'a parcel between two systems', () => {
  let relay: Awaited<ReturnType<typeof relayWorld>>;
  beforeAll(async () => {
    relay = await relayWorld();
    await writeFile(join(relay.here, 'ten.csv'), TEN);
    await writeFile(join(relay.here, 'many.csv'), people(180));
  });
  afterAll(async () => {
    await relay[Symbol.asyncDispose]();
  });

  const put = async (ticket: number, file = 'ten.csv', as = file) => {
    const done = await relay.sftp('crm', [`put ${join(relay.here, file)} /put/T-${ticket}/${as}`]);
    return { done, parcel: await relay.newestParcel() };
  };
  const take = (parcel: number, to: string, name = 'ten.csv', system: Parameters<RelayWorld['sftp']>[0] = 'billing') =>
    relay.sftp(system, [`get /pickup/P-${parcel}/${name} ${join(relay.here, to)}`]);
  const there = (name: string) => readFile(join(relay.here, name)).then(String, () => undefined);
  const newest = async (type: string) => (await relay.house.events(type)).at(-1);

  test('is put by one, taken once by the other, receipted and destroyed with proof', async () => {
    const ticket = await relay.transfer();
    const { done, parcel } = await put(ticket.number);
    expect(done.status).toBe(0);
    expect(await relay.stateOf(parcel)).toBe('sealed');
    expect((await take(parcel, 'early')).status).not.toBe(0); // Nobody takes what was not inspected.
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('released');
    expect((await newest('parcel.released'))?.body).toMatchObject({ parcel, rows: 11, people: 10 });

    const listed = await relay.sftp('billing', ['ls /pickup', `ls /pickup/P-${parcel}`]);
    expect(listed.stdout.toString()).toContain(`/pickup/P-${parcel}/ten.csv`);
    expect((await take(parcel, 'taken.csv')).status).toBe(0);
    expect(await there('taken.csv')).toBe(TEN);
    expect([await relay.stateOf(parcel), await relay.house.stateOf(ticket.id)]).toEqual(['picked_up', 'used']);

    const again = await take(parcel, 'again.csv');
    expect([again.status === 0, await there('again.csv')]).toEqual([false, undefined]);

    const text = receiptText(parcel, [{ name: 'ten.csv', sha256: sha256(TEN) }]);
    const receipt = join(relay.here, 'receipt');
    await writeFile(receipt, text);
    await runToEnd(partner('ssh-keygen'), [
      ...['-Y', 'sign', '-q', '-f', relay.keyPath('billing'), '-n', 'sekisho-receipt', receipt],
    ]);
    const forged = await relay.sftp('crm', [`put ${receipt}.sig /receipts/P-${parcel}.sig`]);
    expect(forged.status).not.toBe(0); // It is not theirs to say.
    expect((await relay.sftp('billing', [`put ${receipt}.sig /receipts/P-${parcel}.sig`])).status).toBe(0);
    expect((await newest('parcel.receipt'))?.body).toMatchObject({ parcel, sha256: sha256(text) });

    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('destroyed');
    expect((await newest('parcel.destroyed'))?.body).toMatchObject({ parcel, files: 1, bytes: TEN.length + 10 * 8 });
    expect(await readdir(join(relay.here, 'vault'))).toEqual([]);
  });

  test('that carries more people than promised waits for both owners, and goes when both say so', async () => {
    const ticket = await relay.transfer({ peopleExpected: 100, rowsExpected: 500, fields: ['id', 'name'] });
    const { parcel } = await put(ticket.number, 'many.csv');
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('held');
    expect((await newest('parcel.held'))?.body).toMatchObject({
      differences: [
        { kind: 'people', promised: '100', found: '180' },
        { kind: 'fields', promised: 'id, name', found: 'phone' },
      ],
    });
    expect((await take(parcel, 'held.csv', 'many.csv')).status).not.toBe(0);
    const { aoki, mori, suzuki, tanaka } = relay.house.people;
    const decide = (who: typeof mori, decision: 'release' | 'revoke' = 'release') =>
      codeOf(decideParcel(relay.house, who, { parcel, decision, reason: 'The month had more bills' }));
    expect([await decide(aoki), await decide(suzuki), await decide(tanaka)]).toEqual([
      ...['own_request', 'not_found', 'accepted'],
    ]);
    expect([await relay.stateOf(parcel), await decide(tanaka)]).toEqual(['held', 'parcel_unavailable']);
    expect([await decide(mori), await relay.stateOf(parcel)]).toEqual(['accepted', 'released']);
    expect((await take(parcel, 'more.csv', 'many.csv')).status).toBe(0);
    expect(await there('more.csv')).toBe(people(180));
  });

  test('is not let go by an owner who asked for a transfer of it', async () => {
    const ticket = await relay.transfer({ peopleExpected: 100 });
    const { parcel } = await put(ticket.number, 'many.csv');
    await relay.keepUp();
    const { house } = relay;
    const { tanaka } = house.people;
    const own = await requestTransfer(house, tanaka, {
      ...{ from: await relay.systemId('crm'), to: await relay.systemId('billing'), parcel, purpose: 'All of them' },
      ...{ description: 'The same once more', notBefore: house.clock.now() },
      notAfter: new Date(house.clock.now().getTime() + HOUR),
    });
    for (const owner of ['mori', 'sato'] as const) await relay.approve(own.id, owner);
    expect(await house.stateOf(own.id)).toBe('approved');
    expect(
      await findParcel(house.database, { number: parcel, person: tanaka.person.id, seesAll: false }),
    ).toMatchObject({
      ...{ state: 'held', mayDecide: false },
    });
    const said = { parcel, decision: 'release', reason: 'I know it' } as const;
    expect(await codeOf(decideParcel(house, tanaka, said))).toBe('own_request');
  });

  test('with malicious content is released by nobody, and one owner has it destroyed', async () => {
    const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
    await writeFile(join(relay.here, 'bad.txt'), eicar);
    const ticket = await relay.transfer();
    const { parcel } = await put(ticket.number, 'bad.txt');
    await relay.keepUp();
    const said = { parcel, reason: 'No' };
    const { mori } = relay.house.people;
    expect(await codeOf(decideParcel(relay.house, mori, { ...said, decision: 'release' }))).toBe('not_permitted');
    expect(await codeOf(decideParcel(relay.house, mori, { ...said, decision: 'revoke' }))).toBe('accepted');
    await relay.keepUp();
    expect([await relay.stateOf(parcel), await relay.house.stateOf(ticket.id)]).toEqual(['destroyed', 'aborted']);
  });

  test('is neither put nor taken by anybody else, nor without a ticket, nor out of its time', async () => {
    const ticket = await relay.transfer();
    const before = (await relay.house.events('parcel.put_begun')).length;
    const wrong = await relay.sftp('billing', [`put ${join(relay.here, 'ten.csv')} /put/T-${ticket.number}/x.csv`]);
    const none = await relay.sftp('crm', [`put ${join(relay.here, 'ten.csv')} /put/T-999/x.csv`]);
    expect([wrong.status === 0, none.status === 0]).toEqual([false, false]);
    expect(await relay.house.events('parcel.put_begun')).toHaveLength(before);
    const { parcel } = await put(ticket.number);
    await relay.keepUp();
    expect((await put(ticket.number)).done.status).not.toBe(0); // One parcel a ticket.
    for (const system of ['crm', 'lonely'] as const) {
      expect((await take(parcel, 'stolen.csv', 'ten.csv', system)).status).not.toBe(0);
    }
    relay.house.clock.advance(2 * HOUR);
    expect((await take(parcel, 'late.csv')).status).not.toBe(0);
    expect([await there('stolen.csv'), await there('late.csv')]).toEqual([undefined, undefined]);
    relay.house.clock.advance(8 * 24 * HOUR);
    await relay.keepUp();
    expect([await relay.stateOf(parcel), await relay.house.stateOf(ticket.id)]).toEqual(['destroyed', 'aborted']);
    expect((await newest('parcel.expired'))?.body).toMatchObject({ parcel, from: 'released' });
  });

  test('never moves to a system that protects it less', async () => {
    const ticket = await relay.transfer();
    const { parcel } = await put(ticket.number);
    await relay.keepUp();
    await relay.house.fresh.owner.pool.query("UPDATE systems SET protection_class = 3 WHERE name = 'crm'");
    try {
      expect((await take(parcel, 'down.csv')).status).not.toBe(0);
      expect((await newest('parcel.pickup_refused'))?.body).toMatchObject({ reason: 'protected_less' });
      const next = await relay.transfer();
      expect((await put(next.number)).done.status).not.toBe(0);
    } finally {
      await relay.house.fresh.owner.pool.query('UPDATE systems SET protection_class = 1');
    }
    expect((await take(parcel, 'down.csv')).status).toBe(0);
  });

  test('asked for by two at once, at two relays, goes to exactly one of them', async () => {
    await using second = await listenAgain(relay);
    await writeFile(join(relay.here, 'large.bin'), Buffer.alloc(9_000_000, 'data,'));
    for (let round = 0; round < 3; round += 1) {
      const ticket = await relay.transfer();
      const { parcel } = await put(ticket.number, 'large.bin');
      await relay.keepUp();
      const get = (to: string, port: number) =>
        relay.sftp('billing', [`get /pickup/P-${parcel}/large.bin ${join(relay.here, to)}`], port);
      const both = await Promise.all([get('one', relay.port), get('two', second.port)]);
      expect(both.filter(({ status }) => status === 0)).toHaveLength(1);
      expect(
        (await relay.house.events('parcel.picked_up')).filter(({ body }) => body['parcel'] === parcel),
      ).toHaveLength(1);
    }
  });

  test.each([
    ['climbs', '/put/T-1/../../etc/passwd'],
    ['is hidden behind a bidirectional character', '/put/T-1/\u202egpj.exe'],
    ['is a name in another form', '/put/T-1/cafe\u0301.csv'],
    ['begins as an option', '/put/T-1/-rf'],
    ['is nowhere', '/etc/passwd'],
  ])('under a name that %s is refused', async (_why, path) => {
    const done = await relay.sftp('crm', [`put ${join(relay.here, 'ten.csv')} "${path}"`]);
    expect(done.status).not.toBe(0);
  });

  test('cannot be linked, renamed, removed, and there is no shell and no command', async () => {
    for (const command of ['symlink /pickup /put/x', 'rename /put /x', 'rm /put', 'mkdir /x']) {
      expect((await relay.sftp('crm', [command])).status).not.toBe(0);
    }
    const known = join(relay.here, `known_hosts_${relay.port}`);
    const ssh = await runToEnd(partner('ssh'), [
      ...['-F', '/dev/null', '-p', String(relay.port), '-i', relay.keyPath('crm'), '-o', `UserKnownHostsFile=${known}`],
      ...['-o', 'IdentitiesOnly=yes', 'crm@127.0.0.1', 'id'],
    ]);
    expect([ssh.status === 0, ssh.stdout.length]).toEqual([false, 0]);
    const refused = await waitFor('the event', async () => {
      const last = await newest('relay.refused');
      return last?.body['kind'] === 'exec' ? last.body : undefined;
    });
    expect(refused).toMatchObject({ kind: 'exec', detail: 'id' });
  });

  test('is not reached with an unknown key, from another address, or while its system is locked', async () => {
    const change = (statement: string) => relay.house.fresh.owner.pool.query(statement);
    const reason = async () => ((await newest('relay.sign_in_refused'))?.body ?? {})['reason'];
    await change("UPDATE relay_identities SET sources = '{192.0.2.0/24}' WHERE name = 'crm-batch'");
    expect([(await relay.sftp('crm', ['ls /'])).status === 0, await reason()]).toEqual([false, 'source_address']);
    await change("UPDATE relay_identities SET sources = '{127.0.0.1}', revoked_at = now() WHERE name = 'crm-batch'");
    expect([(await relay.sftp('crm', ['ls /'])).status === 0, await reason()]).toEqual([false, 'unknown_key']);
    await change("UPDATE relay_identities SET revoked_at = NULL WHERE name = 'crm-batch'");
    expect((await relay.sftp('crm', ['ls /'])).status).toBe(0);
    const { house } = relay;
    await execute(
      house.database,
      sql(z.never())`
        INSERT INTO locks (id, kind, subject, reason, locked_by, locked_at)
        VALUES (gen_random_uuid(), 'system', ${await relay.systemId('crm')}, 'why', ${house.idOf('kimura')}, now())`,
    );
    expect([(await relay.sftp('crm', ['ls /'])).status === 0, await reason()]).toEqual([false, 'system_locked']);
  });
});
