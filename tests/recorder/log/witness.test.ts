import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { sha256, systemClock } from '../../../foundation/index.ts';
import {
  consistencyProof,
  createNodeStore,
  hashLeaf,
  type NodeStore,
  openNote,
  parseNote,
} from '../../../evidence/index.ts';
import { parseVerifierLine, signCheckpoint, verifierLine } from '../../../recorder/log/note.ts';
import { nodeCrypto } from '../../../recorder/node-crypto.ts';
import { encodeAddCheckpoint } from '../../../recorder/witness/protocol.ts';
import { openWitness, type WitnessOptions } from '../../../recorder/witness/witness.ts';
import { errno, MemoryDisk } from '../support/memory-disk.ts';
import { killed } from './support/logs.ts';

const ORIGIN = 'log.example/audit';
const { privateKey } = generateKeyPairSync('ed25519');
const log = parseVerifierLine(verifierLine(ORIGIN, createPublicKey(privateKey)))!;
const hashes = Array.from({ length: 20 }, (_, at) => hashLeaf(nodeCrypto, Buffer.from(String(at))));
const other = hashes.with(1, hashLeaf(nodeCrypto, Buffer.from('another')));

function tree(of: readonly Uint8Array[], size: number): NodeStore {
  const store = createNodeStore(nodeCrypto);
  for (const hash of of.slice(0, size)) store.append(hash);
  return store;
}

const root = (of: readonly Uint8Array[], size: number): Uint8Array => tree(of, size).root();

async function request(old: number, size: number, of = hashes): Promise<Buffer> {
  const proof = old === 0 ? [] : await consistencyProof(nodeCrypto, tree(of, size).nodes, old, size);
  const note = Buffer.from(signCheckpoint({ size, root: root(of, size) }, ORIGIN, privateKey));
  return encodeAddCheckpoint({ old, proof, note });
}

async function start(files = new MemoryDisk(), options: Partial<WitnessOptions> = {}) {
  await files.mkdir('/w');
  const settings = { directory: '/w', files, clock: systemClock, name: 'witness.example/w1', logs: [log], ...options };
  return { files, witness: await openWitness(settings) };
}

describe('a witness', () => {
  test('refuses another history of a log, and says what it knows', async () => {
    const { witness } = await start();
    expect(await witness.add(await request(0, 5))).toMatchObject({ status: 200 });
    expect(await witness.add(await request(5, 9, other))).toMatchObject({ status: 422 });
    expect(await witness.add(await request(5, 5, other))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      body: '5\n',
    });
    expect(await witness.add(await request(0, 9))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '5\n' });
    expect(await witness.add(await request(3, 4))).toEqual({ status: 409, type: 'text/x.tlog.size', body: '5\n' });
    expect(witness.seen).toEqual([{ origin: ORIGIN, size: 5, isWatched: true }]);
  });

  test('refuses logs it does not know, keys that are not the log’s, and what is no request', async () => {
    const { witness } = await start();
    const strange = generateKeyPairSync('ed25519').privateKey;
    const signed = (origin: string, key = strange) =>
      encodeAddCheckpoint({
        old: 0,
        proof: [],
        note: Buffer.from(signCheckpoint({ size: 1, root: root(hashes, 1) }, origin, key)),
      });
    expect(await witness.add(signed('other.example'))).toMatchObject({ status: 404 });
    expect(await witness.add(signed(ORIGIN))).toMatchObject({ status: 403 });
    const good = (await request(0, 1)).toString();
    for (const bad of [
      '',
      good.replace('old 0', 'old 00'),
      good.replace('old 0', 'old -1'),
      good.replace('old 0\n', 'old 0\r\n'),
      good.replace('old 0\n', 'old 0\nAAAA\n'),
      good.replace('old 0\n', `old 0\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}`),
    ]) {
      expect(await witness.add(Buffer.from(bad))).toMatchObject({ status: 400 });
    }
    expect(await witness.add(Buffer.from(good.slice(0, -1)))).toMatchObject({ status: 403 });
    const oldTooLarge = (await request(0, 1)).toString().replace('old 0', 'old 2');
    expect(await witness.add(Buffer.from(oldTooLarge))).toMatchObject({ status: 400 });
  });

  test('cosigns what continues, and the same again, with the time', async () => {
    const { witness } = await start();
    const verifier = parseVerifierLine(witness.verifier, 'witness')!;
    for (const [old, size] of [
      [0, 3],
      [3, 3],
      [3, 17],
    ] as const) {
      const body = await request(old, size);
      const answer = await witness.add(body);
      expect(answer.status).toBe(200);
      const note = parseNote(Buffer.concat([body.subarray(body.indexOf('\n\n') + 2), Buffer.from(answer.body)]));
      const [signature] = openNote(nodeCrypto, note, [verifier]);
      expect(Math.abs((signature?.time ?? 0) - Date.now() / 1_000)).toBeLessThan(60);
    }
    expect(witness.checkpoint(sha256(ORIGIN).toString('hex'))?.toString()).toContain('\n17\n');
    expect(witness.checkpoint(sha256('other').toString('hex'))).toBeUndefined();
  });

  test('remembers after every kind of end, also of a log it was told to watch no more', async () => {
    const { files, witness } = await start();
    await witness.add(await request(0, 5));
    for (const cut of [
      { torn: 0, namesKept: false },
      { torn: 10, namesKept: true },
    ]) {
      const { witness: next } = await start(files.afterPowerCut(cut), { name: undefined });
      expect(next.verifier).toBe(witness.verifier);
      expect(await next.add(await request(0, 9))).toMatchObject({ status: 409, body: '5\n' });
    }
    const { files: later, witness: without } = await start(killed(files), { logs: [] });
    expect(await without.add(await request(5, 9))).toMatchObject({ status: 404 });
    expect(without.seen).toEqual([{ origin: ORIGIN, size: 5, isWatched: false }]);
    const { witness: again } = await start(killed(later));
    expect(await again.add(await request(0, 9))).toMatchObject({ status: 409, body: '5\n' });
  });

  test('answers nothing that is not on its disk', async () => {
    const { files, witness } = await start();
    await witness.add(await request(0, 5));
    files.before = () => {
      throw errno('ENOSPC');
    };
    await expect(witness.add(await request(5, 9))).rejects.toMatchObject({ code: 'ENOSPC' });
    files.before = () => undefined;
    expect(await witness.add(await request(5, 9))).toMatchObject({ status: 200 });
  });

  test('compares and stores as one act, however many ask at once', async () => {
    const { witness } = await start();
    await witness.add(await request(0, 5));
    const bodies = await Promise.all([request(5, 9), request(5, 12), request(5, 7)]);
    const answers = await Promise.all(bodies.map((body) => witness.add(body)));
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 409]);
    expect(witness.seen[0]?.size).toBe(9);
  });

  test('does not start with another name or key, without one, or with a broken memory', async () => {
    const { files, witness } = await start();
    await expect(start(killed(files), { name: 'witness.example/w2' })).rejects.toThrow(
      'was begun as witness.example/w1',
    );
    await expect(start(new MemoryDisk(), { name: undefined })).rejects.toThrow('needs a name');
    await witness.add(await request(0, 5));
    const keyless = killed(files);
    keyless.remove('/w/key.pem');
    await expect(start(keyless)).rejects.toThrow('Put it back');
    const broken = killed(files);
    const path = broken.paths().find((name) => name.startsWith('/w/logs/'))!;
    broken.put(path, Buffer.from('5\n'));
    await expect(start(broken)).rejects.toThrow('does not say what was seen');
  });
});

describe('the requests of litewitness', () => {
  test('get the answers its test expects, and 404 for an unknown log as the protocol says now', async () => {
    const path = new URL('../../vectors/witness-protocol/add-checkpoint.json', import.meta.url);
    const vectors = JSON.parse(await readFile(path, 'utf8')) as {
      log_pubkey_hex: string;
      log_origin: string;
      requests: { body: string; status: number; assert: string }[];
    };
    const spki = Buffer.from(`302a300506032b6570032100${vectors.log_pubkey_hex}`, 'hex');
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const { witness } = await start(new MemoryDisk(), {
      logs: [parseVerifierLine(verifierLine(vectors.log_origin, key))!],
    });
    const statuses: number[] = [];
    for (const { body, assert } of vectors.requests) {
      const answer = await witness.add(Buffer.from(body));
      statuses.push(answer.status);
      const exactly = /^body == "(\d+)\\n"$/.exec(assert)?.[1];
      if (exactly !== undefined) expect(answer.body).toBe(`${exactly}\n`);
    }
    const expected = vectors.requests.map(({ status }) => status);
    expect(statuses).toEqual(expected.with(2, 404));
  });
});
