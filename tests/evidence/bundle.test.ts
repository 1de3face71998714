import { mkdtempSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ZipFile } from 'yazl';
import { type Manifest, PATHS, verifyBundle, verifySession } from '../../evidence/index.ts';
import { DamagedBundle, openBundle } from '../../main/bundle/zip-source.ts';
import { recorderEvidence } from '../../recorder/evidence-source.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';
import { honest } from './support/acts.ts';
import { bundleFiles, manifestOf, sumsOf, writeDirectory, zipBundle } from './support/bundles.ts';
import { addHeartbeat, type Files, type House, policyOf, sourceOf, tinyHouse, writeHouse } from './support/house.ts';

const home = mkdtempSync(join(tmpdir(), 'sekisho-bundles-'));
afterAll(() => rm(home, { recursive: true, force: true }));
let made = 0;
const place = (name: string): string => join(home, `${(made += 1)}-${name}`);

const PERIOD: Manifest['scope'] = { kind: 'period', from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T00:01:00.000Z' };

async function verifyZip(path: string, house: House) {
  using source = await openBundle(path);
  const own = { policy: policyOf(house), submitters: [house.submitter.publicKey] };
  return await verifyBundle({ source, crypto: nodeCrypto, ...own });
}

const verifyFiles = (files: Files, house: House) =>
  verifyBundle({
    ...{ source: sourceOf(files), crypto: nodeCrypto, policy: policyOf(house) },
    submitters: [house.submitter.publicKey],
  });

describe('a bundle', () => {
  test('of a period, made of a directory, is verified, and holds what the check asks for and no more', async () => {
    const house = honest();
    const out = place('period.zip');
    const { missing, sessions } = await zipBundle(house, place('recorder'), out, manifestOf(PERIOD));
    expect({ missing, sessions }).toEqual({ missing: [], sessions: house.sids });
    const report = await verifyZip(out, house);
    expect(report).toMatchObject({ verdict: 'VERIFIED', manifest: { scope: PERIOD }, ledger: { records: 2 } });
  });

  test('of one session without what was typed says so, and holds nothing of the other session', async () => {
    const house = honest();
    const out = place('session.zip');
    const [first = '', second = ''] = house.sids;
    const manifest = manifestOf({ kind: 'sessions', sessions: [first] }, { streams: ['screen'] });
    await zipBundle(house, place('recorder'), out, manifest);
    const report = await verifyZip(out, house);
    expect(report).toMatchObject({ verdict: 'VERIFIED', sessions: [{ sid: first }] });
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'keystrokes_left_out' }));
    using source = await openBundle(out);
    expect(source.paths.filter((path) => path.startsWith('keys/'))).toEqual([PATHS.key(first, 'screen')]);
    expect(source.paths.join()).not.toContain(second);
  });

  test('is made of a log that went on after its checkpoint was cosigned, as far as that', async () => {
    const house = honest();
    const directory = place('recorder');
    const before = writeHouse(house);
    await writeDirectory(house, directory);
    for (let more = 0; more < 300; more += 1) addHeartbeat(house);
    await writeDirectory(house, directory);
    await writeFile(join(directory, 'log', 'checkpoint.witnessed'), before.get('log/checkpoint') ?? '');
    const report = await verifySession(
      {
        source: recorderEvidence({ directory, policy: null, submitter: house.submitter.publicKey }),
        ...{ crypto: nodeCrypto, policy: policyOf(house) },
      },
      house.sids[0] ?? '',
    );
    expect(report).toMatchObject({ verdict: 'VERIFIED', log: { size: house.leaves.length - 300 } });
  });

  test('tells what it lacks when it is made, and its check is INCOMPLETE', async () => {
    const house = honest();
    const lost = [...house.files.keys()].find((path) => path.startsWith('objects/')) ?? '';
    house.files.delete(lost);
    const out = place('lacking.zip');
    expect((await zipBundle(house, place('recorder'), out, manifestOf(PERIOD))).missing).toEqual([lost]);
    expect(await verifyZip(out, house)).toMatchObject({ verdict: 'INCOMPLETE' });
  });

  test('never takes the place of a file that is there', async () => {
    const house = honest();
    const out = place('there.zip');
    await writeFile(out, 'mine');
    await expect(zipBundle(house, place('recorder'), out, manifestOf(PERIOD))).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(await readFile(out, 'utf8')).toBe('mine');
  });
});

describe('a hostile bundle', () => {
  const zipOf = async (files: readonly [string, string][], after: (bytes: Buffer) => Buffer = (bytes) => bytes) => {
    const zip = new ZipFile();
    for (const [path, text] of files) zip.addBuffer(Buffer.from(text), path, { compress: false });
    zip.end();
    const parts: Buffer[] = [];
    for await (const part of zip.outputStream) if (Buffer.isBuffer(part)) parts.push(part);
    const out = place('hostile.zip');
    await writeFile(out, after(Buffer.concat(parts)));
    return out;
  };
  /** Names are replaced by others of the same length, which zip programs would not write. */
  const renamed = (from: string, to: string) => (bytes: Buffer) =>
    Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');

  test.each([
    ['climbs out of its place', renamed('abcdefgh', '../../xy')],
    ['stands at the root', renamed('abcdefgh', '/etc/pwd')],
    ['has a backslash', renamed('abcdefgh', 'ab\\defgh')],
    ['is there twice', renamed('abcdefgh', 'README12')],
  ])('in which a name %s is refused', async (_, after) => {
    const path = await zipOf(
      [
        ['abcdefgh', 'a'],
        ['README12', 'b'],
      ],
      after,
    );
    await expect(openBundle(path)).rejects.toBeInstanceOf(DamagedBundle);
  });

  test('whose bytes do not have their checksum is refused', async () => {
    const path = await zipOf([['policy', 'quorum none\n']], renamed('quorum none', 'quorum mine'));
    using source = await openBundle(path);
    await expect(source.read('policy')).rejects.toBeInstanceOf(DamagedBundle);
  });

  test.each([
    ['is empty', () => Buffer.alloc(0)],
    ['is no zip', () => Buffer.from('a picture of a cat')],
    ['is cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 30)],
  ])('that %s is refused', async (_, after) => {
    await expect(openBundle(await zipOf([['policy', 'quorum none\n']], after))).rejects.toBeInstanceOf(DamagedBundle);
  });

  test.each<[string, (files: Files) => Files, string]>([
    ['a file that its list does not name', (files) => files.set('extra', Buffer.from('x')), 'file_unlisted extra'],
    ['a file changed beside its list', (files) => files.set(PATHS.policy, Buffer.from('#')), 'sum_differs policy'],
    ['no list', (files) => (files.delete(PATHS.sums), files), 'file_missing SHA256SUMS'],
    ['no description', (files) => (files.delete(PATHS.manifest), files), 'file_missing manifest.json'],
    [
      'a description that cannot be read',
      (files) => files.set(PATHS.manifest, Buffer.from(`${readText(files, PATHS.manifest).trim()} \n`)),
      'manifest_unreadable manifest.json',
    ],
  ])('with %s is not verified', async (_, change, says) => {
    const house = honest();
    const files = change(bundleFiles(writeHouse(house), manifestOf(PERIOD)));
    const report = await verifyFiles(files, house);
    expect(['TAMPERED', 'INCOMPLETE']).toContain(report.verdict);
    expect(report.findings.map(({ code, where }) => `${code} ${where}`)).toContain(says);
  });

  test('cannot narrow what the verifier asks for himself', async () => {
    const house = honest();
    const files = bundleFiles(writeHouse(house), manifestOf({ kind: 'sessions', sessions: [] }));
    const lost = [...files.keys()].find((path) => path.startsWith('objects/')) ?? '';
    files.delete(lost);
    files.set(PATHS.sums, sumsOf(files));
    expect(await verifyFiles(files, house)).toMatchObject({ verdict: 'VERIFIED' });
    const asked = { source: sourceOf(files), crypto: nodeCrypto, policy: policyOf(house), scope: PERIOD };
    expect(await verifyBundle(asked)).toMatchObject({ verdict: 'INCOMPLETE' });
  });
});

const readText = (files: Files, path: string): string => Buffer.from(files.get(path) ?? []).toString('utf8');

describe('every bit', () => {
  const house = tinyHouse();
  const scope = PERIOD;
  const files = bundleFiles(writeHouse(house), manifestOf(scope));
  const bits = [...files].flatMap(([path, bytes]) =>
    Array.from({ length: bytes.length * 8 }, (_, bit) => ({ path, bit })),
  );
  /** What carries no evidence: a verifier's own policy stands for it, or it is a note of who made the bundle. */
  const carries = ({ path }: { path: string }): boolean => path !== PATHS.policy && path !== PATHS.submitter;
  const long = process.env['SEKISHO_TEST_LONG'] === '1';
  const chosen = <T>(all: readonly T[], share: number): readonly T[] =>
    long ? all : all.filter((_, index) => (index * 2_654_435_761) % 4_294_967_296 < share * 4_294_967_296);

  const flipped = (path: string, bit: number): Files => {
    const copy = Uint8Array.from(files.get(path) ?? []);
    copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    return new Map(files).set(path, copy);
  };

  test('of a small bundle counts: with any one changed it is TAMPERED', async () => {
    expect((await verifyFiles(files, house)).verdict).toBe('VERIFIED');
    for (const { path, bit } of chosen(bits, 0.02)) {
      expect({ path, bit, verdict: (await verifyFiles(flipped(path, bit), house)).verdict }).toEqual({
        ...{ path, bit, verdict: 'TAMPERED' },
      });
    }
  }, 3_600_000);

  test('of what carries evidence counts even when the list is made to fit', async () => {
    for (const { path, bit } of chosen(bits.filter(carries), 0.02)) {
      if (path === PATHS.sums) continue;
      const changedFiles = flipped(path, bit);
      changedFiles.set(PATHS.sums, sumsOf(changedFiles));
      const { verdict, manifest } = await verifyFiles(changedFiles, house);
      // The description is nobody's evidence: it says what is asked, and the report repeats it.
      if (path === PATHS.manifest) expect(manifest).not.toEqual(manifestOf(scope));
      else expect({ path, bit, verdict }).not.toEqual({ path, bit, verdict: 'VERIFIED' });
    }
  }, 3_600_000);
});
