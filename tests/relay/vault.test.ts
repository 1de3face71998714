import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ParcelOrigin, SealedParcel } from '../../approvals/index.ts';
import { LIMITS, newUuid } from '../../foundation/index.ts';
import type { SessionId, TicketId } from '../../policy/index.ts';
import { createIdentity } from '../../recorder/index.ts';
import { filePieces, openParcel, type PieceStore, sealedVault } from '../../relay/index.ts';
import { flipByte } from '../support/flip-byte.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tempDirectory, type TempDirectory } from '../support/temp-directory.ts';

const NOW = new Date('2026-04-01T00:00:00.000Z');
const clock = new ManualClock(NOW);
const hex = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const SECRET = '山田太郎,090-1234-5678\n';

let home: TempDirectory;
let store: PieceStore;
let own: Awaited<ReturnType<typeof createIdentity>>;
let escrow: Awaited<ReturnType<typeof createIdentity>>;
let origin: ParcelOrigin;

beforeEach(async () => {
  home = await tempDirectory();
  store = filePieces(join(home.path, 'vault'));
  [own, escrow] = [await createIdentity(), await createIdentity()];
  const uuid = (): string => newUuid(NOW);
  origin = {
    ...{ id: uuid(), number: 7, ticketNumber: 3 },
    ...{ ticket: uuid() as TicketId, session: uuid() as SessionId },
  };
});
afterEach(async () => {
  await home[Symbol.asyncDispose]();
});

const vault = () => sealedVault({ store, clock, recipients: [own.recipient, escrow.recipient] });
const place = (...name: string[]): string => join(home.path, 'vault', origin.id, ...name);

async function sealed(files: readonly Buffer[], pathOf = (at: number) => `/data/${at}`): Promise<SealedParcel> {
  const parcel = await vault().begin(origin);
  for (const [at, bytes] of files.entries()) {
    const file = await parcel.file(pathOf(at));
    for (let from = 0; from < bytes.length; from += 100_000) await file.write(bytes.subarray(from, from + 100_000));
    await file.end();
  }
  const all = Buffer.concat([...files]);
  return parcel.commit({ rows: 1, bytes: all.length, sha256: hex(all) });
}
const opened = ({ manifestSha256 }: SealedParcel, identity = own.identity) =>
  openParcel({ store, identities: [identity] }, { id: origin.id, manifestSha256 });

async function contents(parcel: Awaited<ReturnType<typeof opened>>, at: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of parcel.stream(at)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

describe('a sealed parcel', () => {
  test('opens with the key of the relay or of the escrow, and with no other', async () => {
    const parcel = await sealed([Buffer.from(SECRET)]);
    const { identity: strange } = await createIdentity();
    await expect(opened(parcel, strange)).rejects.toMatchObject({ code: 'vault_unavailable' });
    for (const identity of [own.identity, escrow.identity]) {
      using open = await opened(parcel, identity);
      expect((await contents(open, 0)).toString()).toBe(SECRET);
    }
  });

  test('shows nothing on the disk, neither contents nor names, to anybody but its own user', async () => {
    await sealed([Buffer.from(SECRET.repeat(50))], () => '/home/aoki/顧客.csv');
    const names = (await readdir(place())).sort();
    expect(names).toEqual(['000000.piece', 'key.age', 'manifest']);
    for (const name of names) {
      const bytes = await readFile(place(name));
      expect([bytes.includes('山田'), bytes.includes('顧客'), (await stat(place(name))).mode & 0o777]).toEqual([
        ...[false, false, 0o600],
      ]);
    }
    expect((await stat(place())).mode & 0o777).toBe(0o700);
  });

  test('is whole over many pieces, and read from any place', async () => {
    const large = Buffer.alloc(9_500_000);
    for (let at = 0; at < large.length; at += 4) large.writeUInt32LE(at, at);
    const parcel = await sealed([large, Buffer.alloc(0), Buffer.from('end')]);
    expect(parcel.files.map(({ bytes, sha256 }) => [bytes, sha256])).toEqual([
      ...[
        [large.length, hex(large)],
        [0, hex('')],
        [3, hex('end')],
      ],
    ]);
    using open = await opened(parcel);
    expect(hex(await contents(open, 0))).toBe(hex(large));
    expect(await open.read(0, 4_194_300, 20)).toEqual(large.subarray(4_194_300, 4_194_320));
    expect([(await open.read(0, large.length, 10)).length, (await open.read(1, 0, 10)).length]).toEqual([0, 0]);
    expect((await open.read(2, 1, 100)).toString()).toBe('nd');
  });

  test('of files that come at the same time keeps each apart', async () => {
    const parcel = await vault().begin(origin);
    const [first, second] = [await parcel.file('a'), await parcel.file('b')];
    await Promise.all(
      Array.from({ length: 500 }, async (_, at) => {
        await Promise.all([first.write(Buffer.alloc(999, at)), second.write(Buffer.alloc(777, 255 - (at % 256)))]);
      }),
    );
    const result = await parcel.commit({ rows: 0, bytes: 500 * 1776, sha256: hex('') });
    using open = await opened(result);
    for (const at of [0, 1]) expect(hex(await contents(open, at))).toBe(result.files[at]?.sha256);
    expect(open.manifest.files[0]?.extents.length).toBeLessThan(20);
  });

  test.each(['000000.piece', 'key.age', 'manifest'])('with one bit of %s changed does not open', async (name) => {
    const parcel = await sealed([Buffer.from(SECRET)]);
    await flipByte(place(name), 200 % (await stat(place(name))).size);
    const reading = (async () => {
      using open = await opened(parcel);
      return await contents(open, 0);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'vault_unavailable' });
  });

  test('whose manifest is another than the database knows does not open', async () => {
    const parcel = await sealed([Buffer.from(SECRET)]);
    const wrong = { ...parcel, manifestSha256: Buffer.alloc(32) };
    await expect(opened(wrong)).rejects.toMatchObject({ code: 'vault_unavailable' });
  });

  test('whose pieces changed places does not read', async () => {
    const parcel = await sealed([Buffer.alloc(8_388_608, 1)]);
    await writeFile(place('000000.piece'), await readFile(place('000001.piece')));
    using open = await opened(parcel);
    await expect(open.read(0, 0, 10)).rejects.toMatchObject({ code: 'vault_unavailable' });
  });

  test('takes nothing more, and nothing of it is left once it is destroyed', async () => {
    const parcel = await vault().begin(origin);
    const file = await parcel.file('a');
    await file.write(Buffer.from(SECRET));
    const result = await parcel.commit({ rows: 1, bytes: 1, sha256: hex('') });
    await expect(parcel.file('b')).rejects.toMatchObject({ code: 'vault_unavailable' });
    await expect(file.write(Buffer.from('late'))).rejects.toMatchObject({ code: 'vault_unavailable' });
    await store.remove(origin.id);
    expect(await readdir(join(home.path, 'vault'))).toEqual([]);
    await expect(opened(result)).rejects.toMatchObject({ code: 'vault_unavailable' });
    await store.remove(origin.id); // Again, after a crash between the two.
  });
});

describe('a parcel at its limits', () => {
  /** Bytes of the manifest that are not the path of its only file: measured, for it counts in digits. */
  async function manifestWith(pathBytes: number): Promise<SealedParcel> {
    origin = { ...origin, id: newUuid(NOW) };
    return sealed([Buffer.from('x')], () => 'p'.repeat(pathBytes));
  }

  test('is sealed only while its manifest can be read again, to the byte', async () => {
    await manifestWith(1);
    const around = (await stat(place('manifest'))).size - 1;
    const longest = LIMITS.parcelManifestBytesMax - around;
    using parcel = await opened(await manifestWith(longest));
    expect(parcel.manifest.files[0]?.path).toHaveLength(longest);
    for (const over of [1, 16]) {
      await expect(manifestWith(longest + over)).rejects.toMatchObject({ code: 'vault_unavailable' });
      await expect(stat(place())).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });

  test('of as many small files as there may be is whole, and one more is refused', async () => {
    const writing = await vault().begin(origin);
    for (let at = 0; at < LIMITS.parcelFilesMax; at += 1) {
      const file = await writing.file(`/data/${at}`);
      await file.write(Buffer.from(`${at}\n`));
      await file.end();
    }
    await expect(writing.file('/data/more')).rejects.toMatchObject({ code: 'vault_unavailable' });
    using parcel = await opened(await writing.commit({ rows: 1, bytes: 1, sha256: hex('') }));
    expect(parcel.manifest.files).toHaveLength(LIMITS.parcelFilesMax);
    for (const at of [0, 54_321, LIMITS.parcelFilesMax - 1])
      expect((await contents(parcel, at)).toString()).toBe(`${at}\n`);
    expect(await readdir(place())).toHaveLength(3); // Packed: one piece, the manifest, the key.
  });
});

describe('what broke off', () => {
  test('leaves nothing', async () => {
    const parcel = await vault().begin(origin);
    await (await parcel.file('/data/a')).write(Buffer.alloc(9_000_000, 1));
    expect((await readdir(place())).length).toBeGreaterThan(0);
    await parcel.abort();
    expect(await readdir(join(home.path, 'vault'))).toEqual([]);
  });

  test('stores nothing outside, and nothing where it cannot', async () => {
    await expect(vault().discard('../escape')).rejects.toMatchObject({ code: 'vault_unavailable' });
    for (const name of ['../key', '..', '.', '.key', '']) {
      for (const tried of [store.get(origin.id, name), store.put(origin.id, name, Buffer.from('x'))]) {
        await expect(tried).rejects.toMatchObject({ code: 'vault_unavailable' });
        await expect(tried).rejects.not.toHaveProperty('cause'); // The file system was not even asked.
      }
    }
    await writeFile(join(home.path, 'file'), '');
    const none = sealedVault({ store: filePieces(join(home.path, 'file')), clock, recipients: [own.recipient] });
    const parcel = await none.begin(origin);
    await (await parcel.file('a')).write(Buffer.from('x'));
    await expect(parcel.commit({ rows: 0, bytes: 1, sha256: hex('x') })).rejects.toMatchObject({
      code: 'vault_unavailable',
    });
  });
});
