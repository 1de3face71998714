import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  EMPTY_STATE,
  knownVariables,
  readReport,
  type Report,
  type ShellState,
} from '../../gateway/ssh/guarded-line/state.ts';
import { unquoted } from '../../gateway/ssh/guarded-line/unquote.ts';
import { asTyped, waitingShell } from '../../gateway/ssh/guarded-line/wrapper.ts';

const MARK = 'ffeeddccbbaa99887766554433221100';
const NOTHING = new Map();
const report = (...fields: string[]): string => fields.join('\x1f');
const HOME: ShellState = { ...EMPTY_STATE, directory: '/' };

/** Runs a line in the real bash, as the target does. */
function run(line: string, state: ShellState = HOME): { output: string; after: Report; status: number | null } {
  const { stdout, status } = spawnSync('sh', ['-c', waitingShell(MARK)], {
    input: asTyped(line, state, 'export PAGER=cat'),
    env: { PATH: '/usr/bin:/bin' },
  });
  const output = stdout.toString('latin1');
  const said = new RegExp(`\\x1b\\]7001;${MARK};([^\\x07]*\\x1f[^\\x07]*)\\x07`).exec(output)?.[1] ?? '';
  return {
    output: output.replace(/\x1b\]7001;[^\x07]*\x07/g, ''),
    after: readReport(said, state, NOTHING),
    status,
  };
}

describe('what the target reports is data', () => {
  test.each([
    ['a status that is none', report('x', '/tmp', "''", "''", '')],
    ['a status out of bounds', report('999', '/tmp', "''", "''", '')],
    ['too few parts', report('0', '/tmp')],
    ['a word that bash would not write', report('0', '"/tmp"', "''", "''", '')],
    ['an unfinished quote', report('0', "$'/tmp", "''", "''", '')],
    ['nothing', ''],
  ])('%s keeps the state as it was', (_what, said) => {
    const before: ShellState = { ...EMPTY_STATE, directory: '/srv', status: 3 };
    const { state, unread, all } = readReport(said, before, NOTHING);
    expect(state).toEqual(before);
    expect(unread).toHaveLength(0);
    expect(all.size).toBe(0);
  });

  test.each(['relative', "''", "$'/a\\nb'", "$'/a\\000b'", `/${'a'.repeat(5000)}`, "$'/\\377'"])(
    'the directory %j is not entered',
    (directory) => {
      const before: ShellState = { ...EMPTY_STATE, directory: '/srv' };
      expect(readReport(report('0', directory, "''", "''", ''), before, NOTHING).state.directory).toBe('/srv');
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
    'TMOUT',
    'a b',
    'x;reboot',
    '1x',
    'a=b',
    '',
    "x'",
  ])('a variable named %j is not carried on', (name) => {
    const { state } = readReport(report('0', '/', "''", "''", name, 'x', 'value', ''), EMPTY_STATE, NOTHING);
    expect(state.variables.size).toBe(0);
  });

  test('what a shell has anyway is not carried on, and still known to the judge', () => {
    const said = report('0', '/', "''", "''", 'LANG', 'x', 'C', 'HOME', 'x', '/home/chen', 'RANDOM', '', '4', '');
    const baseline = readReport(said, EMPTY_STATE, NOTHING).all;
    const again = report('0', '/', "''", "''", 'LANG', 'x', 'C', 'mine', '', '1', '');
    const { state } = readReport(again, EMPTY_STATE, baseline);
    expect([...state.variables.keys()]).toEqual(['mine']);
    expect(Object.fromEntries(knownVariables(state, baseline))).toEqual({
      LANG: 'C',
      HOME: '/home/chen',
      mine: '1',
      PWD: '/',
    });
  });

  test('values that would fill a packet are left behind', () => {
    const said = report('0', '/', "''", "''", 'a', '', 'x'.repeat(20_000), '');
    expect(readReport(said, EMPTY_STATE, NOTHING).state.variables.size).toBe(0);
  });

  test('bytes that are no text are not carried on, for they would come back as others', () => {
    const said = report('0', '/', "''", "''", 'a', '', "$'\\377'", '');
    expect(readReport(said, EMPTY_STATE, NOTHING).state.variables.size).toBe(0);
  });
});

test('a line goes over in signs that no terminal acts on, however its modes are set', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (line, value) => {
      const state: ShellState = { ...HOME, variables: new Map([['x', { exported: false, value }]]) };
      expect(asTyped(line, state, 'export A=1').toString('latin1')).toMatch(/^[a-z0-9 .,:;=/_+\\-]*\x1e$/);
    }),
  );
});

describe('in the real bash', () => {
  test('a line runs as it stands, and tells its status and directory', () => {
    const { output, after } = run('cd /usr && echo "a  b"; false');
    expect(output).toBe('a  b\n');
    expect(after.state).toMatchObject({ directory: '/usr', previousDirectory: '/', status: 1 });
  });

  test('the status before is what $? is', () => {
    expect(run('echo $?', { ...HOME, status: 42 }).output).toBe('42\n');
  });

  test('a directory behind a symbolic link is where it really is', () => {
    expect(run('cd /proc/self/cwd/usr').after.state.directory).toBe('/usr');
  });

  test.each(['/proc/self/root', '/no/such/place', "/tmp/'; echo broken out; '"])(
    'nothing runs where %j is not the directory it was judged for',
    (directory) => {
      const { output, status } = run('echo here', { ...EMPTY_STATE, directory });
      expect(output).toBe('');
      expect(status).toBe(1);
    },
  );

  test('a line of which bytes are missing does not run', () => {
    const typed = asTyped('echo one; echo two', HOME, '').toString('latin1').replace('two', 'tw');
    const { stdout, status } = spawnSync('sh', ['-c', waitingShell(MARK)], { input: typed });
    expect(stdout.toString()).not.toContain('one');
    expect(status).toBe(125);
  });

  test('cd - goes back over lines', () => {
    const { after } = run('cd /usr');
    expect(run('cd - > /dev/null', after.state).after.state.directory).toBe('/');
  });

  test('LC_ALL is carried like any other variable', () => {
    const { after } = run('export LC_ALL=C.UTF-8');
    expect(after.state.variables.get('LC_ALL')).toEqual({ exported: true, value: 'C.UTF-8' });
    expect(run('LC_ALL=x', after.state).after.state.variables.get('LC_ALL')?.value).toBe('x');
  });

  test('arrays are not carried on, and of a reference what it refers to', () => {
    const { after } = run('a=(1 2); declare -A b=([x]=1); declare -n c=d; declare -i n=5; plain=1');
    expect([...after.state.variables.keys()].sort()).toEqual(['c', 'n', 'plain']); // What c refers to, as text.
  });

  test('whatever is typed is the line that runs, whatever signs are in it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 80 }).filter((value) => !value.includes('\0')),
        (value) => {
          const line = `printf %s '${value.replaceAll("'", "'\\''")}' | base64 -w0`;
          expect(Buffer.from(run(line).output, 'base64').equals(Buffer.from(value))).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('no value of a variable can become code in the next line', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }).filter((value) => !value.includes('\0')),
        (value) => {
          const state: ShellState = { ...HOME, variables: new Map([['x', { exported: true, value }]]) };
          const { output, after } = run('printf %s "$x" | base64 -w0', state);
          expect(Buffer.from(output, 'base64').equals(Buffer.from(value))).toBe(true);
          expect(after.state.variables.get('x')?.value).toBe(Buffer.from(value).toString());
        },
      ),
      { numRuns: 25 },
    );
  });

  test('what bash quotes is read as it was, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }).filter((bytes) => !bytes.includes(0)),
        (bytes) => {
          const hex = Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
          const script = `LC_ALL=C; printf -v x %b "$1"; printf %q "$x"`;
          const quoted = execFileSync('bash', ['-c', script, 'sh', hex], { encoding: 'latin1' });
          expect(unquoted(quoted)?.equals(Buffer.from(bytes))).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });
});
