/** What comes to the relay is scanned by ClamAV's own daemon; without its word nothing goes on. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { clamdScanner, decideParcel } from '../../relay/index.ts';
import { codeOf } from '../approvals/world.ts';
import { Clamd, MARKER, MARKER_NAME, STREAM_BYTES_MAX } from '../support/clamd.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { type RelayWorld, relayWorld } from './support/world.ts';

const CLEAN = 'id,amount\n1,100\n';
const TIMEOUT_MS = 1_500;

describeWith(['sftp', 'clamd'], 'a parcel before the real scanner', () => {
  const cleanup = new Cleanup();
  let clamd: Clamd;
  let relay: RelayWorld;
  beforeAll(async () => {
    const { path } = cleanup.use(await tempDirectory());
    clamd = cleanup.use(await Clamd.start(path));
    const scanner = clamdScanner({ host: '127.0.0.1', port: clamd.port, timeoutMs: TIMEOUT_MS });
    relay = cleanup.use(await relayWorld({ scanner }));
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const put = async (content: string | Buffer): Promise<number> => {
    const { number } = await relay.transfer();
    const path = join(relay.here, 'out.bin');
    await writeFile(path, content);
    expect((await relay.sftp('crm', [`put ${path} /put/T-${number}/out.bin`])).status).toBe(0);
    return relay.newestParcel();
  };
  const held = async (parcel: number): Promise<unknown> => {
    const told = await relay.house.events('parcel.held');
    return told.find(({ body }) => body['parcel'] === parcel)?.body['differences'];
  };

  test.each([
    ['in the open, far into the file', Buffer.concat([Buffer.alloc(300_000, 0x61), Buffer.from(MARKER)])],
    ['packed', gzipSync(`${CLEAN}${MARKER}\n`)],
  ])('with what the signatures name, %s, is held and let go by nobody', async (_where, content) => {
    const parcel = await put(content);
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('held');
    expect(await held(parcel)).toEqual([{ kind: 'malware', promised: '', found: MARKER_NAME }]);
    const asked = { parcel, decision: 'release', reason: 'We need it today' } as const;
    expect(await codeOf(decideParcel(relay.house, relay.house.people.mori, asked))).toBe('not_permitted');
  });

  test('larger than the scanner takes is held, for nobody knows what it is', async () => {
    const parcel = await put(Buffer.alloc(STREAM_BYTES_MAX + 100_000, 0x62));
    await relay.keepUp();
    expect(await held(parcel)).toMatchObject([{ kind: 'scanner', found: expect.stringContaining('size limit') }]);
  });

  test('waits while the scanner is away or silent, and goes by itself when it answers again', async () => {
    const parcel = await put(CLEAN);
    clamd.freeze();
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('scanning');
    expect((await relay.sftp('billing', [`get /pickup/P-${parcel}/out.bin ${relay.here}/no`])).status).not.toBe(0);
    clamd.thaw();
    await clamd.stop();
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('scanning');
    await clamd.run();
    await relay.keepUp();
    expect(await relay.stateOf(parcel)).toBe('released');
    const told = await relay.house.events('parcel.released');
    expect(told.at(-1)?.body).toMatchObject({ parcel, scanner: 'ClamAV' });
  });
});
