import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  EMPTY_STATE,
  readReport,
  readUnread,
  type ShellState,
  wrapLine,
} from '../../gateway/ssh/guarded-line/wrapper.ts';

const MARK = 'ffeeddccbbaa99887766554433221100';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const variables = (...fields: string[]): string => base64(fields.map((field) => `${field}\0`).join(''));
const report = (status: string, directory: string, ...fields: string[]): string =>
  [status, base64(directory), variables(...fields), ''].join(';');

/** Runs a wrapped line in the real bash. */
function run(
  line: string,
  state: ShellState = { ...EMPTY_STATE, directory: '/' },
): { output: string; after: ShellState } {
  let output: string;
  try {
    output = execFileSync('sh', ['-c', wrapLine(line, state, MARK)], {
      encoding: 'latin1',
      env: { PATH: '/usr/bin:/bin' },
    });
  } catch (thrown) {
    output = String((thrown as { stdout: unknown }).stdout);
  }
  const said = new RegExp(`\\x1b\\]7001;${MARK};([^\\x07]*)\\x07`).exec(output)?.[1];
  if (said === undefined) throw new Error(`no report in ${JSON.stringify(output)}`);
  return { output: output.replace(/\x1b\][^\x07]*\x07/g, ''), after: readReport(said, state, EMPTY_STATE) };
}

describe('what the target reports is data', () => {
  test.each([
    ['a status that is none', 'x;L3RtcA==;;'],
    ['a status out of bounds', '999;L3RtcA==;;'],
    ['too few parts', '0;L3RtcA=='],
    ['too many parts', '0;L3RtcA==;;;'],
    ['no base64', '0;!!!;;'],
    ['nothing', ''],
  ])('%s keeps the state as it was', (_what, said) => {
    const before: ShellState = { directory: '/srv', status: 3, variables: new Map() };
    expect(readReport(said, before, EMPTY_STATE)).toEqual(before);
    expect(readUnread(said)).toHaveLength(0);
  });

  test.each(['relative', '', '/a\nb', '/a\u0000b', `/${'a'.repeat(5000)}`])(
    'the directory %j is not entered',
    (directory) => {
      const before: ShellState = { directory: '/srv', status: 0, variables: new Map() };
      expect(readReport(report('0', directory), before, EMPTY_STATE).directory).toBe('/srv');
    },
  );

  test.each([
    'LD_PRELOAD',
    'PATH',
    'BASH_ENV',
    'PROMPT_COMMAND',
    'IFS',
    'LESSOPEN',
    'PAGER',
    'GIT_SSH_COMMAND',
    'SYSTEMD_PAGER',
    'a b',
    'x;reboot',
    '1x',
    'a=b',
    '',
    "x'",
  ])('a variable named %j is not carried on', (name) => {
    const { variables: kept } = readReport(report('0', '/', name, 'x', 'value'), EMPTY_STATE, EMPTY_STATE);
    expect(kept.size).toBe(0);
  });

  test('what a shell has anyway is not carried on', () => {
    const baseline = readReport(report('0', '/', 'LANG', 'x', 'C'), EMPTY_STATE, EMPTY_STATE);
    const after = readReport(report('0', '/', 'LANG', 'x', 'C', 'mine', '', '1'), EMPTY_STATE, baseline);
    expect([...after.variables.keys()]).toEqual(['mine']);
  });

  test('values that would fill a packet are left behind', () => {
    const { variables: kept } = readReport(report('0', '/', 'a', '', 'x'.repeat(20_000)), EMPTY_STATE, EMPTY_STATE);
    expect(kept.size).toBe(0);
  });
});

describe('in the real bash', () => {
  test('a line runs as it stands, and tells its status and directory', () => {
    const { output, after } = run('cd /usr && echo "a  b"; false');
    expect(output).toBe('a  b\n');
    expect(after).toMatchObject({ directory: '/usr', status: 1 });
  });

  test('the status before is what $? is', () => {
    expect(run('echo $?', { ...EMPTY_STATE, directory: '/', status: 42 }).output).toBe('42\n');
  });

  test('no value of a variable can become code in the next line', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }).filter((value) => !value.includes('\0')),
        (value) => {
          const state: ShellState = {
            directory: '/',
            status: 0,
            variables: new Map([['x', { exported: true, value }]]),
          };
          const { output, after } = run('printf %s "$x" | base64 -w0', state);
          expect(Buffer.from(output, 'base64').equals(Buffer.from(value))).toBe(true);
          expect(after.variables.get('x')?.value).toBe(Buffer.from(value).toString());
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a directory whose name is code stays a name', () => {
    const { output } = run('echo here', { ...EMPTY_STATE, directory: "/tmp/'; echo broken out; '" });
    expect(output).toBe('here\n');
  });
});
