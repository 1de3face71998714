/** Debian's age reads what we wrap, and we read what it wrote. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createIdentity, parseIdentities, recipientOf } from '../../../recorder/index.ts';
import { unwrapKey } from '../../../recorder/keys/age.ts';
import { keyFilePath } from '../../../recorder/keys/key-files.ts';
import { createSessionKeys, keyCommitment } from '../../../recorder/keys/session-keys.ts';
import { readStory } from '../../../recorder/reading/source.ts';
import { describeWith, partner } from '../../support/partners.ts';
import { type TempDirectory, tempDirectory } from '../../support/temp-directory.ts';
import { newMeta, reader, record, rootOf, start } from '../support/recordings.ts';

describeWith(['age', 'age-keygen'], 'the program age', () => {
  let home: TempDirectory;
  let identityFile: string;

  const run = (program: 'age' | 'age-keygen', args: readonly string[], input?: Uint8Array) => {
    const { status, stdout, stderr } = spawnSync(partner(program), args, { input });
    return { status, stdout, stderr: stderr.toString() };
  };

  beforeAll(async () => {
    home = await tempDirectory();
    identityFile = join(home.path, 'key.txt');
    expect(run('age-keygen', ['-o', identityFile])).toMatchObject({ status: 0 });
  });
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
  });

  test('opens a key that we wrapped to its identity among others, and not with a stranger to it', async () => {
    const [identity = ''] = parseIdentities(await readFile(identityFile, 'utf8'));
    const recipient = await recipientOf(identity);
    const other = await createIdentity();
    const keys = await createSessionKeys({ screen: [other.recipient, recipient], keystrokes: [other.recipient] });
    const wrapped = join(home.path, 'wrapped.age');
    await writeFile(wrapped, keys.wraps.screen);
    expect(run('age', ['-d', '-i', identityFile, wrapped])).toMatchObject({ status: 0, stdout: keys.screen });
    await writeFile(wrapped, keys.wraps.keystrokes);
    const refused = run('age', ['-d', '-i', identityFile, wrapped]);
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('no identity matched');
  });

  test('wraps a key to our recipient that we open', async () => {
    const { identity, recipient } = await createIdentity();
    const key = randomBytes(32);
    const { status, stdout } = run('age', ['-r', recipient], key);
    expect(status).toBe(0);
    expect(await unwrapKey(stdout, [identity])).toEqual(key);
  });

  test('opens the stored keys of a recording, which are those that the log committed to', async () => {
    const meta = newMeta();
    await using recorder = await start(home.path);
    await record(recorder, ['shown'], meta);
    const file = join(home.path, 'reader.txt');
    await writeFile(file, `${reader.identity}\n`, { mode: 0o600 });
    const { status, stdout } = run('age', ['-d', '-i', file, keyFilePath(rootOf(home.path), meta.sessionId, 'screen')]);
    expect({ status, bytes: stdout.length }).toEqual({ status: 0, bytes: 32 });
    const story = await readStory({ directory: rootOf(home.path) }, meta.sessionId);
    expect(story).toMatchObject({
      open: { leaf: { keys: { screen: keyCommitment(stdout, meta.sessionId, 'screen') } } },
    });
  });
});
