/** The old scp protocol, watched: hostile names, lies and steps out of turn, then files as they should be. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { FileAudit, TransferredFile } from '../../gateway/ssh/files/file-audit.ts';
import { HostileName, ScpWatch } from '../../gateway/ssh/files/scp.ts';
import { readTransfer } from '../../policy/index.ts';

const OK = '\0';

function watching(command: string) {
  const transfer = readTransfer(command);
  if (transfer === undefined) throw new Error('no transfer');
  const told: TransferredFile[] = [];
  const audit = { transferred: (file: TransferredFile) => void told.push(file) } as unknown as FileAudit;
  const watch = new ScpWatch(transfer, audit);
  return {
    told,
    watch,
    /** `>` what the receiver says, `<` what the sender says, each in one piece. */
    play: (...lines: string[]) => {
      for (const line of lines) {
        const bytes = Buffer.from(line.slice(1), 'latin1');
        if (line.startsWith('>')) watch.answered(bytes);
        else watch.sent(bytes);
      }
    },
  };
}

describe('a name that leads elsewhere stops the transfer, whichever side says it', () => {
  test.each([
    ['scp -r -f dir', 'C0644 1 ../x\n'],
    ['scp -r -f dir', 'C0644 1 ..\n'],
    ['scp -r -f dir', 'D0755 0 .\n'],
    ['scp -r -f dir', 'D0755 0 ..\n'],
    ['scp -r -f dir', 'C0644 1 /etc/passwd\n'],
    ['scp -r -f dir', 'C0644 1 a\x1b[2Jb\n'],
    ['scp -r -f dir', 'C0644 1 a\rb\n'],
    ['scp -f wanted', 'C0644 1 .bashrc\n'],
    ['scp -r -f wanted', 'D0755 0 .ssh\n'],
    ['scp -t dest', 'C0644 1 ../x\n'],
    ['scp -r -t dest', 'D0755 0 ..\n'],
  ])('%s: %j', (command, line) => {
    expect(() => watching(command).play(`>${OK}`, `<${line}`)).toThrow(HostileName);
  });
});

describe('a step out of turn stops the transfer', () => {
  test.each([
    ['a directory that nobody asked for', 'scp -f a', [`>${OK}`, '<D0755 0 a\n']],
    ['a line before anybody is ready', 'scp -f a', ['<C0644 1 a\n']],
    ['contents before they were agreed to', 'scp -f a', [`>${OK}`, '<C0644 1 a\n', '<x']],
    ['more directories left than entered', 'scp -r -f a', [`>${OK}`, '<E\n']],
    ['a line nobody understands', 'scp -f a', [`>${OK}`, '<X0644 1 a\n']],
    ['a size that is none', 'scp -f a', [`>${OK}`, '<C0644 99999999999999999 a\n']],
    ['a line without end', 'scp -f a', [`>${OK}`, `<C0644 1 ${'a'.repeat(9_000)}`]],
    ['more contents than announced', 'scp -f a', [`>${OK}`, '<C0644 1 a\n', `>${OK}`, '<xyz\n']],
    ['directories without bottom', 'scp -r -t a', [`>${OK.repeat(300)}`, ...Array<string>(300).fill('<D0755 0 d\n')]],
  ])('%s', (_what, command, lines) => {
    expect(() => watching(command).play(...lines)).toThrow('scp:');
  });
});

test('each file is told with its path and hash, wherever the bytes are cut', () => {
  const { told, play } = watching('scp -r -p -f data/tree');
  play(`>${OK}`, '<D0755 0 tr', '<ee\n', `>${OK}`, '<T1 0 1 0\n', `>${OK}`, '<C0644 5 a b\n', `>${OK}`, '<he', '<llo');
  play(`<${OK}`, `>${OK}`, '<C0644 0 empty\n', `>${OK}`, `<${OK}`, `>${OK}`, '<E\n', `>${OK}`);
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const same = { protocol: 'scp', direction: 'download', complete: true, ranges: 'sequential' };
  expect(told).toEqual([
    { ...same, path: 'data/tree/a b', bytes: 5, sha256: sha256('hello') },
    { ...same, path: 'data/tree/empty', bytes: 0, sha256: sha256('') },
  ]);
});

test('a file the receiver does not want is told as incomplete, and the next one follows', () => {
  const { told, play } = watching('scp -t -d dir');
  play(
    `>${OK}`,
    '<C0644 3 no\n',
    '>\x01scp: no: Permission denied\n',
    '<C0644 1 yes\n',
    `>${OK}`,
    '<y',
    `<${OK}`,
    `>${OK}`,
  );
  expect(told.map(({ path, bytes, complete }) => [path, bytes, complete])).toEqual([
    ['dir/no', 0, false],
    ['dir/yes', 1, true],
  ]);
});

test('a sender that could not read a file to its end says so, and so do we', () => {
  const { told, play } = watching('scp -f a');
  play(`>${OK}`, '<C0644 2 a\n', `>${OK}`, '<xx', '<\x01scp: a: Input/output error\n', `>${OK}`);
  expect(told).toMatchObject([{ bytes: 2, complete: false }]);
});

test('what was under way when the channel ended is told as incomplete', () => {
  const { told, play, watch } = watching('scp -f a');
  play(`>${OK}`, '<C0644 9 a\n', `>${OK}`, '<xx');
  watch.ended();
  expect(told).toMatchObject([{ path: 'a', bytes: 2, complete: false }]);
});

test('a warning of the sender is no file', () => {
  const { told, play } = watching('scp -f a');
  play(`>${OK}`, '<\x01scp: a: No such file or directory\n');
  expect(told).toEqual([]);
});
