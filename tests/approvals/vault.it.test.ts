import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { completeRedemption, decideTicket, recoverParcels, redeemTicket } from '../../approvals/index.ts';
import { execute, newUuid, sha256, sql } from '../../foundation/index.ts';
import { createIdentity } from '../../recorder/index.ts';
import { filePieces, sealedVault } from '../../relay/index.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { exportView, START, type World, world } from './world.ts';

const hex = (text: string): string => createHash('sha256').update(text).digest('hex');
const totals = { rows: 2, bytes: 6, sha256: hex('ab\ncd\n') };

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
    const { recipient } = await createIdentity();
    const store = filePieces(directory.path);
    const vault = sealedVault({ store, clock: w.clock, recipients: [recipient] });
    const { ticket, request, sessionId } = await redeemed(w, 'vault');
    const use = await redeemTicket(w, request);
    if (!use.redeemed || use.parcel === undefined) throw new Error('not redeemed');
    const parcel = await vault.begin({ ...use.parcel, ticket, ticketNumber: 1, session: sessionId });
    await (await parcel.file('/data/a')).write(Buffer.alloc(5_000_000));
    expect(await recoverParcels({ ...w, vault })).toBe(0); // Its session goes on.
    await w.fresh.owner.pool.query('UPDATE sessions SET closed_at = now(), close_reason = $1', ['gateway_restarted']);
    expect(await recoverParcels({ ...w, vault })).toBe(1);
    expect(await readdir(directory.path)).toEqual([]);
    expect(await recoverParcels({ ...w, vault })).toBe(0);
    expect(await w.events('parcel.discarded')).toMatchObject([{ ticket, body: { parcel: 1 } }]);
  });
});
