import { describe, expect, test } from '@jest/globals';
import type { Marker, TranscriptLine } from '../../../recorder/replay/model.ts';
import { walkRecording } from '../../../recorder/replay/walk.ts';
import { framesOf, header, out, type Said, typed } from './frames.ts';

async function read(said: Iterable<Said>) {
  const lines: TranscriptLine[] = [];
  const markers: Marker[] = [];
  const end = await walkRecording(framesOf(said), {
    start: () => undefined,
    event: () => undefined,
    output: () => undefined,
    marker: (marker) => markers.push(marker),
    line: (line) => void lines.push(line),
  });
  const of = (kind: TranscriptLine['kind']) =>
    lines.filter((line) => line.kind === kind).map(({ text }) => text.trimEnd());
  return { lines, markers, end, of };
}

describe('a recording that is none', () => {
  test('is refused when its header is missing or nothing is in it', async () => {
    await expect(read([])).rejects.toMatchObject({ code: 'recording_corrupt' });
    await expect(read([out(0, 'x')])).rejects.toMatchObject({ code: 'recording_corrupt' });
    await expect(read([header(), header()])).rejects.toMatchObject({ code: 'recording_corrupt' });
  });
});

describe('what was shown', () => {
  test('stays when it scrolled away or stood there at the end, in its order', async () => {
    const lines = Array.from({ length: 100 }, (_, n) => `line ${n} 顧客\r\n`);
    const { of } = await read([header(), ...lines.map((text, n) => out(n * 100, text)), out(20_000, 'last')]);
    expect(of('screen')).toEqual([...lines.map((text) => text.trimEnd()), 'last']);
    expect(of('passed')).toEqual([]);
  });

  test('is told though it was overwritten by a return, in one piece and in many', async () => {
    const { of } = await read([
      header(),
      out(0, 'secret one\r\u001b[Kharmless\r\n'),
      out(1_000, 'secret tw'),
      out(2_000, 'o'),
      out(3_000, '\r\u001b[Kalso harmless\r\n'),
    ]);
    expect(of('screen')).toEqual(['harmless', 'also harmless']);
    expect(of('passed')).toEqual(['secret one', 'secret two']);
  });

  test('is told when it was overwritten by a piece that came in parts', async () => {
    const { of } = await read([header(), out(0, 'hid'), out(100, 'den\r\u001b[K')]);
    expect(of('passed')).toContain('hidden');
  });

  test('is told though the screen was cleared', async () => {
    const { of } = await read([header(), out(0, 'before the clear'), out(500, '\u001b[2J\u001b[H'), out(900, 'after')]);
    expect(of('passed')).toEqual(['before the clear']);
    expect(of('screen')).toEqual(['after']);
  });

  test('on the alternate screen is told, and the normal one comes back', async () => {
    const { of } = await read([
      header(),
      out(0, '$ vi\r\n'),
      out(100, '\u001b[?1049h\u001b[H顧客 table'),
      out(900, '\u001b[?1049l'),
      out(1_000, '$ exit'),
    ]);
    expect(of('screen')).toEqual(['$ vi', '$ exit']);
    expect(of('passed')).toEqual(['顧客 table']);
  });

  test('is found whole when the terminal wrapped it, also over the edge of the screen', async () => {
    const long = `begin ${'あいうえお'.repeat(60)} end`;
    const { of } = await read([
      header({ rows: 5 }),
      out(0, 'a\r\nb\r\nc\r\n'),
      out(100, long),
      out(200, '\r\nd\r\ne\r\nf\r\ng'),
    ]);
    expect(of('screen')).toEqual(['a', 'b', 'c', long, 'd', 'e', 'f', 'g']);
  });

  test('is drawn again and again and told once', async () => {
    const draw = (n: number): Said => out(n * 500, `\u001b[H\u001b[2Jtop\r\nload ${n % 2}`);
    const { of } = await read([header(), ...Array.from({ length: 20 }, (_, n) => draw(n))]);
    expect(of('passed').sort()).toEqual(['load 0', 'load 1', 'top'].slice(0, of('passed').length).sort());
  });

  test('in colours or black on black is text like any', async () => {
    const { of } = await read([header(), out(0, '\u001b[30;40mhid\u001b[31mden\u001b[0m')]);
    expect(of('screen')).toEqual(['hidden']);
  });

  test('without a terminal is no staircase', async () => {
    const { of } = await read([
      header({ kind: 'exec', command: 'ls', term: '', columns: 0, rows: 0 }),
      out(0, 'a\nb\n'),
    ]);
    expect(of('screen')).toEqual(['a', 'b']);
  });

  test('of a protocol that carries files is not read as text', async () => {
    const { lines, markers } = await read([
      header({ kind: 'files', term: '', columns: 0, rows: 0 }),
      out(0, 'SSH_FXP'),
      { type: 'm', at: 10, text: `download /etc/passwd 12 ${'a'.repeat(64)}` },
    ]);
    expect(lines.map(({ kind }) => kind)).toEqual(['note']);
    expect(markers.map(({ kind }) => kind)).toEqual(['file']);
  });

  test('on a terminal of absurd size costs no more than on a large one', async () => {
    const { of } = await read([
      header({ columns: 65_535, rows: 65_535 }),
      out(0, 'x'),
      { type: 'r', at: 5, text: '60000x60000' },
    ]);
    expect(of('screen')).toEqual(['x']);
  });

  test('is not told twice when the terminal changes its size', async () => {
    const { of } = await read([
      header(),
      out(0, '$ ls\r\nfile'),
      { type: 'r', at: 5, text: '40x10' },
      out(9, '\r\ndone'),
    ]);
    expect([...of('screen'), ...of('passed')]).toEqual(['$ ls', 'file', 'done']);
  });
});

describe('what was typed', () => {
  const echo = (at: number, text: string): Said[] =>
    Array.from(text).flatMap((key, n) => [typed(at + n * 50, key), out(at + n * 50 + 10, key === '\r' ? '\r\n' : key)]);

  test('is a line with its prompt', async () => {
    const { lines } = await read([header(), out(0, 'aoki@crm:~$ '), ...echo(100, 'ls -l\r')]);
    expect(lines.filter(({ kind }) => kind === 'typed')).toEqual([
      { at: 100, kind: 'typed', text: 'ls -l', prompt: 'aoki@crm:~$ ' },
    ]);
  });

  test('and not shown is marked as hidden', async () => {
    const keys = Array.from('hunter2\r', (key, n) => typed(100 + n * 50, key));
    const { lines } = await read([header(), out(0, 'Password: '), ...keys, out(900, '\r\n$ ')]);
    expect(lines.filter(({ kind }) => kind === 'typed')).toMatchObject([{ text: 'hunter2', hidden: true }]);
  });

  test('and pasted with its Enter is hidden unless the answer shows it', async () => {
    const { lines } = await read([
      ...[header(), out(0, '$ '), typed(100, 'id\r'), out(150, 'id\r\nuid=0\r\n')],
      ...[out(300, 'Password: '), typed(400, 'hunter2\r'), out(450, '\r\nLast login\r\n')],
    ]);
    expect(lines.filter(({ kind }) => kind === 'typed').map(({ text, hidden }) => [text, hidden])).toEqual([
      ['id', undefined],
      ['hunter2', true],
    ]);
  });

  test('is hidden where the recording says that nothing is shown', async () => {
    const { lines } = await read([
      ...[header(), out(0, '$ '), { type: 'n' as const, at: 50, text: '{"echo":false}' }, ...echo(100, 'x1y2\r')],
    ]);
    expect(lines.find(({ kind }) => kind === 'typed')).toMatchObject({ hidden: true });
  });

  test('is what is left after corrections', async () => {
    const { of } = await read([
      header(),
      out(0, '$ '),
      ...echo(100, 'lx\u007fs a b\u0017c\r'),
      ...echo(900, 'no\u0015yes\r'),
    ]);
    expect(of('typed')).toEqual(['ls a c', 'yes']);
  });

  test('into a program without a terminal is read line by line', async () => {
    const { of } = await read([
      header({ kind: 'exec', command: 'psql', term: '', columns: 0, rows: 0 }),
      typed(0, 'select 1;\nselect '),
      typed(50, '顧客;\n'),
    ]);
    expect(of('typed')).toEqual(['select 1;', 'select 顧客;']);
  });
});

test('marks, sizes, gaps and the exit are places to jump to', async () => {
  const { markers, end } = await read([
    header(),
    { type: 'm', at: 10, text: 'mysqldump crm' },
    { type: 'm', at: 20, text: 'sekisho: paused: look' },
    { type: 'r', at: 30, text: '100x30' },
    { type: 'g', at: 40, text: '12 bytes' },
    { type: 'x', at: 50, text: '0' },
  ]);
  expect(markers.map(({ at, kind }) => [at, kind])).toEqual([
    [10, 'command'],
    [20, 'note'],
    [30, 'resize'],
    [40, 'gap'],
    [50, 'exit'],
  ]);
  expect(end.durationMillis).toBe(50);
});
