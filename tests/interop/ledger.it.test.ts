/** The export ledger, read by a program on golang.org/x/mod and by the standard library of Go. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLog, systemClock } from '../../foundation/index.ts';
import { createFault } from '../../recorder/fault.ts';
import { nodeFiles } from '../../recorder/files.ts';
import { startExportLedger } from '../../recorder/ledger/export-ledger.ts';
import { NO_WITNESSES } from '../../recorder/log/open-log.ts';
import { createPseudonyms } from '../../recorder/pseudonyms.ts';
import { describeWith } from '../support/partners.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';
import { buildTlogCheck, writeProofs } from './logs.ts';

const EXPORTS = 140;

/** A ledger of exports that all came to their end. @returns the number of its records. */
async function writeLedger(home: string): Promise<number> {
  const directory = join(home, 'ledger');
  const fault = createFault(() => undefined);
  await using ledger = await startExportLedger({
    ...{ directory, files: nodeFiles, fault, clock: systemClock, log: createLog('silent') },
    ...{ headFile: join(home, 'ledger-head'), witnesses: NO_WITNESSES, mayCreate: true },
    ...{ submitter: generateKeyPairSync('ed25519').privateKey, pseudonyms: createPseudonyms(Buffer.alloc(32, 1)) },
  });
  const id = (): string => randomUUID();
  for (let at = 0; at < EXPORTS; at += 1) {
    const who = { ticket: id(), session: id(), personId: id(), targetId: id(), act: 'a'.repeat(64) };
    const index = await ledger.intent({ ...who, destination: 'workstation', rowsMax: 100, bytesMax: 4_096 });
    const amount = { rows: at, bytes: 10 * at, sha256: 'b'.repeat(64), customers: at };
    await ledger.result(index, { outcome: 'completed', ...amount });
  }
  return 2 * EXPORTS;
}

describeWith(['go', 'golang-x-mod'], 'the export ledger under Go', () => {
  let directory: TempDirectory;
  let program: string;
  let size: number;
  const at = (name: string): string => join(directory.path, name);

  beforeAll(async () => {
    directory = await tempDirectory();
    program = await buildTlogCheck(directory.path);
    size = await writeLedger(directory.path);
    await writeProofs(at('ledger'), size, at('proofs.json'));
  }, 180_000);
  afterAll(async () => {
    await directory[Symbol.asyncDispose]();
  });

  test('is refused with one number of one record changed', async () => {
    await cp(at('ledger'), at('changed'), { recursive: true });
    const record = join(at('changed'), 'records', '101.json');
    const text = await readFile(record, 'utf8');
    expect(text).toContain('"rows":50');
    await writeFile(record, text.replace('"rows":50', '"rows":5'));
    const { status, stderr } = await runToEnd(program, [at('changed'), at('proofs.json')]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'entry 101 is not the leaf of its record\n' });
  });

  test('is refused when another key is said to have submitted it', async () => {
    await cp(at('ledger'), at('other'), { recursive: true });
    await writeFile(join(at('other'), 'submitter'), `${'1'.repeat(64)}\n`);
    const { status } = await runToEnd(program, [at('other'), at('proofs.json')]);
    expect(status).toBe(1);
  });

  test('is a Sigsum log: its origin follows from its key, each leaf is that of its record, each proof holds', async () => {
    const { status, stdout, stderr } = await runToEnd(program, [at('ledger'), at('proofs.json')]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout.toString())).toMatchObject({
      origin: expect.stringMatching(/^sigsum\.org\/v1\/tree\/[0-9a-f]{64}$/),
      size,
      records: size,
    });
  });
});
