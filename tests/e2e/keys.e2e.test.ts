/** The life of the keys of a real session's recording: wrapped anew by a command, held, erased by two people. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { answerKeys, type KeysOptions } from '../../main/keys/index.ts';
import { recordingFiles } from '../../main/recording-source.ts';
import {
  createIdentity,
  openRecordingReader,
  parseIdentities,
  recipientOf,
  verifySession,
} from '../../recorder/index.ts';
import { lastSession } from './support/house.ts';
import { TestGateway, testRecorder } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';

describeWith(['ssh', 'ssh-keygen'], 'the keys of a recording', () => {
  const cleanup = new Cleanup();
  let gateway: TestGateway;
  let session: string;

  const keys = (words: readonly string[], options: Partial<KeysOptions> = {}): Promise<string> => {
    const { root } = gateway.running.directory;
    const none = { as: 'suzuki', reason: undefined, basis: undefined, stream: undefined, identity: undefined };
    const recorder = { ...testRecorder(root), recipients: { screen: [recipient], keystrokes: [] } };
    const database = { url: gateway.db.url, ownerUrl: null, poolSize: 2 };
    return answerKeys({ words, language: 'en', ...none, ...options }, { recorder, database, dataDirectory: root });
  };
  let identity: string;
  let recipient: string;

  beforeAll(async () => {
    gateway = cleanup.use(await TestGateway.start());
    ({ identity, recipient } = await createIdentity());
    expect((await gateway.ssh('chen', 'echo in')).stdout.toString()).toBe('in\n');
    session = await waitFor('the sealed session', async () => {
      const last = await lastSession(gateway, 'chen');
      return last.isSealed && last.id;
    });
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  test('are nothing for a maintainer, for nobody in particular, or without a reason', async () => {
    await expect(keys(['hold', session], { as: 'chen', reason: 'r' })).rejects.toMatchObject({ code: 'not_permitted' });
    await expect(keys(['hold', session], { as: undefined })).rejects.toMatchObject({ code: 'request_invalid' });
    await expect(keys(['hold', session], { as: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(keys(['hold', session])).rejects.toMatchObject({ code: 'request_invalid' });
    await expect(keys(['shred', '../x'])).rejects.toMatchObject({ code: 'request_invalid' });
    await expect(keys(['burn', session])).rejects.toMatchObject({ code: 'request_invalid' });
    const chen = await gateway.person('chen');
    expect((await chen.get('/api/custody')).status).toBe(403);
    expect((await chen.post(`/api/sessions/${session}/hold`, { reason: 'mine' })).status).toBe(403);
  });

  test('are wrapped anew to the recipients of now, and whoever holds theirs can read', async () => {
    expect(await keys(['rewrap', session])).toContain('is wrapped anew');
    const file = join(gateway.directory, 'auditor.txt');
    await writeFile(file, `${identity}\n`, { mode: 0o600 });
    const { root } = gateway.running.directory;
    const recordings = await recordingFiles(root, file);
    const shown = await waitFor('the new key', async () => {
      const unwrapped = await recordings.keys.unwrap(session, 'screen');
      return !('missing' in unwrapped) && openRecordingReader(recordings).frames(session);
    });
    let text = '';
    for await (const { type, payload } of shown) if (type === 'o') text += payload.toString();
    expect(text).toBe('in\n');
    // What the keys are wrapped to now counts once its leaf is in a checkpoint.
    await waitFor('the new wrapping in a checkpoint', async () => {
      const { verdict } = await verifySession({ ...recordings, sessionId: session });
      return verdict === 'VERIFIED-UNWITNESSED';
    });
    const suzuki = await gateway.person('suzuki');
    expect((await suzuki.post(`/api/sessions/${session}/verify`, {})).json['report']).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
    });
  });

  test('are kept by a hold, then destroyed by a second person, and only what was not erased is left to read', async () => {
    const [suzuki, kimura] = [await gateway.person('suzuki'), await gateway.person('kimura')];
    const asked = { reason: 'retention is over', basis: 'contract 4.2', stream: 'screen' };
    expect(await keys(['hold', session], { reason: 'inquiry 7' })).toContain('on legal hold');
    await expect(keys(['shred', session], asked)).rejects.toMatchObject({ code: 'on_legal_hold' });
    expect(await keys(['list'])).toContain('inquiry 7');
    expect(await keys(['release', session], { reason: 'closed' })).toContain('not on hold');
    const [erasure = ''] = /[0-9a-f-]{36}/.exec(await keys(['shred', session], asked)) ?? [];
    const own = await suzuki.post(`/api/erasures/${erasure}/decision`, { verdict: 'approved' });
    expect([own.status, own.json]).toMatchObject([403, { error: { code: 'own_request' } }]);
    const yes = await kimura.post(`/api/erasures/${erasure}/decision`, { verdict: 'approved' });
    expect([yes.status, yes.json['erasure']]).toMatchObject([200, { verdict: 'approved' }]);
    await waitFor('the erasure', async () => (await keys(['list'])).includes('was erased at'));
    const cast = await suzuki.get(`/api/sessions/${session}/recording.cast`);
    expect([cast.status, cast.json]).toMatchObject([410, { error: { code: 'recording_erased' } }]);
    // The tombstone is a leaf like any other: it counts once a checkpoint covers it.
    const report = await waitFor('the tombstone in a checkpoint', async () => {
      const { json } = await suzuki.post(`/api/sessions/${session}/verify`, {});
      return !JSON.stringify(json).includes('"INCOMPLETE"') && json['report'];
    });
    expect(report).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
      findings: expect.arrayContaining([
        expect.objectContaining({ code: 'shredded', detail: expect.stringContaining('contract 4.2') }),
      ]),
    });
  });

  test('of new sessions go to a new identity after it was made, and the earlier one still opens old ones', async () => {
    const path = join(gateway.running.directory.keys, 'replay_identity.age.txt');
    const before = parseIdentities(await readFile(path, 'utf8'));
    const said = await keys(['rotate']);
    const after = parseIdentities(await readFile(path, 'utf8'));
    expect(after.slice(1)).toEqual(before);
    expect(said).toContain(await recipientOf(after[0] ?? ''));
  });
});
