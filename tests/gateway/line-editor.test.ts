import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { type EditorSide, LineEditor, type Read } from '../../gateway/ssh/guarded-line/editor/editor.ts';
import { InputQueue } from '../../gateway/ssh/guarded-line/input-queue.ts';
import { goesOn } from '../../policy/index.ts';

const never = new AbortController().signal;

function desk(side: Partial<EditorSide> = {}) {
  const channel = new PassThrough();
  const input = new InputQueue(channel);
  const log: string[] = [];
  const editor = new LineEditor({
    columns: 80,
    show: (bytes) => {
      log.push(`o:${Buffer.from(bytes).toString()}`);
      return Promise.resolve();
    },
    recordInput: (bytes) => {
      log.push(`i:${Buffer.from(bytes).toString()}`);
      return Promise.resolve();
    },
    isUnfinished: goesOn,
    complete: () => Promise.resolve(undefined),
    searchPrompt: (wanted) => `(search)'${wanted}': `,
    ...side,
  });
  return {
    channel,
    input,
    editor,
    shown: () => log.filter((entry) => entry.startsWith('o:')).join(''),
    log,
    read: (offer?: string): Promise<Read | undefined> => editor.read({ prompt: '$ ', input, signal: never, offer }),
    /** What becomes of these keys; lines are remembered. */
    typed: async (...keys: string[]): Promise<(Read | undefined)[]> => {
      const reads: (Read | undefined)[] = [];
      for (const one of keys) {
        channel.write(one);
        const read = await editor.read({ prompt: '$ ', input, signal: never });
        if (read?.kind === 'line') editor.remember(read.text);
        reads.push(read);
      }
      return reads;
    },
  };
}

const line = (text: string): Read => ({ kind: 'line', text });

describe('keys', () => {
  test.each([
    ['^A goes to the beginning', 'world\x01hello \r', 'hello world'],
    ['^E goes to the end', 'hello\x01\x05 world\r', 'hello world'],
    ['^W takes a word away up to a blank', 'rm /a/b c/d\x17x\r', 'rm /a/b x'],
    ['Alt-Backspace takes a word of letters away', 'cat /a/b\x1b\x7fc\r', 'cat /a/c'],
    ['^U takes away what stands before', 'no such\x15yes\r', 'yes'],
    ['^K takes away what stands behind, ^Y brings it back', 'abcd\x02\x02\x0b\x01\x19\r', 'cdab'],
    ['^T exchanges two characters', 'sl\x14\r', 'ls'],
    ['^T exchanges the two around the cursor', 'acb d\x02\x02\x02\x14\r', 'abc d'],
    ['Alt-B and Alt-F go over words', 'one two\x1bb\x1bbA\x1bfB\r', 'AoneB two'],
    ['Alt-D takes a word away', 'one two\x01\x1bd\r', ' two'],
    ['^ left and right arrows go over words', 'one two\x1b[1;5DX\x1b[1;5CY\r', 'one XtwoY'],
    ['Home, End, Delete', 'bc\x1b[Ha\x1b[F!\x1b[D\x1b[3~\r', 'abc'],
    ['^D takes the character under the cursor away', 'xab\x01\x04\r', 'ab'],
    ['a wide character is one step', '顧客管理\x7f\x1b[D\x7f\r', '顧管'],
    ['an emoji of many parts is one step', 'a👨‍👩‍👧\x7fb\r', 'ab'],
    ['combining marks go with their letter', 'cafe\u0301\x7f\r', 'caf'],
  ])('%s', async (_what, keys, text) => {
    expect(await desk().typed(keys)).toEqual([line(text)]);
  });

  test('^C drops the line', async () => {
    expect(await desk().typed('rm -rf /\x03ls\r')).toEqual([line('ls')]);
  });

  test('^D at an empty line is the end', async () => {
    expect(await desk().typed('\x04')).toEqual([undefined]);
  });

  test('what follows an Enter stays for whoever reads next', async () => {
    const { typed, input } = desk();
    await typed('ls\rpwd\r');
    expect(await input.next(never)).toEqual({ bytes: Buffer.from('pwd\r'), recorded: true });
  });

  test('CR LF is one Enter, even in two pieces', async () => {
    const { channel, typed, read } = desk();
    expect(await typed('ls\r')).toEqual([line('ls')]);
    channel.write('\npwd\n');
    expect(await read()).toEqual(line('pwd'));
  });
});

describe('history', () => {
  test('the arrows walk through it, and the line being typed comes back', async () => {
    const { typed } = desk();
    const reads = await typed('one\r', 'two\r', 'draft\x1b[A\x1b[A\x1b[A\r', 'draft\x1b[A\x1b[B\r', '\x1b[A\x1b[A!\r');
    expect(reads.slice(2)).toEqual([line('one'), line('draft'), line('one!')]);
  });

  test('^R finds the newest line with the letters, again the one before it', async () => {
    const { typed } = desk();
    const reads = await typed('echo one\r', 'echo two\r', 'ls\r', '\x12echo\r', '\x12one\x05!\r', '\x12ec\x12\x12\r');
    expect(reads.slice(3)).toEqual([line('echo two'), line('echo one!'), line('echo two')]);
  });

  test('^G leaves the search with the line as it was', async () => {
    expect(await desk().typed('echo a\r', 'mine\x12echo\x07\r')).toEqual([line('echo a'), line('mine')]);
  });

  test('a line that begins with a blank is not kept', async () => {
    expect(await desk().typed('one\r', ' secret\r', '\x1b[A\r')).toEqual([line('one'), line(' secret'), line('one')]);
  });
});

describe('more than one line', () => {
  test.each([
    ['an open quote', 'echo "a\rb"\r', 'echo "a\nb"'],
    ['a loop', 'for i in 1 2\rdo echo $i\rdone\r', 'for i in 1 2\ndo echo $i\ndone'],
    ['a pipe at the end', 'ls |\rwc -l\r', 'ls |\nwc -l'],
    ['a backslash at the end', 'echo a \\\rb\r', 'echo a \\\nb'],
    ['a here-document', 'cat <<E\rtext\rE\r', 'cat <<E\ntext\nE'],
    ['an open substitution', 'echo $(ls\r)\r', 'echo $(ls\n)'],
    ['if', 'if true\rthen ls\rfi\r', 'if true\nthen ls\nfi'],
  ])('%s goes on, and is one text', async (_what, keys, text) => {
    expect(await desk().typed(keys)).toEqual([line(text)]);
  });

  test.each(['ls)', 'done', 'echo a; fi', '| ls', 'echo "a"'])('%j waits for nothing', async (text) => {
    expect(await desk().typed(`${text}\r`)).toEqual([line(text)]);
  });
});

describe('a paste', () => {
  const paste = (text: string): string => `\x1b[200~${text}\x1b[201~`;

  test('of several lines runs nothing: it is handed on as what it is', async () => {
    const { typed } = desk();
    expect(await typed(`su${paste('do a\nb\n')}`)).toEqual([{ kind: 'pasted', text: 'sudo a\nb' }]);
  });

  test('of one line is typed text, its line break too, and Enter runs it', async () => {
    expect(await desk().typed(`${paste('ls -l\n')} /\r`)).toEqual([line('ls -l /')]);
  });

  test('keys inside it are text: none is obeyed', async () => {
    expect(await desk().typed(`${paste('a\x03b\x04')}\r`)).toEqual([line('a\x03b\x04')]);
  });

  test('that is longer than anybody could judge is refused whole', async () => {
    const [read] = await desk().typed(paste('x'.repeat(LIMITS.commandBytesMax * 2)));
    expect(read?.kind).toBe('too_long');
  });
});

test('a line that is too long is refused whole, and its tail is not run', async () => {
  const { typed } = desk();
  const [read, next] = await typed(`${'x'.repeat(LIMITS.typedLineBytesMax + 1)}; reboot\r`, 'ls\r');
  expect(read?.kind).toBe('too_long');
  expect(next).toEqual(line('ls'));
});

test('what was typed is stored before the line is handed on, and what is drawn comes behind it', async () => {
  let store = (): void => undefined;
  const { channel, read } = desk({
    recordInput: () =>
      new Promise((resolve) => {
        store = resolve;
      }),
  });
  let isDone = false;
  channel.write('ls\r');
  const reading = read().then((one) => {
    isDone = true;
    return one;
  });
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  expect(isDone).toBe(false);
  store();
  expect(await reading).toEqual(line('ls'));
});

describe('Tab', () => {
  const complete = (words: string[], from = 3) => ({ complete: () => Promise.resolve({ from, words }) });

  test('puts the only candidate in', async () => {
    expect(await desk(complete(['/etc/hosts '])).typed('ls /e\t-l\r')).toEqual([line('ls /etc/hosts -l')]);
  });

  test('puts in what all have in common, and lists them at the second press', async () => {
    const { typed, shown } = desk(complete(['/etc/a1', '/etc/a2']));
    expect(await typed('ls /e\t\t\t1\r')).toEqual([line('ls /etc/a1')]);
    expect(shown()).toContain('/etc/a1  /etc/a2\r\n');
  });

  test('of a name that would act on the terminal shows nothing that acts', async () => {
    const { typed, shown } = desk(complete(['a\x1b[2J', 'b\x1b]0;x\x07']));
    await typed('x \t\t\r');
    expect(shown()).not.toContain('\x1b[2J');
    expect(shown()).not.toContain('\x1b]0');
  });
});

test('^T at an empty line behind a refusal begins the request', async () => {
  const { channel, read, typed } = desk();
  channel.write('\x14for the audit\r');
  expect(await read('ticket ')).toEqual(line('ticket for the audit'));
  expect(await typed('\x14ls\r')).toEqual([line('ls')]);
});
