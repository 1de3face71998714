/** The log and the ledger as a worker sees them: what is asked is answered once, or refused with its reason. */
import { describe, expect, test } from '@jest/globals';
import type { FromWorker } from '../../main/workers/messages.ts';
import { FromWorkerSchema, ToWorkerSchema } from '../../main/workers/messages.ts';
import { createRemoteLeafLog } from '../../main/workers/remote-leaf-log.ts';

const id = (letter: string): string => `0195f000-0000-7000-8000-00000000000${letter}`;
const draft = {
  ...{ ticket: id('a'), session: id('b'), personId: id('c'), targetId: id('d'), act: 'ab'.repeat(32) },
  ...{ destination: 'vault' as const, rowsMax: 1, bytesMax: 2 },
};
const leaf = { v: 2, type: 'heartbeat', at: '2026-04-01T00:00:00.000Z' } as const;

function ends() {
  const sent: FromWorker[] = [];
  return { sent, ...createRemoteLeafLog((message) => sent.push(FromWorkerSchema.parse(message))) };
}

describe('a worker', () => {
  test('opens no export that the gateway did not see accepted, and knows why', async () => {
    const { sent, exports, take } = ends();
    const refused = exports.intent(draft);
    const accepted = exports.intent(draft);
    expect(sent.map(({ type }) => type)).toEqual(['intent', 'intent']);
    take({ type: 'call_refused', id: 0, code: 'witness_unreachable', message: 'too few' });
    take({ type: 'intent_accepted', id: 1, index: 7 });
    await expect(refused).rejects.toMatchObject({ code: 'witness_unreachable' });
    expect(await accepted).toBe(7);
  });

  test('takes the answer to a leaf for no answer to an intent', async () => {
    const { exports, leafLog, take } = ends();
    const intent = exports.intent(draft);
    take({ type: 'leaf_appended', id: 0, index: 3, hash: Buffer.alloc(32) });
    await expect(intent).rejects.toMatchObject({ code: 'internal' });
    const appended = leafLog.append(leaf);
    take({ type: 'intent_accepted', id: 1, index: 3 });
    await expect(appended).rejects.toMatchObject({ code: 'internal' });
  });

  test('opens nothing any more when the gateway is gone', async () => {
    const { exports, leafLog, lose } = ends();
    const intent = exports.intent(draft);
    lose();
    await expect(intent).rejects.toMatchObject({ code: 'recording_unavailable' });
    await expect(exports.intent(draft)).rejects.toMatchObject({ code: 'recording_unavailable' });
    expect(leafLog.failed.aborted).toBe(true);
  });

  test('knows how far the witnesses are from what it was told last', () => {
    const { leafLog, learn } = ends();
    expect([leafLog.latestAccepted(), leafLog.lateSince()]).toEqual([null, undefined]);
    const [root, lateSince] = [Buffer.alloc(32, 1), new Date(0)];
    const told = ToWorkerSchema.parse({ type: 'witnesses', accepted: { size: 9, root }, lateSince });
    if (told.type !== 'witnesses') throw new Error('another message');
    learn(told);
    expect([leafLog.latestAccepted(), leafLog.lateSince()]).toEqual([{ size: 9, root }, lateSince]);
  });
});
