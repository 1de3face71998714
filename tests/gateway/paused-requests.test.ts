/** What is asked of a running program while its session is paused. */
import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { watchRequests } from '../../gateway/ssh/join.ts';

test('neither a break nor a signal passes a pause; both come when it is over', async () => {
  const reached: string[] = [];
  const asked: Record<string, (value: never) => void> = {};
  const listen = (name: string) => (listener: (value: never) => void) => {
    asked[name] = listener;
    return () => undefined;
  };
  let resume: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    resume = resolve;
  });
  const target = Object.assign(new EventEmitter(), {
    sendBreak: () => reached.push('break'),
    signal: (name: string) => reached.push(name),
    close: () => undefined,
  });
  const work = {
    session: { attendance: { held }, signal: new AbortController().signal },
    request: {
      onResize: listen('resize'),
      onSignal: listen('signal'),
      onBreak: listen('break'),
      onEow: listen('eow'),
    },
    person: { channel: new EventEmitter() },
    target,
  };
  const stop = watchRequests(work as unknown as Parameters<typeof watchRequests>[0]); // The parts of it that it uses.
  asked['break']?.(500 as never);
  asked['signal']?.('INT' as never);
  expect(reached).toEqual([]);
  resume();
  await held;
  expect(reached).toEqual(['break', 'INT']);
  stop();
});
