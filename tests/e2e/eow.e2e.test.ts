/** OpenSSH says that nobody reads on, and that no more sessions come: only to a server whose name begins like its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ssh2 from 'ssh2';
import { Cleanup } from '../../foundation/index.ts';
import { runToEnd } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { waitFor } from '../support/wait-for.ts';
import { type FilesField, GUARDED, OPEN, startFilesField } from './support/files-field.ts';

/** `yes` would go on for ever: what takes longer has not been stopped. */
const PROMPT_SECONDS = '10';

describeWith(['ssh', 'ssh-keygen', 'sshd', 'root'], 'what OpenSSH says only to its own kind', () => {
  const cleanup = new Cleanup();
  let field: FilesField;
  beforeAll(async () => {
    field = cleanup.use(await startFilesField());
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(' ');
  const ssh = async (target: string, options: readonly string[] = []): Promise<string> =>
    quoted([partner('ssh'), ...options, ...(await field.settings(target)), 'target']);

  /** A line of shell whose standard input stays open until it has ended. */
  const start = (line: string) => {
    const child = spawn('timeout', ['--kill-after=1', PROMPT_SECONDS, 'bash', '-c', line], { stdio: 'pipe' });
    const said = { out: '', err: '' };
    child.stdout.on('data', (bytes: Buffer) => (said.out += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (said.err += bytes.toString()));
    const ended = once(child, 'close').then(([status]) => Number(status ?? -1));
    cleanup.defer(async () => {
      await ended;
    });
    return { said, ended };
  };

  /** By the gateway's two modes, and without it. */
  const ROADS = [OPEN, GUARDED, 'direct'];
  const by = async (road: string, options: readonly string[] = []): Promise<string> =>
    road === 'direct' ? quoted([partner('ssh'), ...options, ...field.sshd.direct(), '127.0.0.1']) : ssh(road, options);

  describe.each(ROADS)('by %s', (road) => {
    test.each([
      ['open', []],
      ['closed', ['-n']],
    ])('yes ends when nobody reads on, standard input %s', async (_how, options) => {
      await field.onTarget('rm -f ended');
      const run = start(
        `${await by(road, options)} 'yes; echo "yes ended with $?" >ended' | head -c 2; echo; echo over`,
      );
      expect({ status: await run.ended, ...run.said }).toEqual({ status: 0, out: 'y\n\nover\n', err: '' });
      expect((await field.onTarget('cat ended')).stdout.toString()).toBe('yes ended with 141\n');
    });

    test('ssh hears that the program reads no more, while the program goes on', async () => {
      await field.onTarget('rm -f go');
      // Standard input and output are one socket on Linux. How ssh takes it only its own log tells.
      const reader = `'exec <&- >&-; until [ -e go ]; do sleep 0.05; done; echo over >&2'`;
      const run = start(`yes | ${await by(road, ['-o', 'LogLevel=DEBUG1'])} ${reader}`);
      await waitFor('the word of it', () => run.said.err.includes('rtype eow@openssh.com'));
      expect(run.said.err).not.toContain('rtype exit-status');
      await field.onTarget('touch go');
      expect(await run.ended).toBe(0);
      expect(run.said.err).toMatch(/^over$/m);
    });
  });

  describe('no more sessions', () => {
    test('is what ssh says for a single one', async () => {
      const settings = await field.settings(OPEN);
      const ran = await runToEnd(partner('ssh'), ['-v', '-o', 'LogLevel=DEBUG1', ...settings, 'target', 'echo ran']);
      expect(ran.stdout.toString()).toBe('ran\n');
      expect(ran.stderr).toContain('Requesting no-more-sessions@openssh.com');
    });

    test('holds: a session after it is refused, the one before it goes on', async () => {
      const client = new ssh2.Client();
      client.on('error', () => undefined);
      const privateKey = await readFile(await field.gateway.key('chen'));
      client.connect({
        host: '127.0.0.1',
        port: field.gateway.sshPort,
        username: OPEN,
        privateKey,
        strictVendor: false,
      });
      await once(client, 'ready');
      const exec = (command: string): Promise<ssh2.ClientChannel> =>
        new Promise((resolve, reject) => {
          client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
        });
      try {
        const before = await exec('read -r line; echo "heard $line"');
        const refusal = await new Promise((resolve) => client.openssh_noMoreSessions(resolve));
        expect(refusal).toBeUndefined();
        await expect(exec('echo never')).rejects.toThrow('Channel open failure');
        let heard = '';
        before.on('data', (bytes: Buffer) => (heard += bytes.toString()));
        before.end('on\n');
        await once(before, 'close');
        expect(heard).toBe('heard on\n');
      } finally {
        client.destroy();
      }
    });
  });
});
