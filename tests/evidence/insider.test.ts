import { describe, expect, test } from '@jest/globals';
import { createNodeStore, PATHS, type Scope, verifyEvidence, type VerifyReport } from '../../evidence/index.ts';
import { nodeCrypto } from '../../recorder/node-crypto.ts';
import { ACTS, honest, objectOf, witnessed } from './support/acts.ts';
import {
  addLeaf,
  type Files,
  type House,
  newHouse,
  policyOf,
  sourceOf,
  timeOf,
  usualHouse,
  writeCheckpoint,
  writeHouse,
} from './support/house.ts';
import { signerOf } from './support/keys.ts';

/**
 * Acts of somebody who is root, holds the database and both logs' signing keys, and has none of the witnesses' keys.
 * The verifier stands outside: he has the policy of the day of the contract and, where it says so, what his own
 * witness cosigned last.
 */
const PERIOD: Scope = { kind: 'period', from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T00:01:00.000Z' };

async function verify(
  files: Files,
  { house = usualHouse(), held = [], scope = PERIOD }: { house?: House; held?: Uint8Array[]; scope?: Scope } = {},
): Promise<VerifyReport> {
  return verifyEvidence({
    ...{ source: sourceOf(files), crypto: nodeCrypto, scope, held },
    policy: policyOf(house),
    submitters: [house.submitter.publicKey],
  });
}

const ERASED = { stream: 'screen', reason: 'on request', basis: 'Art. 17' } as const;

const codes = ({ findings }: VerifyReport): string[] => findings.map(({ code }) => code);
const grave = ({ findings }: VerifyReport) =>
  findings.filter(({ severity }) => severity !== 'notice').map(({ code, where }) => `${code} ${where}`);

describe('without an insider', () => {
  test('the evidence is verified, sessions, events and ledger', async () => {
    const house = honest();
    const report = await verify(writeHouse(house), { held: [witnessed(house)] });
    expect(grave(report)).toEqual([]);
    expect(report).toMatchObject({
      verdict: 'VERIFIED',
      log: { origin: house.log.name, size: house.leaves.length, by: ['w0', 'w1'] },
      sessions: [
        { sid: house.sids[0], frames: 6, chunks: 3 },
        { sid: house.sids[1], frames: 3, chunks: 2 },
      ],
      events: { logged: 3, shown: 3 },
      ledger: { size: 2, records: 2 },
    });
  });

  test('without a policy of his own, a verifier is not told VERIFIED', async () => {
    const report = await verifyEvidence({ source: sourceOf(writeHouse(honest())), crypto: nodeCrypto, scope: PERIOD });
    expect(report.verdict).toBe('VERIFIED-UNWITNESSED');
    expect(codes(report)).toContain('policy_not_yours');
  });

  test('a bundle of one session alone is verified', async () => {
    const house = honest();
    const files = writeHouse(house);
    const scope: Scope = { kind: 'sessions', sessions: [house.sids[1] ?? ''] };
    files.delete(objectOf(house, 0)); // Of the other session.
    files.delete(PATHS.events);
    const report = await verify(files, { scope });
    expect(grave(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'VERIFIED', sessions: [{ sid: house.sids[1] }] });
  });
});

describe('an insider', () => {
  test.each(ACTS)('who $act: $verdict', async ({ verdict, says, does, held = false, scope }) => {
    const house = honest();
    const before = witnessed(house);
    const asked = scope?.(house) ?? PERIOD;
    const report = await verify(does(house), { held: held ? [before] : [], scope: asked });
    expect(grave(report)[0]).toMatch(new RegExp(`^${says.replaceAll('.', '\\.')}`));
    expect(report.verdict).toBe(verdict);
  });

  test('who erases a key lawfully leaves a leaf that says so, and the session is verified still', async () => {
    const house = honest();
    const [sid = ''] = house.sids;
    const by = [`p-${'0'.repeat(32)}`];
    addLeaf(house, { v: 2, type: 'key.shred', sid, by, ...ERASED, at: timeOf(house.now) });
    const files = writeHouse(house);
    files.delete(PATHS.key(sid, 'screen'));
    const report = await verify(files);
    expect(report).toMatchObject({ verdict: 'VERIFIED', sessions: [{ shredded: ['screen'] }, { shredded: [] }] });
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'shredded', where: `session ${sid}` }));
  });

  test('cannot pass off a checkpoint that nobody known signed as what the verifier holds', async () => {
    const house = honest();
    const mine = writeCheckpoint(signerOf('elsewhere'), 1, createNodeStore(nodeCrypto).root(), {});
    await expect(verify(writeHouse(house), { held: [mine] })).rejects.toThrow('signed by nobody of the policy');
  });

  test('of an empty house has nothing to show', async () => {
    expect((await verify(writeHouse(newHouse()))).verdict).toBe('INCOMPLETE');
  });
});
