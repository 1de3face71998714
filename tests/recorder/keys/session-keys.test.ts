import { expect, test } from '@jest/globals';
import { hkdfSync } from 'node:crypto';
import { Decrypter, Encrypter } from 'age-encryption';
import {
  createIdentity,
  isAgeRecipient,
  parseIdentities,
  recipientOf,
  unwrapKey,
  wrapKey,
} from '../../../recorder/keys/age.ts';
import { KeyFiles, keyFilePath } from '../../../recorder/keys/key-files.ts';
import { SessionKeyPool } from '../../../recorder/keys/key-pool.ts';
import {
  chunkKey,
  createSessionKeys,
  forgetSessionKeys,
  keyCommitment,
  metaCommitment,
} from '../../../recorder/keys/session-keys.ts';
import { MemoryDisk } from '../support/memory-disk.ts';
import { newMeta } from '../support/recordings.ts';

const { sessionId } = newMeta();

test('a key that was wrapped to others is not opened, and neither is a damaged file', async () => {
  const auditor = await createIdentity();
  const stranger = await createIdentity();
  const { wraps } = await createSessionKeys({ screen: [auditor.recipient], keystrokes: [auditor.recipient] });
  expect(await unwrapKey(wraps.screen, [stranger.identity])).toBeUndefined();
  expect(await unwrapKey(wraps.screen, [])).toBeUndefined();
  for (let at = 0; at < wraps.screen.length; at += 1) {
    const damaged = Buffer.from(wraps.screen);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
    expect(await unwrapKey(damaged, [auditor.identity])).toBeUndefined();
  }
});

test('each stream opens for its own recipients alone, and for each of them', async () => {
  const [auditor, escrow, reviewer] = [await createIdentity(), await createIdentity(), await createIdentity()];
  const recipients = {
    screen: [auditor.recipient, escrow.recipient, reviewer.recipient],
    keystrokes: [auditor.recipient],
  };
  const keys = await createSessionKeys(recipients);
  for (const { identity } of [auditor, escrow, reviewer])
    expect(await unwrapKey(keys.wraps.screen, [identity])).toEqual(keys.screen);
  expect(await unwrapKey(keys.wraps.keystrokes, [reviewer.identity])).toBeUndefined();
  expect(await unwrapKey(keys.wraps.keystrokes, [reviewer.identity, auditor.identity])).toEqual(keys.keystrokes);
  expect(keys.screen).not.toEqual(keys.keystrokes);
  forgetSessionKeys(keys);
  expect([...keys.screen, ...keys.keystrokes].every((byte) => byte === 0)).toBe(true);
});

test('no recipient, no file of identities', () => {
  expect(['', 'age1', 'AGE-SECRET-KEY-1', 'ssh-ed25519 AAAA', 'age1xyz'].filter(isAgeRecipient)).toEqual([]);
  for (const text of ['', '# only a comment\n', 'age1abc\n', 'AGE-SECRET-KEY-1Q\nx\n'])
    expect(() => parseIdentities(text)).toThrow('age identities');
});

test('a mistyped recipient or identity is refused, and never taken for another', async () => {
  const { identity, recipient } = await createIdentity();
  const mistyped = (text: string): string => `${text.slice(0, -9)}${text.at(-9)?.toLowerCase() === 'q' ? 'p' : 'q'}`;
  const other = (text: string): string => {
    const changed = `${mistyped(text)}${text.slice(-8)}`;
    return text.startsWith('AGE') ? changed.toUpperCase() : changed;
  };
  await expect(wrapKey(Buffer.alloc(32), [other(recipient)])).rejects.toThrow();
  await expect(unwrapKey(await wrapKey(Buffer.alloc(32), [recipient]), [other(identity)])).rejects.toThrow();
});

test('what is wrapped here the package opens, and the other way round', async () => {
  const { identity, recipient } = await createIdentity();
  const key = Buffer.alloc(32, 9);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  expect(Buffer.from(await decrypter.decrypt(await wrapKey(key, [recipient])))).toEqual(key);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  expect(await unwrapKey(await encrypter.encrypt(key), [identity])).toEqual(key);
});

test('an identity file is read as age-keygen writes it', async () => {
  const { identity, recipient } = await createIdentity();
  expect(parseIdentities(`# created: 2026-01-01T00:00:00Z\n# public key: ${recipient}\n${identity}\n`)).toEqual([
    identity,
  ]);
  expect(await recipientOf(identity)).toBe(recipient);
  expect(isAgeRecipient(recipient)).toBe(true);
});

test('what is derived from a key depends on the session, the stream, the chunk and the key', () => {
  const key = Buffer.alloc(32, 7);
  const other = newMeta().sessionId;
  const all = new Set([
    keyCommitment(key, sessionId, 'screen'),
    keyCommitment(key, sessionId, 'keystrokes'),
    keyCommitment(key, other, 'screen'),
    keyCommitment(Buffer.alloc(32, 8), sessionId, 'screen'),
    chunkKey(key, { sessionId, stream: 'screen', seq: 0 }).key.toString('hex'),
    chunkKey(key, { sessionId, stream: 'screen', seq: 1 }).key.toString('hex'),
    chunkKey(key, { sessionId, stream: 'keystrokes', seq: 0 }).key.toString('hex'),
    chunkKey(key, { sessionId: other, stream: 'screen', seq: 0 }).key.toString('hex'),
    metaCommitment(key, Buffer.from('{}')),
    metaCommitment(key, Buffer.from('[]')),
  ]);
  expect(all.size).toBe(10);
});

test('the derivations are the ones that docs/formats/keys-v2.md writes down', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, at) => at));
  const sid = '0190a5c0-0000-7000-8000-000000000001';
  const hkdf = (info: string, bytes: number) => Buffer.from(hkdfSync('sha512', key, Buffer.alloc(0), info, bytes));
  expect(keyCommitment(key, sid, 'screen')).toBe(hkdf(`sekisho/v2/commit|${sid}|screen`, 32).toString('hex'));
  const both = hkdf(`sekisho/v2/chunk|${sid}|keystrokes|3`, 44);
  expect(chunkKey(key, { sessionId: sid, stream: 'keystrokes', seq: 3 })).toEqual({
    key: both.subarray(0, 32),
    nonce: both.subarray(32),
  });
});

test('wrapped keys are durable when stored, replaced when torn, and gone when removed', async () => {
  const disk = new MemoryDisk();
  const { recipient, identity } = await createIdentity();
  const { wraps, screen } = await createSessionKeys({ screen: [recipient], keystrokes: [recipient] });
  await disk.mkdir('/recorder/keys');
  await using files = new KeyFiles('/recorder', disk);
  await files.store(sessionId, wraps);
  expect(await files.read(sessionId, 'screen')).toEqual(wraps.screen);
  disk.put(keyFilePath('/recorder', sessionId, 'screen'), wraps.screen.subarray(0, 10));
  await files.store(sessionId, wraps);
  expect(await unwrapKey((await files.read(sessionId, 'screen'))!, [identity])).toEqual(screen);
  await files.remove(sessionId, 'keystrokes');
  expect(await files.read(sessionId, 'keystrokes')).toBeUndefined();
  expect(() => keyFilePath('/recorder', '../../etc', 'screen')).toThrow('UUID');
});

test('a pool hands out keys that nobody else has, also when it is empty, and forgets what is left', async () => {
  const { recipient, identity } = await createIdentity();
  const pool = new SessionKeyPool({ screen: [recipient], keystrokes: [recipient] }, 2);
  const taken = await Promise.all(Array.from({ length: 5 }, () => pool.take()));
  expect(
    new Set(taken.flatMap(({ screen, keystrokes }) => [screen.toString('hex'), keystrokes.toString('hex')])).size,
  ).toBe(10);
  for (const { wraps, keystrokes } of taken) expect(await unwrapKey(wraps.keystrokes, [identity])).toEqual(keystrokes);
  pool[Symbol.dispose]();
});
