import { describe, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';

describe('a cleanup', () => {
  test('closes everything even when some closers fail, and tells of each failure', async () => {
    const closed: string[] = [];
    const cleanup = new Cleanup();
    cleanup.defer(() => closed.push('first'));
    cleanup.defer(() => Promise.reject(new Error('second broke')));
    cleanup.defer(() => {
      throw new Error('third broke');
    });
    cleanup.defer(() => closed.push('fourth'));
    await expect(cleanup[Symbol.asyncDispose]()).rejects.toMatchObject({
      name: 'AggregateError',
      message: 'third broke; second broke',
    });
    expect(closed).toEqual(['fourth', 'first']);
  });

  test('closes in reverse order, each after the one before has ended', async () => {
    const closed: string[] = [];
    {
      await using cleanup = new Cleanup();
      for (const name of ['first', 'second', 'third']) {
        cleanup.use({
          [Symbol.asyncDispose]: async () => {
            closed.push(`${name} begins`);
            await Promise.resolve();
            closed.push(`${name} ends`);
          },
        });
      }
    }
    expect(closed).toEqual(['third', 'second', 'first'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  test('closes what a closer adds, and closes nothing twice', async () => {
    let count = 0;
    const cleanup = new Cleanup();
    cleanup.defer(() => cleanup.defer(() => count++));
    await cleanup[Symbol.asyncDispose]();
    await cleanup[Symbol.asyncDispose]();
    expect(count).toBe(1);
  });
});
