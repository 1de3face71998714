import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { InputQueue } from '../../gateway/ssh/guarded-line/input-queue.ts';
import { TypeAhead } from '../../gateway/ssh/guarded-line/type-ahead.ts';

/** A program that was given `typed` and then ended. */
async function ended(
  typed: string,
): Promise<{ input: InputQueue; typing: TypeAhead; given: string; farewells: number }> {
  const channel = new PassThrough();
  const input = new InputQueue(channel);
  const typing = new TypeAhead(input);
  let given = '';
  let farewells = 0;
  const { promise: taken, resolve } = withResolvers();
  const forwarding = typing.forward(
    (chunk) => {
      given += chunk.toString();
      resolve();
      return Promise.resolve();
    },
    () => {
      farewells += 1;
      return Promise.resolve();
    },
  );
  channel.write(typed);
  await taken;
  typing.stop();
  await forwarding;
  return { input, typing, given, farewells };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

const never = new AbortController().signal;

test('a target cannot type in the name of the maintainer', async () => {
  const { input, typing } = await ended('yes\r');
  for (const forged of ['rm -rf /\n', 'no\n', 'yes\nmysqldump crm\n', 'es']) typing.takeBack(Buffer.from(forged));
  const gone = new AbortController();
  gone.abort();
  expect(await input.next(gone.signal)).toBeUndefined();
});

test('what was typed last and not read comes back once, and is not recorded again', async () => {
  const { input, typing, given } = await ended('q\rls -l\r');
  expect(given).toBe('q\rls -l\r');
  typing.takeBack(Buffer.from('ls -l\n')); // As a terminal hands it on: Enter is a line feed.
  expect(await input.next(never)).toEqual({ bytes: Buffer.from('ls -l\r'), recorded: true });
});

test('the farewell is said once, behind everything that was typed', async () => {
  const { farewells } = await ended('x');
  expect(farewells).toBe(1);
});

test('an aborted wait loses nothing', async () => {
  const channel = new PassThrough();
  const input = new InputQueue(channel);
  const waiting = new AbortController();
  const first = input.next(waiting.signal);
  waiting.abort();
  expect(await first).toBeUndefined();
  channel.write('typed later');
  expect((await input.next(never))?.bytes.toString()).toBe('typed later');
});

test('what was given back comes before what is new, and a program does not get it', async () => {
  const channel = new PassThrough();
  const input = new InputQueue(channel);
  input.giveBack({ bytes: Buffer.from('next line'), recorded: false });
  channel.write('for the program');
  expect((await input.nextNew(never))?.bytes.toString()).toBe('for the program');
  expect((await input.next(never))?.bytes.toString()).toBe('next line');
});

test('the end of the input is told after everything was taken', async () => {
  const channel = new PassThrough();
  const input = new InputQueue(channel);
  channel.end('last');
  expect((await input.next(never))?.bytes.toString()).toBe('last');
  expect(await input.next(never)).toBeUndefined();
});
