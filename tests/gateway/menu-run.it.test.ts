/** The menu on a stream: how it waits, and how it ends when nobody chooses. */
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { ServerChannel } from '../../gateway/ssh/library/index.ts';
import type { ChannelRequest } from '../../gateway/ssh/model.ts';
import { runMenu } from '../../gateway/ssh/menu/run.ts';
import type { MenuItem } from '../../gateway/ssh/menu/state.ts';

const item = (loginName: string): MenuItem => ({
  ...{ loginName, title: 'T', account: 'a', mode: 'm', until: 'u', searched: loginName },
});

/** What is written to it is what was typed; what is shown goes nowhere. */
function begin(options: { idleSeconds?: number } = {}) {
  const channel = new PassThrough();
  const gone = new AbortController();
  const shown: string[] = [];
  const typed = channel.write.bind(channel);
  Object.assign(channel, {
    write: (bytes: Buffer, done: () => void) => {
      shown.push(bytes.toString());
      done();
      return true;
    },
  });
  const request: Pick<ChannelRequest, 'terminal' | 'onResize' | 'closed'> = {
    terminal: undefined,
    onResize: () => () => true,
    closed: gone.signal,
  };
  const choice = runMenu(channel as unknown as ServerChannel, request, {
    ...{ items: [item('crm-db'), item('pay')], filter: '', locale: 'en', zone: 'UTC' },
    ...options,
  });
  return { channel, choice, gone, shown, type: (text: string) => typed(Buffer.from(text)) };
}

describe('the menu', () => {
  test('closes when nobody presses a key', async () => {
    const { choice, shown } = begin({ idleSeconds: 0.05 });
    expect(await choice).toEqual({ kind: 'idle' });
    expect(shown.at(-1)).toContain('\x1b[?1049l');
  });

  test('is left by an escape that nothing follows, and not by the first byte of an arrow', async () => {
    const { choice, type } = begin();
    type('\x1b');
    type('[B\r');
    expect(await choice).toEqual({ kind: 'chosen', loginName: 'pay' });
    const other = begin();
    other.type('\x1b');
    expect(await other.choice).toEqual({ kind: 'left' });
  });

  test('is left when the input ends, and ends when the channel is gone', async () => {
    const ended = begin();
    ended.channel.end();
    expect(await ended.choice).toEqual({ kind: 'left' });
    const closed = begin();
    closed.gone.abort();
    await expect(closed.choice).rejects.toThrow();
  });

  test('leaves what follows the choice on the channel, and takes no more of it', async () => {
    const { channel, choice, type } = begin();
    type('pay\rls -l\r');
    expect(await choice).toEqual({ kind: 'chosen', loginName: 'pay' });
    expect(String(channel.read())).toBe('ls -l\r');
    expect(channel.listenerCount('readable')).toBe(0);
  });
});
