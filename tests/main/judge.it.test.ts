/** `sekisho judge` as a process of its own, fed through a pipe. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { ROOT } from '../support/paths.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const REGISTER = fileURLToPath(new URL('../support/typescript/register.mjs', import.meta.url));

describe('sekisho judge', () => {
  let directory: Awaited<ReturnType<typeof tempDirectory>>;
  let policy: string;
  beforeAll(async () => {
    directory = await tempDirectory();
    policy = join(directory.path, 'policy.json');
    await writeFile(policy, '{"paths":["/data/members"]}');
  });
  afterAll(async () => {
    await directory[Symbol.asyncDispose]();
  });

  const start = (...args: string[]) =>
    spawn(process.execPath, ['--import', REGISTER, 'tests/e2e/support/command-child.ts', ...args], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: directory.path, LANG: 'C' },
      timeout: 50_000,
    });
  const run = async (args: string[], input: string | Buffer = '') => {
    const child = start(...args);
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
    child.stdin.end(input);
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() };
  };

  test.each([
    ['no policy', ['judge', 'id'], 'request_invalid'],
    ['a policy that is not there', ['judge', '--policy', '/nowhere', 'id'], 'policy_invalid'],
    ['two commands', ['judge', '--policy', 'config/gate-policy.example.json', 'id', 'ls'], 'request_invalid'],
    [
      'a command beside --jsonl',
      ['judge', '--policy', 'config/gate-policy.example.json', '--jsonl', 'id'],
      'request_invalid',
    ],
    ['no session', ['rejudge', '--policy', 'config/gate-policy.example.json', '--data', '/nowhere'], 'request_invalid'],
  ])('with %s says what is wrong', async (_, args, code) => {
    expect(await run(args)).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining(`[${code}]`) });
  });

  test.each([
    ['id', 0],
    ['cat /data/members/a', 2],
    ['frobnicate', 3],
  ])('of %s ends with status %i', async (command, status) => {
    expect((await run(['judge', '--policy', policy, command])).status).toBe(status);
  });

  test('names the tables of SQL by the parsers that know it', async () => {
    const { status, stdout } = await run(['judge', '--policy', policy, '--sql', '--json', 'SELECT a FROM b.c, d']);
    expect(status).toBe(0);
    const { tables, fingerprint } = JSON.parse(stdout) as { tables: string[]; fingerprint: string };
    expect(tables).toEqual(['b.c', 'd']);
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });

  test('answers line by line in order, goes on after bad lines, and says by its status that there were some', async () => {
    const bad = ['{', `{"command":"${'x'.repeat(LIMITS.judgeLineBytesMax)}"}`];
    const lines = ['{"command":"id"}', ...bad, '{"command":"cat /data/members/a"}'];
    const { status, stdout } = await run(['judge', '--policy', policy, '--jsonl'], lines.join('\n'));
    expect(status).toBe(1);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(answers).toMatchObject([
      { verdict: 'allow' },
      { verdict: 'deny', error: 'request_invalid', line: 2 },
      { verdict: 'deny', error: 'request_too_large', line: 3 },
      { verdict: 'deny', ticket: true, objects: ['/data/members'] },
    ]);
  });

  test('answers each of many lines, however slowly it is read', async () => {
    const child = start('judge', '--policy', policy, '--jsonl');
    child.stdin.end('{"command":"id"}\n'.repeat(20_000));
    let lines = 0;
    for await (const bytes of child.stdout as AsyncIterable<Buffer>)
      lines += bytes.filter((byte) => byte === 0x0a).length;
    expect(lines).toBe(20_000);
  });

  test('ends quietly when its reader goes', async () => {
    const child = start('judge', '--policy', policy, '--jsonl');
    const err: Buffer[] = [];
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
    child.stdin.on('error', () => undefined);
    child.stdin.write('{"command":"id"}\n');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.end('{"command":"id"}\n'.repeat(50_000));
    const [status] = (await once(child, 'close')) as [number | null];
    expect({ status, stderr: Buffer.concat(err).toString() }).toEqual({ status: 0, stderr: '' });
  });
});
