/** The one way of bytes to a channel: durable first, in order, bounded, and ended by what fails. */
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../foundation/index.ts';
import { Conveyor, feed, PeerGone } from '../../gateway/ssh/stream-io.ts';

type Stream = 'i' | 'o' | 'e';

/** A sink that takes nothing until it is told to. */
function world() {
  const written: string[] = [];
  const taken: (() => void)[] = [];
  const stored: { stream: Stream; text: string; settle: (error?: Error) => void }[] = [];
  const sink = (name: Stream): Writable =>
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written.push(name + chunk.toString());
        taken.push(() => done());
      },
    });
  const channel = new PassThrough();
  const conveyor = new Conveyor({
    record: (stream, bytes) =>
      new Promise((resolve, reject) => {
        const text = Buffer.from(bytes).toString();
        stored.push({ stream, text, settle: (error) => (error === undefined ? resolve() : reject(error)) });
      }),
    channel,
    sinks: { o: sink('o'), e: sink('e') },
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { written, taken, stored, channel, conveyor, turn };
}

test('nothing is delivered before it is durable, and nothing out of order', async () => {
  const { conveyor, stored, turn, written } = world();
  conveyor.put('o', Buffer.from('a'));
  conveyor.put('e', Buffer.from('b'));
  await turn();
  expect(written).toEqual([]);
  stored[1]?.settle();
  await turn();
  expect(written).toEqual([]);
  stored[0]?.settle();
  await turn();
  expect(written).toEqual(['oa', 'eb']);
});

test('while others are being recorded small chunks gather, and large ones of one turn are one', async () => {
  const { conveyor, stored, turn } = world();
  for (const text of ['a', 'b', 'c', 'd']) conveyor.put('o', Buffer.from(text));
  expect(stored.map(({ text }) => text)).toEqual(['a', 'b']);
  conveyor.put('o', Buffer.alloc(32 * 1024, 'x'));
  conveyor.put('o', Buffer.alloc(32 * 1024, 'y'));
  expect(stored.map(({ text }) => text.length)).toEqual([1, 1]);
  for (const { settle } of stored) settle();
  await turn();
  expect(stored.map(({ text }) => text.length)).toEqual([1, 1, 2, 64 * 1024]);
});

test('what is delivered is what was put, although the memory it came in was used again', async () => {
  const { conveyor, stored, turn, written } = world();
  const memory = Buffer.alloc(32 * 1024);
  for (const fill of ['a', 'b', 'c']) conveyor.put('o', memory.fill(fill));
  conveyor.put('o', memory.subarray(0, 5).fill('d'));
  memory.fill('!');
  await turn();
  for (const { settle } of stored) settle();
  await turn();
  const expected = ['a', 'b', 'c'].map((letter) => letter.repeat(32 * 1024)).join('') + 'ddddd';
  expect(written.map((piece) => piece.slice(1)).join('')).toBe(expected);
});

test('a full block does not wait for those on their way to the disk', async () => {
  const { conveyor, stored, turn } = world();
  const chunk = Buffer.alloc(32 * 1024, 'x');
  for (let bytes = 0; bytes < 4 * LIMITS.relayBlockBytes; bytes += chunk.length) conveyor.put('o', chunk);
  await turn();
  expect(stored.map(({ text }) => text.length)).toEqual(Array.from({ length: 4 }, () => LIMITS.relayBlockBytes));
});

test('what is only recorded is not delivered, and what is only delivered is not recorded', async () => {
  const { conveyor, stored, taken, turn, written } = world();
  conveyor.put('o', Buffer.from('refused'), 'record');
  conveyor.put('o', Buffer.from('ours'), 'deliver');
  const drained = conveyor.drained();
  stored[0]?.settle();
  await turn();
  for (const done of taken) done();
  await drained;
  expect(stored.map(({ text }) => text)).toEqual(['refused']);
  expect(written).toEqual(['oours']);
});

describe('what fails ends it', () => {
  test('a recorder that cannot store: nothing of it is delivered', async () => {
    const { conveyor, stored, turn, written } = world();
    conveyor.put('o', Buffer.from('a'));
    const drained = conveyor.drained();
    const outcome = expect(drained).rejects.toThrow('disk');
    stored[0]?.settle(new Error('disk'));
    await outcome;
    conveyor.put('o', Buffer.from('b'));
    await turn();
    expect([written, stored.length, conveyor.failed]).toEqual([[], 1, true]);
  });

  test('a channel that closes', async () => {
    const { channel, conveyor } = world();
    conveyor.put('o', Buffer.from('a'));
    const outcome = expect(conveyor.drained()).rejects.toBeInstanceOf(PeerGone);
    channel.destroy();
    await outcome;
  });
});

test('a source is paused while too much is held, and goes on when it was taken', async () => {
  const { conveyor, stored, taken, turn } = world();
  const source = new PassThrough({ highWaterMark: 16 * LIMITS.relayHeldBytesMax });
  const chunk = Buffer.alloc(LIMITS.relayHeldBytesMax / 2);
  for (let count = 0; count < 6; count += 1) source.write(chunk);
  source.end();
  let read = 0;
  const fed = feed(source, [conveyor], (bytes) => {
    read += bytes.length;
    conveyor.put('o', bytes);
  });
  await turn();
  expect(read).toBe(LIMITS.relayHeldBytesMax);
  const seen = new Set<number>();
  while (read < 6 * chunk.length || seen.size < stored.length) {
    for (const [at, { settle }] of stored.entries()) {
      seen.add(at);
      settle();
    }
    await turn();
    for (const done of taken.splice(0)) done();
    await turn();
    expect(read).toBeLessThanOrEqual(6 * chunk.length);
  }
  await fed;
  for (const done of taken.splice(0)) done();
  await turn();
  for (const done of taken.splice(0)) done();
  await conveyor.drained();
});
