import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { sha256 } from '../../../foundation/index.ts';
import { cosign as cosignWith, EvidenceError, parseNote, type Policy } from '../../../evidence/index.ts';
import { parseVerifierLine, signCheckpoint, signerOf, verifierLine } from '../../../recorder/log/note.ts';
import { acceptance, parsePolicy } from '../../../recorder/log/policy.ts';
import { nodeCrypto } from '../../../recorder/node-crypto.ts';
import { witnessDelay } from '../../../recorder/witness/delay.ts';

const log = generateKeyPairSync('ed25519').privateKey;
const note = signCheckpoint({ size: 5, root: sha256('root') }, 'log.example/audit', log);
const text = parseNote(Buffer.from(note)).body;
const ours = parseVerifierLine(verifierLine('log.example/audit', createPublicKey(log)))!;
const cosign = (name: string, key: KeyObject, seconds: number): string =>
  cosignWith(nodeCrypto, signerOf(name, key), text, seconds);
const policyAccepts = (policy: Policy, bytes: Buffer) => acceptance(policy, ours, bytes);
const witnesses = ['x1', 'x2', 'x3', 'y1'].map((name) => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { name, privateKey, line: verifierLine(`${name}.example/w`, createPublicKey(privateKey), 'witness') };
});
const lines = witnesses.map(({ name, line }) => `witness ${name} ${line}`);

function by(...names: string[]): Buffer {
  const signed = [...new Set(names)].map((name, at) => {
    const { privateKey } = witnesses.find((witness) => witness.name === name)!;
    return cosign(`${name}.example/w`, privateKey, 1_790_000_000 + at);
  });
  return Buffer.from(`${note}${signed.join('')}`);
}

describe('a witness policy', () => {
  const policy = parsePolicy(
    ['# made up', ...lines, 'group xs 2 x1 x2 x3', 'group both all xs y1', 'quorum both', ''].join('\n'),
  );

  test.each([
    [[], false],
    [['x1', 'x2', 'x3'], false],
    [['x1', 'y1'], false],
    [['x1', 'x3', 'y1'], true],
  ])('cosigned by %j is accepted: %s', (names, accepted) => {
    expect(policyAccepts(policy, by(...names)).accepted).toBe(accepted);
  });

  test('tells the newest time, and does not believe a cosignature of something else', () => {
    expect(policyAccepts(policy, by('x2', 'y1'))).toEqual({ accepted: false, seconds: 1_790_000_001 });
    const moved = Buffer.from(by('x1', 'x2', 'y1').toString().replace('\n5\n', '\n6\n'));
    expect(() => policyAccepts(policy, moved)).toThrow(EvidenceError);
    const { privateKey } = witnesses[0]!;
    const otherTime = cosign('x1.example/w', privateKey, 1);
    const blob = Buffer.from(otherTime.split(' ')[2]!, 'base64');
    blob.writeBigUInt64BE(1_790_000_000n, 4); // The time is signed too.
    const forged = `— x1.example/w ${blob.toString('base64')}\n`;
    expect(() => policyAccepts(policy, Buffer.from(`${note}${forged}`))).toThrow(EvidenceError);
  });

  test('without a quorum accepts what the log signed, and nothing else', () => {
    expect(policyAccepts(parsePolicy('quorum none'), Buffer.from(note)).accepted).toBe(true);
    const other = signCheckpoint({ size: 5, root: sha256('root') }, 'log.example/audit', witnesses[0]!.privateKey);
    expect(() => policyAccepts(parsePolicy('quorum none'), Buffer.from(other))).toThrow(EvidenceError);
  });

  test.each([
    ['no quorum', lines[0]!],
    ['two quorums', 'quorum none\nquorum none'],
    ['a quorum of nobody', 'quorum x1'],
    ['a line of another kind', 'witnesses x1\nquorum none'],
    ['a name that is taken', `${lines[0]}\n${lines[1]!.replace('x2 ', 'x1 ')}\nquorum x1`],
    ['the name none', `${lines[0]!.replace('x1 ', 'none ')}\nquorum none`],
    ['a key twice', `${lines[0]}\n${lines[0]!.replace('x1 ', 'other ')}\nquorum x1`],
    ['a group of what comes later', `group g any x1\n${lines[0]}\nquorum g`],
    ['a member of two groups', `${lines[0]}\ngroup g any x1\ngroup h any x1\nquorum g`],
    ['a threshold above its members', `${lines[0]}\ngroup g 2 x1\nquorum g`],
    ['a threshold of nothing', `${lines[0]}\ngroup g 0 x1\nquorum g`],
    ['a key of a log as a witness', `witness x ${verifierLine('x', createPublicKey(log))}\nquorum x`],
    ['a carriage return', `${lines[0]}\r\nquorum x1`],
  ])('is refused with %s', (_name, text) => {
    expect(() => parsePolicy(text)).toThrow(expect.objectContaining({ code: 'config_invalid' }));
  });

  test('names no key of small order: one signature of it would fit everything', () => {
    const small = Buffer.concat([Buffer.from([4, 1]), Buffer.alloc(31)]);
    const id = sha256('w', '\n', small).subarray(0, 4).toString('hex');
    expect(parseVerifierLine(`w+${id}+${small.toString('base64')}`, 'witness')).toBeUndefined();
  });
});

describe('the delay of witnesses', () => {
  const now = new Date('2026-04-01T12:00:00Z');
  const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000);

  test.each([
    [undefined, undefined],
    [9, undefined],
    [10, 60],
    [119, 59],
    [3_599, 1],
    [3_600, 0],
    [90_000, 0],
  ])('of %s s leaves %s minutes of an hour of grace', (seconds, minutes) => {
    const delay = witnessDelay(seconds === undefined ? undefined : ago(seconds), now, 60);
    expect(delay?.minutesLeft).toBe(minutes);
  });

  test('leaves none without any grace', () => {
    expect(witnessDelay(ago(10), now, 0)?.minutesLeft).toBe(0);
  });
});
