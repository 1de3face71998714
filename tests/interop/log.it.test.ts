/** Our log, read by programs that nobody here wrote. */
import { createPublicKey } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseVerifierLine } from '../../recorder/log/note.ts';
import { flipByte } from '../support/flip-byte.ts';
import { describeWith, partner } from '../support/partners.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { type TempDirectory, tempDirectory } from '../support/temp-directory.ts';
import { describeWithTool } from '../support/tlog-tools.ts';
import { buildTlogCheck, logOf, writeLog, writeProofs } from './logs.ts';

let directory: TempDirectory;
let log: string;
let size: number;

beforeAll(async () => {
  directory = await tempDirectory();
  size = await writeLog(directory.path, 700);
  log = logOf(directory.path);
});
afterAll(async () => {
  await directory[Symbol.asyncDispose]();
});

/** A copy of the log with one byte changed. */
async function tampered(into: string, file: string): Promise<string> {
  const copy = join(into, 'log');
  await cp(log, copy, { recursive: true });
  await flipByte(join(copy, file), (await readFile(join(copy, file))).length >> 1);
  return copy;
}

/** Every file of the log that its checkpoint commits to; of a smaller tree partial tiles may be left beside them. */
async function published(): Promise<string[]> {
  const files = await readdir(log, { recursive: true, withFileTypes: true });
  const names = files.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const widths = [size % 256, Math.floor(size / 256)].map(String);
  return names
    .map((path) => path.slice(log.length + 1))
    .filter(
      (name) => /^(tile\/|checkpoint$)/.test(name) && widths.includes(/\.p\/(\d+)$/.exec(name)?.[1] ?? widths[0]!),
    )
    .sort();
}

describeWith(['go', 'golang-x-mod'], 'the audit log under golang.org/x/mod', () => {
  let program: string;
  let proofs: string;
  let made: { inclusion: number; consistency: number };

  beforeAll(async () => {
    program = await buildTlogCheck(directory.path);
    proofs = join(directory.path, 'proofs.json');
    made = await writeProofs(log, size, proofs);
  }, 180_000);

  test('is refused with one byte changed anywhere in what is published', async () => {
    const files = await published();
    expect(files.length).toBeGreaterThan(6);
    for (const file of files) {
      await using copies = await tempDirectory();
      const { status } = await runToEnd(program, [await tampered(copies.path, file), proofs]);
      expect({ file, status }).toEqual({ file, status: 1 });
    }
  });

  test('is refused with a proof that is not of it', async () => {
    const changed = join(directory.path, 'changed.json');
    const parsed = JSON.parse(await readFile(proofs, 'utf8')) as { inclusion: { hashes: string[] }[] };
    parsed.inclusion.findLast(({ hashes }) => hashes.length > 1)?.hashes.reverse();
    await writeFile(changed, JSON.stringify(parsed));
    const { status, stderr } = await runToEnd(program, [log, changed]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('invalid') });
  });

  test('opens: checkpoint, entries, every tile, every proof of inclusion and of consistency', async () => {
    const { status, stdout, stderr } = await runToEnd(program, [log, proofs]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout.toString())).toEqual({
      origin: 'sekisho.local/audit',
      size,
      tiles: (await published()).filter((name) => /^tile\/\d/.test(name)).length,
      inclusion: made.inclusion,
      consistency: made.consistency,
      records: 0,
    });
  });
});

describeWith('openssl', 'a checkpoint under openssl', () => {
  const verified = async (change: (text: string) => string): Promise<number | null> => {
    await using place = await tempDirectory();
    const at = (name: string): string => join(place.path, name);
    const note = await readFile(join(log, 'checkpoint'), 'utf8');
    const [text = '', lines = ''] = note.split(/(?<=\n)\n(?=— )/);
    const signature = Buffer.from(lines.trim().split('\n')[0]!.split(' ')[2]!, 'base64').subarray(4);
    const raw = Buffer.from(
      (await readFile(join(log, 'verifier'), 'utf8')).trim().split('+').slice(2).join('+'),
      'base64',
    );
    const prefix = Buffer.from('302a300506032b6570032100', 'hex'); // RFC 8410
    const key = createPublicKey({ key: Buffer.concat([prefix, raw.subarray(1)]), format: 'der', type: 'spki' });
    await writeFile(at('key.pem'), key.export({ format: 'pem', type: 'spki' }));
    await writeFile(at('text'), change(text));
    await writeFile(at('signature'), signature);
    const inputs = ['-inkey', at('key.pem'), '-in', at('text'), '-sigfile', at('signature')];
    return (await runToEnd(partner('openssl'), ['pkeyutl', '-verify', '-pubin', '-rawin', ...inputs])).status;
  };

  test('is refused when its size is another one', async () => {
    expect(await verified((text) => text.replace(/\n\d+\n/, '\n1\n'))).toBe(1);
  });

  test('is signed by the key that is published', async () => {
    expect(await verified((text) => text)).toBe(0);
  });
});

describeWithTool('fsck', "the audit log under tessera's fsck", (program) => {
  /** Its status is 0 whatever it found: what it says is what counts. With one worker it waits for ever behind a fault. */
  const fsck = async (place: string): Promise<string> => {
    const verifier = join(place, 'verifier');
    const origin = parseVerifierLine((await readFile(verifier, 'utf8')).trim())?.name ?? '';
    const options = [
      `--storage_url=file://${place}/`,
      `--public_key=${verifier}`,
      `--origin=${origin}`,
      '--ui=false',
      '-N=4',
    ];
    const { stderr } = await runToEnd(program, options);
    return stderr.includes('fsck failed')
      ? 'failed'
      : (/Successfully fsck'd log with size \d+/.exec(stderr)?.[0] ?? stderr);
  };

  test('is refused with one byte changed anywhere in what is published', async () => {
    for (const file of await published()) {
      await using copies = await tempDirectory();
      expect({ file, said: await fsck(await tampered(copies.path, file)) }).toEqual({ file, said: 'failed' });
    }
  }, 120_000);

  test('is sound', async () => {
    expect(await fsck(log)).toBe(`Successfully fsck'd log with size ${size}`);
  });
});

describe('what is published of the audit log', () => {
  test('is named as c2sp.org/tlog-tiles names it, and no tile that is full has partial ones beside it', async () => {
    const files = await published();
    const partial = (name: string) => new RegExp(`^tile/${name}\\.p/\\d+$`);
    expect(files).toContain('tile/0/000');
    expect(files).toContain('tile/entries/001');
    for (const name of ['0/002', '1/000', 'entries/002']) {
      expect(files.filter((file) => partial(name).test(file))).not.toEqual([]);
    }
    const all = (await readdir(log, { recursive: true })).sort();
    for (const full of files.filter((file) => /^tile\/(\d+|entries)\/\d{3}$/.test(file))) {
      expect(all.filter((file) => file.startsWith(`${full}.p/`))).toEqual([]);
    }
  });
});
