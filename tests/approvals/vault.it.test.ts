import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  completeRedemption,
  decideTicket,
  directoryVault,
  recoverParcels,
  redeemTicket,
} from '../../approvals/index.ts';
import { execute, hasCode, newUuid, sha256, sql } from '../../foundation/index.ts';
import type { SessionId, TicketId } from '../../policy/index.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { exportView, START, type World, world } from './world.ts';

const clock = new ManualClock(START);
const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const id = newUuid(START);
const origin = {
  ...{ id, number: 7, ticketNumber: 3 },
  ticket: newUuid(START) as TicketId,
  session: newUuid(START) as SessionId,
};
const totals = { rows: 2, bytes: 6, sha256: hex('ab\ncd\n') };

describe('the vault in a directory', () => {
  test('keeps files under numbers, for its own user alone, with a manifest that tells what they are', async () => {
    await using directory = await tempDirectory();
    const vault = directoryVault({ directory: join(directory.path, 'vault'), clock });
    const parcel = await vault.begin(origin);
    const [first, second] = [await parcel.file('../../etc/passwd'), await parcel.file('/data/b')];
    await Promise.all([
      first.write(Buffer.from('ab')),
      second.write(Buffer.from('cd\n')),
      first.write(Buffer.from('\n')),
    ]);
    const sealed = await parcel.commit(totals);
    const place = join(directory.path, 'vault', id);
    expect((await readdir(place)).sort()).toEqual(['000001', '000002', 'manifest.json']);
    expect(await readFile(join(place, '000001'), 'utf8')).toBe('ab\n');
    const manifest = await readFile(join(place, 'manifest.json'));
    expect(sealed.manifestSha256.equals(sha256(manifest))).toBe(true);
    expect(JSON.parse(manifest.toString())).toEqual({
      ...{ format: 'sekisho-vault/1', ...origin, sealedAt: START.toISOString(), ...totals },
      files: [
        { name: '000001', path: '../../etc/passwd', bytes: 3, sha256: hex('ab\n') },
        { name: '000002', path: '/data/b', bytes: 3, sha256: hex('cd\n') },
      ],
    });
    const modes = await Promise.all([place, join(place, '000001'), join(place, 'manifest.json')].map((at) => stat(at)));
    expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
    await expect(parcel.file('/data/c')).rejects.toMatchObject({ code: 'vault_unavailable' });
    await expect(parcel.commit(totals)).rejects.toMatchObject({ code: 'vault_unavailable' });
    await expect(first.write(Buffer.from('late'))).rejects.toMatchObject({ code: 'vault_unavailable' });
  });

  test('keeps nothing of what was broken off', async () => {
    await using directory = await tempDirectory();
    const vault = directoryVault({ directory: directory.path, clock });
    const parcel = await vault.begin(origin);
    await (await parcel.file('/data/a')).write(Buffer.from('half'));
    await parcel.abort();
    expect(await readdir(directory.path)).toEqual([]);
  });

  test('never goes into a parcel that is there, and stores nothing where it cannot', async () => {
    await using directory = await tempDirectory();
    const vault = directoryVault({ directory: directory.path, clock });
    await vault.begin(origin);
    await expect(vault.begin(origin)).rejects.toMatchObject({ code: 'vault_unavailable' });
    await expect(vault.discard('../escape')).rejects.toMatchObject({ code: 'vault_unavailable' });
    await writeFile(join(directory.path, 'file'), '');
    const none = directoryVault({ directory: join(directory.path, 'file'), clock });
    const refused = await none.begin(origin).catch((thrown: unknown) => thrown);
    expect(hasCode(refused, 'vault_unavailable')).toBe(true);
  });
});

describe('a ticket for the vault', () => {
  const redeemed = async (w: World, destination: 'vault' | 'workstation') => {
    const { id: ticket, actDigest, ...asked } = await w.ask('aoki', { destination });
    expect(asked.destination).toBe(destination);
    await decideTicket(w, w.people.tanaka, ticket, { decision: 'approve', reason: 'ok', actDigest });
    const sessionId = await w.session('aoki');
    const request = {
      personId: w.idOf('aoki'),
      targetId: await w.targetId('crm-db'),
      digest: actDigest,
      sessionId,
      text: '',
    };
    return { ticket, request, sessionId };
  };

  test('is not redeemed where what leaves goes to a workstation', async () => {
    await using w = await world();
    const { request } = await redeemed(w, 'vault');
    expect(await redeemTicket(w, { ...request, destination: 'workstation' })).toMatchObject({ redeemed: false });
    expect(await redeemTicket(w, request)).toMatchObject({ redeemed: true, parcel: { number: 1 } });
  });

  test('a ticket for a workstation has no parcel, and the database gives it none', async () => {
    await using w = await world();
    const { ticket, request } = await redeemed(w, 'workstation');
    expect(await redeemTicket(w, request)).toMatchObject({ redeemed: true, parcel: undefined });
    const forged = execute(
      w.database,
      sql(z.never())`INSERT INTO parcels (id, ticket_id, begun_at) VALUES (${newUuid(START)}, ${ticket}, ${START})`,
    );
    await expect(forged).rejects.toMatchObject({ code: '23514' });
  });

  test('tells its parcel, sealed once, with its event', async () => {
    await using w = await world();
    const { ticket, request } = await redeemed(w, 'vault');
    const use = await redeemTicket(w, request);
    if (!use.redeemed || use.parcel === undefined) throw new Error('not redeemed');
    const result = { outcome: 'completed', rows: 2, bytes: 6, sha256: sha256('ab\ncd\n'), exitStatus: 0 } as const;
    const files = [{ path: '/data/a', bytes: 6, sha256: totals.sha256 }];
    const ended = { parcel: use.parcel, sealed: { files, manifestSha256: sha256('manifest') } };
    await completeRedemption(w, ticket, result, ended);
    expect((await exportView(w, w.people.tanaka, ticket))?.parcel).toEqual({
      ...{ number: 1, outcome: 'sealed' },
      sealed: { files: 1, bytes: 6, manifestSha256: sha256('manifest').toString('hex') },
    });
    expect(await w.events('parcel.sealed')).toMatchObject([{ ticket, body: { parcel: 1, files: 1, bytes: 6 } }]);
    await expect(
      w.fresh.owner.pool.query("UPDATE parcel_ends SET outcome = 'discarded', manifest_sha256 = NULL"),
    ).rejects.toThrow();
  });

  test('whose use broke off leaves nothing in the vault after a start', async () => {
    await using w = await world();
    await using directory = await tempDirectory();
    const vault = directoryVault({ directory: directory.path, clock: w.clock });
    const { ticket, request, sessionId } = await redeemed(w, 'vault');
    const use = await redeemTicket(w, request);
    if (!use.redeemed || use.parcel === undefined) throw new Error('not redeemed');
    const parcel = await vault.begin({ ...use.parcel, ticket, ticketNumber: 1, session: sessionId });
    await (await parcel.file('/data/a')).write(Buffer.from('half'));
    expect(await recoverParcels({ ...w, vault })).toBe(0); // Its session goes on.
    await w.fresh.owner.pool.query('UPDATE sessions SET closed_at = now(), close_reason = $1', ['gateway_restarted']);
    expect(await recoverParcels({ ...w, vault })).toBe(1);
    expect(await readdir(directory.path)).toEqual([]);
    expect(await recoverParcels({ ...w, vault })).toBe(0);
    expect(await w.events('parcel.discarded')).toMatchObject([{ ticket, body: { parcel: 1 } }]);
  });
});
