/** The SFTP decoder, fed by hand: what lies, repeats or leads elsewhere. */
import { describe, expect, test } from '@jest/globals';
import { sshString, uint32, uint64 } from '../../foundation/index.ts';
import { Answers } from '../../gateway/ssh/files/sftp/answers.ts';
import { Framer } from '../../gateway/ssh/files/sftp/framer.ts';
import { type Opened, openedFile, type Pending } from '../../gateway/ssh/files/sftp/opened.ts';
import * as P from '../../gateway/ssh/files/sftp/packets.ts';
import { Requests } from '../../gateway/ssh/files/sftp/requests.ts';
import type { Guard } from '../../gateway/ssh/files/sftp/guard.ts';
import type { Fate } from '../../gateway/ssh/stream-io.ts';

const packet = (type: number, ...fields: Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from([type]), ...fields]);
  return Buffer.concat([uint32(body.length), body]);
};
const INIT = packet(P.INIT, uint32(3));
const VERSION = packet(P.VERSION, uint32(3));
const NO_ATTRIBUTES = uint32(0);

function world() {
  const pending = new Map<number, Pending>();
  const handles = new Map<string, Opened>();
  const put: { bytes: Buffer; fate: Fate }[] = [];
  const answered: Buffer[] = [];
  const faults: unknown[] = [];
  const finished: { path: string; isOpen: boolean }[] = [];
  const asked: string[] = [];
  const guard = {
    open: ({ path }: { path: string }) => {
      asked.push(path);
      return path === 'closed' ? { allowed: false, code: P.FX_PERMISSION_DENIED, text: 'no' } : { allowed: true };
    },
    change: ({ act, leaves = [] }: { act: string; leaves?: readonly string[] }) => {
      asked.push([act, ...leaves].join(' '));
      return { allowed: true };
    },
  } as unknown as Guard; // Its own rules are tried through the gateway.
  const shared = { pending, handles, answer: (bytes: Buffer) => void answered.push(bytes) };
  const requests = new Requests({ ...shared, guard });
  const answers = new Answers({
    ...shared,
    finished: ({ path }, isOpen) => void finished.push({ path, isOpen }),
  });
  const handlers = (of: Requests | Answers) => ({
    ...{ head: of.head, packet: of.packet, content: of.content, bulk: of.bulk },
    broken: (thrown: unknown) => void faults.push(thrown),
    put: (bytes: Buffer, fate: Fate) => void put.push({ bytes: Buffer.from(bytes), fate }),
  });
  return {
    ...{ pending, handles, put, answered, faults, finished, asked },
    up: new Framer(handlers(requests)),
    down: new Framer(handlers(answers)),
    passed: (fate: Fate) => Buffer.concat(put.filter((one) => one.fate === fate).map(({ bytes }) => bytes)),
  };
}

function opened() {
  const made = world();
  const file = openedFile('/a', { read: true, write: true });
  made.up.push(INIT);
  made.down.push(VERSION);
  made.handles.set('h', file);
  return { ...made, file };
}

describe('a client that breaks SFTP is not listened to any more', () => {
  test.each([
    ['says something before its version', packet(P.STAT, uint32(1), sshString('/'))],
    ['announces nothing', Buffer.concat([INIT, uint32(0), Buffer.alloc(1)])],
    ['announces a packet larger than packets are', Buffer.concat([INIT, uint32(0x7fff_ffff), Buffer.from([P.STAT])])],
    [
      'has a path longer than its packet',
      Buffer.concat([INIT, packet(P.OPEN, uint32(1), uint32(99), Buffer.from('ab'))]),
    ],
    [
      'names a file with NUL',
      Buffer.concat([INIT, packet(P.OPEN, uint32(1), sshString('a\0b'), uint32(1), NO_ATTRIBUTES)]),
    ],
    [
      'has bytes behind its fields',
      Buffer.concat([INIT, packet(P.OPEN, uint32(1), sshString('a'), uint32(1), NO_ATTRIBUTES, Buffer.from('x'))]),
    ],
    [
      'uses one number twice',
      Buffer.concat([INIT, packet(P.STAT, uint32(1), sshString('/')), packet(P.STAT, uint32(1), sshString('/'))]),
    ],
    ['has no number', Buffer.concat([INIT, packet(P.STAT)])],
    [
      'has more attributes than bytes',
      Buffer.concat([
        INIT,
        packet(P.OPEN, uint32(1), sshString('a'), uint32(1), uint32(0x8000_0000), uint32(0xffff_ffff)),
      ]),
    ],
    [
      'writes less than it says',
      Buffer.concat([INIT, packet(P.WRITE, uint32(1), sshString('h'), uint64(0n), uint32(9), Buffer.from('abc'))]),
    ],
    [
      'writes beyond every file',
      Buffer.concat([INIT, packet(P.WRITE, uint32(1), sshString('h'), uint64(2n ** 60n), sshString('abc'))]),
    ],
    [
      'has a handle longer than handles are',
      Buffer.concat([INIT, packet(P.WRITE, uint32(1), uint32(300), Buffer.alloc(400))]),
    ],
  ])('%s', (_what, bytes) => {
    const { faults, up, handles, put } = world();
    handles.set('h', openedFile('/a', { read: true, write: true }));
    up.push(bytes);
    expect(faults).toHaveLength(1);
    const before = put.length;
    up.push(packet(P.STAT, uint32(7), sshString('/')));
    expect(put).toHaveLength(before);
  });
});

describe('a target that breaks SFTP is not listened to any more', () => {
  test.each([
    ['begins without its version', packet(P.STATUS, uint32(1), uint32(0))],
    ['speaks another version', packet(P.VERSION, uint32(6))],
    ['answers what nobody asked', Buffer.concat([VERSION, packet(P.STATUS, uint32(9), uint32(0))])],
    ['sends contents nobody asked for', Buffer.concat([VERSION, packet(P.DATA, uint32(9), sshString('x'))])],
    ['sends a request', Buffer.concat([VERSION, packet(P.OPEN, uint32(1), sshString('a'))])],
    ['sends more than was asked for', Buffer.concat([VERSION, packet(P.DATA, uint32(1), sshString('abcdef'))])],
    [
      'lies about the length of contents',
      Buffer.concat([VERSION, packet(P.DATA, uint32(1), uint32(2), Buffer.from('abc'))]),
    ],
    ['opens what was to be read', Buffer.concat([VERSION, packet(P.HANDLE, uint32(1), sshString('h2'))])],
    ['gives one handle twice', Buffer.concat([VERSION, packet(P.HANDLE, uint32(2), sshString('h'))])],
  ])('%s', (_what, bytes) => {
    const { faults, down, pending, handles } = world();
    const file = openedFile('/a', { read: true, write: false });
    handles.set('h', file);
    pending.set(1, { kind: 'read', opened: file, offset: 0, length: 4 });
    pending.set(2, { kind: 'open', opened: openedFile('/b', { read: true, write: false }) });
    down.push(bytes);
    expect(faults).toHaveLength(1);
  });
});

describe('requests', () => {
  test.each([
    [
      'an extension nobody knows',
      packet(P.EXTENDED, uint32(1), sshString('run@evil'), sshString('id')),
      P.FX_OP_UNSUPPORTED,
    ],
    ['a type nobody knows', packet(99, uint32(1)), P.FX_OP_UNSUPPORTED],
    ['reading from no open file', packet(P.READ, uint32(1), sshString('x'), uint64(0n), uint32(9)), P.FX_FAILURE],
    ['writing to no open file', packet(P.WRITE, uint32(1), sshString('x'), uint64(0n), sshString('abc')), P.FX_FAILURE],
    ['closing nothing', packet(P.CLOSE, uint32(1), sshString('x')), P.FX_FAILURE],
    [
      'what the guard refuses',
      packet(P.OPEN, uint32(1), sshString('closed'), uint32(1), NO_ATTRIBUTES),
      P.FX_PERMISSION_DENIED,
    ],
  ])('%s is answered by us, recorded, and never sent', (_what, bytes, code) => {
    const { answered, passed, up } = opened();
    up.push(bytes);
    expect(passed('both').equals(Buffer.concat([INIT, VERSION]))).toBe(true);
    expect(passed('record').equals(bytes)).toBe(true);
    const [answer] = answered;
    expect([answer?.[4], answer?.readUInt32BE(5), answer?.readUInt32BE(9)]).toEqual([P.STATUS, 1, code]);
  });

  test.each([
    [packet(P.RENAME, uint32(1), sshString('a'), sshString('b')), 'rename a'],
    [packet(P.EXTENDED, uint32(1), sshString('posix-rename@openssh.com'), sshString('a'), sshString('b')), 'rename a'],
    [packet(P.EXTENDED, uint32(1), sshString('hardlink@openssh.com'), sshString('a'), sshString('b')), 'ln a'],
    [packet(P.SYMLINK, uint32(1), sshString('../to'), sshString('dir/link')), 'symlink dir/../to dir/link'],
    [packet(P.REMOVE, uint32(1), sshString('a')), 'rm'],
  ])('%# is judged by the path whose contents it frees', (bytes, wanted) => {
    const { asked, up } = opened();
    up.push(bytes);
    expect(asked).toEqual([wanted]);
  });

  test('contents are left out of the recording only as long as a hash tells them', () => {
    const { passed, up } = opened();
    const write = (id: number, offset: bigint, text: string): Buffer =>
      packet(P.WRITE, uint32(id), sshString('h'), uint64(offset), sshString(text));
    const [first, again, more] = [write(1, 0n, 'told'), write(2, 1n, 'back'), write(3, 5n, 'on')];
    for (const bytes of [first, again, more]) up.push(bytes);
    expect(passed('content').equals(first)).toBe(true);
    expect(
      passed('both')
        .subarray(-again.length - more.length)
        .equals(Buffer.concat([again, more])),
    ).toBe(true);
  });

  test('what is read back and forth is recorded too', () => {
    const { down, passed, up } = opened();
    const read = (id: number, offset: bigint): Buffer =>
      packet(P.READ, uint32(id), sshString('h'), uint64(offset), uint32(4));
    const data = (id: number, text: string): Buffer => packet(P.DATA, uint32(id), sshString(text));
    for (const bytes of [read(1, 0n), read(2, 2n)]) up.push(bytes);
    const [first, again] = [data(1, 'told'), data(2, 'back')];
    for (const bytes of [first, again]) down.push(bytes);
    expect(passed('content').equals(first)).toBe(true);
    expect(passed('both').includes(again)).toBe(true);
  });

  test('copying on the target needs both files open, and spoils the hash of the copy', () => {
    const { file, pending, up } = opened();
    const zero = uint64(0n);
    up.push(packet(P.EXTENDED, uint32(1), sshString('copy-data'), sshString('h'), zero, zero, sshString('h'), zero));
    expect(pending.get(1)).toMatchObject({ kind: 'write' });
    expect(file.writes?.result()).toMatchObject({ sha256: null, ranges: 'copied on the target' });
  });

  test('what follows a request whose verdict is awaited waits with it, and goes in order', async () => {
    const made = world();
    let decide: (verdict: Fate) => void = () => undefined;
    const seen: number[] = [];
    const framer = new Framer({
      bulk: { type: P.WRITE, headBytes: () => 9 },
      head: () => 'both',
      content: () => undefined,
      packet: (bytes) => {
        seen.push(bytes.readUInt32BE(5));
        return bytes.readUInt32BE(5) === 1 ? new Promise<Fate>((resolve) => (decide = resolve)) : 'both';
      },
      broken: (thrown) => void made.faults.push(thrown),
      put: (bytes, fate) => void made.put.push({ bytes: Buffer.from(bytes), fate }),
    });
    const [first, second] = [packet(P.STAT, uint32(1)), packet(P.STAT, uint32(2))];
    framer.push(Buffer.concat([first, second]));
    expect([seen, framer.isFull, made.put]).toEqual([[1], true, []]);
    const rest = new Promise<void>((resolve) => framer.onChange(resolve));
    decide('record');
    await rest;
    expect(made.put.map(({ fate }) => fate)).toEqual(['record', 'both']);
    expect(made.passed('both').equals(second)).toBe(true);
  });
});

test('a file is told when its close was answered, and its handle may then be given again', () => {
  const { down, finished, handles, up } = opened();
  up.push(packet(P.CLOSE, uint32(1), sshString('h')));
  expect(finished).toEqual([]);
  down.push(packet(P.STATUS, uint32(1), uint32(P.FX_OK), sshString(''), sshString('')));
  expect(finished).toEqual([{ path: '/a', isOpen: true }]);
  expect(handles.size).toBe(0);
});
