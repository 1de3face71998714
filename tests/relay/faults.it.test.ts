/** What goes wrong on the way into the relay and inside it: nothing is lost, nothing gets past the inspection. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ZipFile } from 'yazl';
import { GatewayError } from '../../foundation/index.ts';
import type { PieceStore } from '../../relay/index.ts';
import { describeWith } from '../support/partners.ts';
import { type RelayWorld, relayWorld } from './support/world.ts';

const TABLE = 'id,amount\n1,100\n';

describeWith(['sftp'], 'a parcel in trouble', () => {
  /** The operations of the storage that fail now. */
  const failing = new Set<keyof PieceStore>();
  const act = <Result>(name: keyof PieceStore, done: () => Promise<Result>): Promise<Result> =>
    failing.has(name) ? Promise.reject(new GatewayError('vault_unavailable')) : done();
  let relay: RelayWorld;
  beforeAll(async () => {
    relay = await relayWorld({
      store: (store) => ({
        put: (...asked) => act('put', () => store.put(...asked)),
        get: (...asked) => act('get', () => store.get(...asked)),
        settle: (...asked) => act('settle', () => store.settle(...asked)),
        remove: (...asked) => act('remove', () => store.remove(...asked)),
      }),
    });
  });
  afterAll(async () => {
    await relay[Symbol.asyncDispose]();
  });

  const put = async (
    content: string | Buffer,
  ): Promise<{ readonly status: number | null; readonly again: () => Promise<number | null> }> => {
    const { number } = await relay.transfer();
    const path = join(relay.here, 'out.bin');
    await writeFile(path, content);
    const send = async () => (await relay.sftp('crm', [`put ${path} /put/T-${number}/out.bin`])).status;
    return { status: await send(), again: send };
  };
  const stored = async (content: string | Buffer): Promise<number> => {
    expect((await put(content)).status).toBe(0);
    return relay.newestParcel();
  };
  const take = async (parcel: number, to: string) =>
    (await relay.sftp('billing', [`get /pickup/P-${parcel}/out.bin ${join(relay.here, to)}`])).status;
  const inVault = () => readdir(join(relay.here, 'vault')).catch(() => []);
  const differences = async (parcel: number): Promise<unknown> =>
    (await relay.house.events('parcel.held')).find(({ body }) => body['parcel'] === parcel)?.body['differences'];

  test.each(['put', 'settle'] as const)(
    'is refused whole when the storage fails to %s, and goes in later',
    async (operation) => {
      const before = await inVault();
      failing.add(operation);
      const sent = await put(TABLE);
      failing.clear();
      expect(sent.status).not.toBe(0);
      expect(await relay.stateOf(await relay.newestParcel())).toBe('discarded');
      expect(await inVault()).toEqual(before);
      expect(await sent.again()).toBe(0);
      const parcel = await relay.newestParcel();
      await relay.keepUp();
      expect([await relay.stateOf(parcel), await take(parcel, `later-${operation}`)]).toEqual(['released', 0]);
    },
  );

  test('is not released while it cannot be read, nor told destroyed while it cannot be removed', async () => {
    const parcel = await stored(TABLE);
    failing.add('get');
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('scanning');
    failing.clear();
    await relay.keepUp();
    relay.house.clock.advance(8 * 24 * 3_600_000);
    failing.add('remove');
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('expired');
    expect(await take(parcel, 'late')).not.toBe(0);
    failing.clear();
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('destroyed');
  });

  test('of no bytes is put, inspected, and taken once', async () => {
    const parcel = await stored('');
    await relay.keepUp();
    expect([await relay.stateOf(parcel), await take(parcel, 'none')]).toEqual(['released', 0]);
    expect(await relay.stateOf(parcel)).toBe('picked_up');
    expect(await take(parcel, 'none-again')).not.toBe(0);
  });

  test.each([
    ['an archive inside an archive', () => zipOf([['inner.zip', Buffer.from('504b0304', 'hex')]])],
    ['a damaged archive', () => Promise.resolve(gzipSync(Buffer.alloc(100_000, 0x61)).subarray(0, 60))],
    ['a kind of archive nobody here opens', () => Promise.resolve(Buffer.from('377abcaf271c00047a7a7a7a', 'hex'))],
  ])('that is %s is held', async (_what, content) => {
    const parcel = await stored(await content());
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('held');
    expect(await differences(parcel)).toMatchObject([{ kind: 'archive' }]);
  });

  test('packed is counted like the same in the open', async () => {
    const people = Array.from({ length: 40 }, (_, at) => `${at},user${at}@example.com\n`).join('');
    const parcel = await stored(await zipOf([['people.csv', Buffer.from(`id,mail\n${people}`)]]));
    await relay.keepUp();
    const told = await relay.house.events('parcel.released');
    expect(told.at(-1)?.body).toMatchObject({ parcel, rows: 41, people: 40 });
  });
});

function zipOf(files: readonly (readonly [string, Buffer])[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of files) zip.addBuffer(content, name);
  zip.end();
  return buffer(zip.outputStream);
}
