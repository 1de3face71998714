/** A witness that nobody here wrote cosigns our log: litewitness, with its key in an ssh-agent. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createPublicKey } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseVerifierLine, verifierLine } from '../../recorder/log/note.ts';
import { parsePolicy } from '../../recorder/log/policy.ts';
import { rootOf, start } from '../recorder/support/recordings.ts';
import { freePort } from '../support/free-port.ts';
import { describeWith, partner } from '../support/partners.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { describeWithTool } from '../support/tlog-tools.ts';
import { waitFor } from '../support/wait-for.ts';
import { appendLeaves } from './logs.ts';

const NAME = 'witness.example/lite';
const ORIGIN = 'sekisho.local/audit';

interface Lite extends AsyncDisposable {
  /** Of the witness's key, as it stands in a policy. */
  readonly verifier: string;
  readonly url: string;
  /** Makes the log known to it, as its administrator does. */
  enrol(verifierOfLog: string): Promise<void>;
}

async function startLitewitness(program: string, directory: string): Promise<Lite> {
  const at = (name: string): string => join(directory, name);
  const children: ChildProcess[] = [];
  const begin = (path: string, options: readonly string[]): void => {
    children.push(spawn(path, options, { stdio: 'ignore' }));
  };
  const key = at('key');
  await runToEnd(partner('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  begin(partner('ssh-agent'), ['-D', '-a', at('agent')]);
  const add = ['-u', 'SSH_AGENT_PID', `SSH_AUTH_SOCK=${at('agent')}`, partner('ssh-add'), '-q', key];
  await waitFor('the agent', async () => (await runToEnd('/usr/bin/env', add)).status === 0);
  const listed = (await runToEnd(partner('ssh-keygen'), ['-lf', key])).stdout.toString();
  const port = await freePort();
  begin(program, [
    ...['-db', at('witness.db'), '-name', NAME, '-key', listed.split(' ')[1] ?? ''],
    ...['-ssh-agent', at('agent'), '-listen', `127.0.0.1:${port}`],
  ]);
  const url = `http://127.0.0.1:${port}`;
  await waitFor('the witness', async () => (await fetch(url).catch(() => undefined)) !== undefined);
  return {
    url,
    verifier: verifierLine(NAME, publicKeyOf(await readFile(`${key}.pub`, 'utf8')), 'witness'),
    enrol: async (verifierOfLog) => {
      const empty = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
      const sql = `INSERT INTO log VALUES ('${ORIGIN}', 0, '${empty}'); INSERT INTO key VALUES ('${ORIGIN}', '${verifierOfLog}');`;
      expect((await runToEnd(partner('sqlite3'), [at('witness.db'), sql])).status).toBe(0);
    },
    [Symbol.asyncDispose]: async () => {
      for (const child of children.reverse()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
    },
  };
}

/** The last 32 bytes of an OpenSSH Ed25519 key line. */
function publicKeyOf(line: string) {
  const raw = Buffer.from(line.split(' ')[1] ?? '', 'base64').subarray(-32);
  const key = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]); // RFC 8410
  return createPublicKey({ key, format: 'der', type: 'spki' });
}

const NEEDS = ['ssh-agent', 'ssh-add', 'ssh-keygen', 'sqlite3'] as const;

describeWithTool('litewitness', 'our log under litewitness', (program) => {
  describeWith(NEEDS, 'with its key in an agent', () => {
    test('a log it does not know is not accepted; one it knows is cosigned as it grows, over a restart too', async () => {
      await using directory = await tempDirectory();
      await using lite = await startLitewitness(program, directory.path);
      const verifier = parseVerifierLine(lite.verifier, 'witness')!;
      const asked = [{ name: NAME, verifier, url: lite.url }];
      const policy = parsePolicy(`witness w ${lite.verifier}\nquorum w\n`);
      const transparency = { origin: ORIGIN, witnesses: { policy, asked } };
      const home = join(directory.path, 'home');
      {
        await using recorder = await start(home, { transparency });
        await appendLeaves(recorder, 10);
        expect(recorder.leafLog.latestAccepted()).toBeNull();
        const key = await readFile(join(rootOf(home), 'log', 'verifier'), 'utf8');
        await lite.enrol(key.trim());
        const size = await appendLeaves(recorder, 300);
        await recorder.leafLog.accepted(size - 1);
        expect(recorder.leafLog.latestAccepted()?.size).toBe(size);
      }
      await using recorder = await start(home, { transparency });
      const size = await appendLeaves(recorder, 5);
      await recorder.leafLog.accepted(size - 1);
      expect(recorder.leafLog.latestAccepted()?.size).toBe(size);
      const note = await readFile(join(rootOf(home), 'log', 'checkpoint.witnessed'), 'utf8');
      expect(note).toContain(`\n— ${NAME} `);
    }, 60_000);
  });
});
