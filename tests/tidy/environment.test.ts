/** The environment of the suites keeps their timers, and they stay what they are. */
import { expect, test } from '@jest/globals';
import { promisify } from 'node:util';

test('a timer of a suite calls back with its words, once', async () => {
  const said = await new Promise((resolve) => setTimeout((...words: string[]) => resolve(words), 1, 'a', 'b'));
  expect(said).toEqual(['a', 'b']);
});

test('a timer that is cleared calls nobody', async () => {
  let called = 0;
  const timer = setTimeout(() => (called += 1), 1);
  clearTimeout(timer);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(called).toBe(0);
});

test('a timer can be made a promise, waited for without holding the process, and set again', async () => {
  expect(await promisify(setTimeout)(1, 'value')).toBe('value');
  const timer = setTimeout(() => undefined, 60_000).unref();
  expect(timer.hasRef()).toBe(false);
  expect(timer.refresh()).toBe(timer);
  clearTimeout(timer);
});
