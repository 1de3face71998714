/** What an outsider is handed, checked by what he holds: both verifiers say the same of a real gateway's evidence. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup, createLog } from '../../foundation/index.ts';
import { runBundle } from '../../main/bundle/index.ts';
import { openBundle } from '../../main/bundle/zip-source.ts';
import { recordingFiles } from '../../main/recording-source.ts';
import { verifySession } from '../../recorder/index.ts';
import { freePort } from '../support/free-port.ts';
import { TestGateway, testRecorder } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { ROOT } from '../support/paths.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { startCommand } from './support/command.ts';
import { approved, ended } from './support/tickets.ts';

const DUMP = 'mysqldump crm customers';

describeWith(['ssh', 'ssh-keygen', 'python3'], 'the evidence of a gateway with a witness outside', () => {
  const cleanup = new Cleanup();
  let gateway: TestGateway;
  let state: string;
  let port: number;
  let key: string;

  const recorderFile = (...path: string[]): Promise<string> =>
    readFile(join(gateway.directory, 'data', 'recorder', ...path), 'utf8');
  const runWitness = (...logs: readonly string[]) =>
    startCommand(
      state,
      [
        ...['witness', '--listen', `127.0.0.1:${port}`, '--state', join(state, 'w'), '--name', 'witness.example/w1'],
        ...logs.flatMap((line) => ['--log', line.trim()]),
      ],
      { limitMs: 240_000 },
    );

  beforeAll(async () => {
    state = cleanup.use(await tempDirectory()).path;
    port = await freePort();
    // The first start makes its key, which the gateway has to know; the log it is given here is nobody's.
    const first = runWitness('nobody.example/log+bcdebd3c+ASYhfGRuf8FS56IpSJs3+phKBn/i3kzhORSr8NqwgKPE');
    key = (await first.sees(/ (\S+\+[0-9a-f]{8}\+\S+)\n/))[1] ?? '';
    await first[Symbol.asyncDispose]();
    const log = { witnesses: [{ key, url: `http://127.0.0.1:${port}` }] };
    gateway = cleanup.use(await TestGateway.start({ log }));
    const logs = await Promise.all(['log', 'ledger'].map((name) => recorderFile(name, 'verifier')));
    await cleanup.use(runWitness(...logs)).sees(/sekisho: witness http/);
    await Promise.all(['chen', 'tanaka', 'suzuki'].map((login) => gateway.person(login)));
  }, 90_000);
  afterAll(() => cleanup[Symbol.asyncDispose]());

  test('is VERIFIED by the command, by its bundle and by verify.py, and TAMPERED once a bit of it is another', async () => {
    const ticket = await approved(gateway, 'chen', DUMP);
    expect((await gateway.ssh('chen', DUMP)).status).toBe(0);
    const { sessionId } = (await ended(gateway, ticket)).result;
    const data = join(gateway.directory, 'data');
    const log = { witnesses: [{ key, url: `http://127.0.0.1:${port}` }] };
    const place = { recorder: testRecorder(data, log), storageCredentials: null };
    const policy = join(state, 'policy');
    const lines = await Promise.all(['log', 'ledger'].map((name) => recorderFile(name, 'verifier')));
    await writeFile(policy, `${lines.map((line) => `log ${line}`).join('')}witness w ${key}\nquorum w\n`);
    const sekisho = (...words: string[]) => startCommand(state, words).ended;
    // By what the gateway itself is configured to ask for, and by the policy of whoever asks.
    await waitFor('the witness to cosign the end of the session', async () => {
      const { verdict } = await verifySession({ ...(await recordingFiles(data, undefined, place)), sessionId });
      return verdict === 'VERIFIED' ? verdict : undefined;
    });
    expect(await sekisho('verify', sessionId, '--data', data, '--policy', policy)).toMatchObject({
      ...{ status: 0, stdout: expect.stringMatching(/^VERIFIED\n/) },
    });
    expect(await sekisho('verify', sessionId, '--data', data)).toMatchObject({
      ...{ status: 3, stdout: expect.stringMatching(/^VERIFIED-UNWITNESSED\n/) },
    });
    const out = join(state, 'bundle.zip');
    const made = await runBundle({
      ...{ dataDirectory: data, database: null, log: createLog('silent'), programDirectory: ROOT, place, out },
      ...{ sessions: [sessionId], ticket: undefined, from: undefined, to: undefined, screenOnly: false },
      ...{ recipients: [], identity: undefined, policy: undefined, locale: 'en' },
    });
    expect(made).toBe(0);
    using source = await openBundle(out);
    expect(Buffer.from((await source.read('policy')) ?? []).toString()).toContain(`witness w1 ${key} `);
    const python = (...words: string[]) =>
      runToEnd('python3', ['-B', join(ROOT, 'evidence', 'python', 'verify.py'), ...words]);
    for (const [args, status, word] of [
      [[out, '--policy', policy], 0, 'VERIFIED'],
      [[out], 3, 'VERIFIED-UNWITNESSED'],
    ] as const) {
      for (const done of [await sekisho('verify', ...args), await python(...args)]) {
        expect({ status: done.status, word: done.stdout.toString().split('\n')[0] }).toEqual({ status, word });
      }
    }
    const bytes = await readFile(out);
    bytes[bytes.length >> 1] = bytes.readUInt8(bytes.length >> 1) ^ 1;
    const changed = join(state, 'changed.zip');
    await writeFile(changed, bytes);
    for (const done of [await sekisho('verify', changed), await python(changed)]) {
      expect({ status: done.status, word: done.stdout.toString().split('\n')[0] }).toEqual({
        ...{ status: 1, word: 'TAMPERED' },
      });
    }
  }, 180_000);
});
