import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import {
  encodeLeaf,
  formatVerifierKey,
  type Leaf,
  parseLeaf,
  PATHS,
  toHex,
  verifierKey,
} from '../../evidence/index.ts';
import { openBundle } from '../../main/bundle/zip-source.ts';
import { run } from '../../main/cli.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';
import { honest } from '../evidence/support/acts.ts';
import { writeDirectory } from '../evidence/support/bundles.ts';
import { type House, policyOf } from '../evidence/support/house.ts';

const home = mkdtempSync(join(tmpdir(), 'sekisho-commands-'));
afterAll(() => rm(home, { recursive: true, force: true }));

const data = join(home, 'data');
const policy = join(home, 'policy');
const period = ['--from', '2026-11-01T00:00:00Z', '--to', '2026-11-01T00:01:00Z'];
let house: House;

/** The command as it is typed: its exit status and what it says. */
async function sekisho(...argv: string[]) {
  const said = { out: '', err: '' };
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((said.out += String(text)), true));
  const err = jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((said.err += String(text)), true));
  try {
    return { status: await run(argv), ...said };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

beforeAll(async () => {
  house = honest();
  const recorder = join(data, 'recorder');
  await writeDirectory(house, recorder);
  const line = formatVerifierKey(verifierKey(nodeCrypto, house.log.name, 1, house.log.publicKey));
  await writeFile(join(recorder, 'log', 'verifier'), `${line}\n`);
  await rm(join(recorder, 'ledger'), { recursive: true });
  await writeFile(policy, policyOf(house));
});

describe('sekisho bundle', () => {
  test.each([
    [['--session', '../../etc/passwd'], 'A session id is a UUID'],
    [[], 'Ask for one thing'],
    [['--session', '00000000-0000-4000-8000-000000000001', '--ticket', '1'], 'Ask for one thing'],
    [['--ticket', '1'], 'found in the database'],
    [['--from', 'yesterday', '--to', 'today'], 'take times'],
    [[...period, '--recipient', 'me'], 'age recipient'],
    [['--session', '00000000-0000-4000-8000-000000000077'], 'knows no session'],
  ])('refuses %j', async (argv, says) => {
    const { status, err } = await sekisho('bundle', '--data', data, '--out', join(home, 'refused.zip'), ...argv);
    expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining(says) });
  });

  test('and verify: a session is verified by the verifier’s own policy, the word alone on the first line', async () => {
    const [out, [sid = '']] = [join(home, 'session.zip'), house.sids];
    const made = await sekisho('bundle', '--data', data, '--session', sid, '--policy', policy, '--out', out);
    expect(made).toMatchObject({ status: 0, out: expect.stringContaining(out) });
    const verified = await sekisho('verify', out, '--policy', policy);
    expect(verified.out.split('\n')[0]).toBe('VERIFIED');
    expect(verified).toMatchObject({ status: 0, out: expect.stringContaining(sid) });
  });

  test('without a policy of the verifier’s the best word is VERIFIED-UNWITNESSED, with a code of its own', async () => {
    const { status, out } = await sekisho('verify', join(home, 'session.zip'));
    expect({ status, word: out.split('\n')[0] }).toEqual({ status: 3, word: 'VERIFIED-UNWITNESSED' });
    expect(out).toContain('--policy');
  });

  test('of a period without a database lacks its events, and verify names each: INCOMPLETE', async () => {
    const out = join(home, 'period.zip');
    expect((await sekisho('bundle', '--data', data, ...period, '--out', out)).err).toContain('no events');
    const { status, out: said } = await sekisho('verify', out, '--policy', policy, '--json');
    expect(status).toBe(2);
    expect(JSON.parse(said)).toMatchObject({ verdict: 'INCOMPLETE' });
    for (const { n } of house.events) expect(said).toContain(`event ${n}`);
  });

  test('one changed byte is TAMPERED, and a verifier’s own mistake is no verdict', async () => {
    const path = join(home, 'changed.zip');
    const bytes = await readFile(join(home, 'session.zip'));
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(path, bytes);
    const { status, out } = await sekisho('verify', path, '--policy', policy);
    expect({ status, word: out.split('\n')[0] }).toEqual({ status: 1, word: 'TAMPERED' });
    for (const argv of [
      ['--policy', join(home, 'nowhere')],
      ['--policy', path],
      ['--submitter', 'me'],
      ['--from', 'now'],
    ]) {
      expect(await sekisho('verify', path, ...argv)).toMatchObject({ status: 64, out: '' });
    }
  });

  test('wraps the session keys for a receiver, whom the log need not know', async () => {
    const [ours, theirs] = [await generateIdentity(), await generateIdentity()];
    const own = join(home, 'rewrapped');
    const another = honest();
    const [sid = ''] = another.sids;
    const key = Buffer.alloc(32, 5);
    const wrapped = await encrypt(await identityToRecipient(ours), key);
    another.files.set(PATHS.key(sid, 'screen'), wrapped);
    relog(another, sid, toHex(nodeCrypto.sha256(wrapped)));
    await writeDirectory(another, join(own, 'recorder'));
    await mkdir(join(own, 'keys'));
    const submitter = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
    await writeFile(join(own, 'keys', 'ledger_submitter_ed25519.pem'), submitter);
    await writeFile(join(own, 'keys', 'replay_identity.age.txt'), `# ours\n${ours}\n`);
    const out = join(home, 'receiver.zip');
    const recipient = ['--recipient', await identityToRecipient(theirs)];
    const asked = ['--session', sid, '--screen', '--out', out];
    expect(await sekisho('bundle', '--data', own, ...asked, ...recipient)).toMatchObject({ status: 0 });
    using source = await openBundle(out);
    const decrypter = new Decrypter();
    decrypter.addIdentity(theirs);
    const file = await source.read(`recipient/${sid}.screen.age`);
    expect(Buffer.from(await decrypter.decrypt(file ?? new Uint8Array()))).toEqual(key);
  });
});

async function encrypt(recipient: string, bytes: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(bytes);
}

/** Only `wraps` of the open leaf changes; what comes after it no longer fits, which this test does not look at. */
function relog(changed: House, sid: string, wrap: string): void {
  const at = changed.leaves.findIndex((bytes) => parseLeaf(bytes)?.type === 'session.open');
  const leaf: Leaf | undefined = parseLeaf(changed.leaves[at] ?? new Uint8Array());
  if (leaf?.type !== 'session.open' || leaf.sid !== sid) throw new Error('no such session');
  changed.leaves[at] = encodeLeaf({ ...leaf, wraps: { ...leaf.wraps, screen: wrap } });
}
