/** Recorders of several processes on one directory: each has its write-ahead log, one of them the signed log. */
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { GatewayError } from '../../foundation/index.ts';
import {
  type LeafLog,
  type OwningRecorder,
  type Recorder,
  type RemoteLeafLog,
  verifySession,
} from '../../recorder/index.ts';
import { errno, MemoryDisk } from './support/memory-disk.ts';
import { framesOf, newMeta, record, rootOf, start, startWorker, textOf } from './support/recordings.ts';

const root = rootOf('/');
const unavailable = expect.objectContaining({ code: 'recording_unavailable' });
const refused = (words: string) =>
  expect.objectContaining({ code: 'start_refused', message: expect.stringContaining(words) });

interface House {
  readonly disk: MemoryDisk;
  readonly owner: OwningRecorder;
  /** Ends what reaches the workers from the owner, as its death does. */
  readonly lose: AbortController;
}

async function house(disk = new MemoryDisk()): Promise<House> {
  return { disk, owner: await start('/', { files: disk }), lose: new AbortController() };
}

/** The log as a worker has it; `append` may be another's. */
function remote(
  { owner, lose }: House,
  append: LeafLog['append'] = (leaf) => owner.leafLog.append(leaf),
): RemoteLeafLog {
  return { ...owner.leafLog, failed: lose.signal, append };
}

function worker({ disk }: House, slot: number, leafLog: RemoteLeafLog): Promise<Recorder> {
  return startWorker('/', { slot, leafLog, files: disk });
}

/** Its process is gone: nothing of it runs on, and its lock is nobody's. */
function died({ disk }: House, slot: number): void {
  disk.remove(join(root, `wal-${slot}`, 'lock'));
}

/** A session of a worker with one acknowledged frame, still open. */
async function openSession(recorder: Recorder) {
  const meta = newMeta();
  const writer = await recorder.openRecording(meta);
  await writer.append('o', Buffer.from('acknowledged'));
  return { id: meta.sessionId, writer };
}

describe("a worker's recorder", () => {
  test('does not start in a slot that another one has', async () => {
    const all = await house();
    await worker(all, 1, remote(all));
    await expect(worker(all, 1, remote(all))).rejects.toEqual(refused('Another recorder uses'));
  });

  test('does not start over sessions that have to be recovered first, and loses none of them', async () => {
    const all = await house();
    const { id } = await openSession(await worker(all, 1, remote(all)));
    died(all, 1);
    await expect(worker(all, 1, remote(all))).rejects.toEqual(refused('sessions to recover first'));
    died(all, 1);
    expect(await all.owner.recoverWorker(1)).toMatchObject([{ sessionId: id, recovered: true }]);
    await expect(worker(all, 1, remote(all))).resolves.toBeDefined();
  });

  test('opens no recording that the log did not take, and fails as a whole', async () => {
    const all = await house();
    const refuses = (): Promise<never> =>
      Promise.reject(new GatewayError('recording_unavailable', 'the disk of the log'));
    const recorder = await worker(all, 1, remote(all, refuses));
    await expect(recorder.openRecording(newMeta())).rejects.toEqual(unavailable);
    expect(recorder.failed).toMatchObject({ aborted: true, reason: unavailable });
  });

  test('ends its sessions when the process with the log is gone, though nothing waits for it', async () => {
    const all = await house();
    const recorder = await worker(all, 1, remote(all));
    const { writer } = await openSession(recorder);
    all.lose.abort(new GatewayError('recording_unavailable'));
    expect(writer.failed.aborted).toBe(true);
    await expect(writer.append('o', Buffer.from('late'))).rejects.toEqual(unavailable);
    await expect(recorder.openRecording(newMeta())).rejects.toEqual(unavailable);
  });

  test('that fails leaves the others as they are', async () => {
    const all = await house();
    const [first, second] = [await worker(all, 1, remote(all)), await worker(all, 2, remote(all))];
    const [lost, kept] = [await openSession(first), await openSession(second)];
    all.disk.before = (call, path) => {
      if (call === 'datasync' && path.startsWith(join(root, 'wal-1'))) throw errno('EIO');
      return undefined;
    };
    await expect(lost.writer.append('o', Buffer.from('lost'))).rejects.toEqual(unavailable);
    await kept.writer.append('o', Buffer.from('kept'));
    expect([first.failed.aborted, second.failed.aborted, all.owner.failed.aborted]).toEqual([true, false, false]);
    await expect(kept.writer.close()).resolves.toMatchObject({ recovered: false });
  });

  test('puts its recordings into the one log, beside those of all others', async () => {
    const all = await house();
    const recorders = [all.owner, await worker(all, 1, remote(all)), await worker(all, 2, remote(all))];
    const sealed = await Promise.all(recorders.map((recorder) => record(recorder, ['shown'])));
    expect(new Set(sealed.flatMap(({ openLeaf, closeLeaf }) => [openLeaf, closeLeaf])).size).toBe(6);
    for (const { sessionId } of sealed) {
      expect(await verifySession({ directory: root, sessionId, files: all.disk })).toMatchObject({
        verdict: 'VERIFIED-UNWITNESSED',
      });
    }
  });
});

describe('a worker that is gone', () => {
  test('is not recovered while it lives', async () => {
    const all = await house();
    await worker(all, 1, remote(all));
    await expect(all.owner.recoverWorker(1)).rejects.toEqual(refused('Another recorder uses'));
  });

  test('has its sessions sealed with all that was acknowledged, while those of others go on', async () => {
    const all = await house();
    const gone = await openSession(await worker(all, 1, remote(all)));
    const live = await openSession(await worker(all, 2, remote(all)));
    died(all, 1);
    expect(await all.owner.recoverWorker(1)).toMatchObject([{ sessionId: gone.id, recovered: true }]);
    expect(textOf(await framesOf('/', gone.id, all.disk), 'o')).toBe('acknowledged');
    await live.writer.append('o', Buffer.from('more'));
    await live.writer.close();
    for (const sessionId of [gone.id, live.id]) {
      expect(await verifySession({ directory: root, sessionId, files: all.disk })).toMatchObject({
        verdict: 'VERIFIED-UNWITNESSED',
      });
    }
  });

  test.each([
    ['before the log had its first leaf', () => new Promise<never>(() => undefined)],
    [
      'before it heard that the log had it',
      async (all: House, ...[leaf]: Parameters<LeafLog['append']>) => {
        await all.owner.leafLog.append(leaf);
        return new Promise<never>(() => undefined);
      },
    ],
  ])('%s has one beginning and one end in the log', async (_when, append) => {
    const all = await house();
    const asked = new AbortController();
    const asking = once(asked.signal, 'abort');
    const recorder = await worker(
      all,
      1,
      remote(all, (leaf) => {
        asked.abort();
        return append(all, leaf);
      }),
    );
    const meta = newMeta();
    void recorder.openRecording(meta);
    await asking;
    died(all, 1);
    const [sealed] = await all.owner.recoverWorker(1);
    expect(sealed).toMatchObject({ sessionId: meta.sessionId, recovered: true });
    expect(await verifySession({ directory: root, sessionId: meta.sessionId, files: all.disk })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
    });
  });

  test('after the log had its last leaf is not sealed a second time', async () => {
    const all = await house();
    const last = new AbortController();
    const closing = once(last.signal, 'abort');
    const silentAtLast: LeafLog['append'] = async (leaf) => {
      const appended = await all.owner.leafLog.append(leaf);
      if (leaf.type !== 'session.close') return appended;
      last.abort();
      return new Promise<never>(() => undefined);
    };
    const { id, writer } = await openSession(await worker(all, 1, remote(all, silentAtLast)));
    void writer.close();
    await closing;
    died(all, 1);
    expect(await all.owner.recoverWorker(1)).toEqual([]);
    expect(await verifySession({ directory: root, sessionId: id, files: all.disk })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
    });
  });
});

describe('a start', () => {
  test('recovers what every worker there ever was left open, however many there are now', async () => {
    const all = await house();
    const sessions = [];
    for (const slot of [1, 2, 17]) sessions.push(await openSession(await worker(all, slot, remote(all))));
    const own = await openSession(all.owner);
    const again = await house(all.disk.afterPowerCut({ torn: 0, namesKept: false }));
    const recovered = again.owner.recovered.map(({ sessionId }) => sessionId);
    expect(recovered.sort()).toEqual([own, ...sessions].map(({ id }) => id).sort());
    for (const sessionId of recovered) {
      expect(await verifySession({ directory: root, sessionId, files: again.disk })).toMatchObject({
        verdict: 'VERIFIED-UNWITNESSED',
      });
    }
    await expect(worker(again, 17, remote(again))).resolves.toBeDefined();
  });

  test('begins no new log over sessions that only a worker speaks of', async () => {
    const all = await house();
    await openSession(await worker(all, 1, remote(all)));
    const after = all.disk.afterPowerCut({ torn: 0, namesKept: false });
    for (const path of after.paths()) {
      if (!path.startsWith(join(root, 'wal-1'))) after.remove(path);
    }
    await expect(house(after)).rejects.toEqual(refused('the log that speaks of them is gone'));
  });

  test('waits for a worker that has not noticed yet that its gateway is gone', async () => {
    const all = await house();
    await worker(all, 1, remote(all));
    const lock = join(root, 'wal-1', 'lock');
    const after = all.disk.afterPowerCut({ torn: 0, namesKept: false });
    after.put(lock, all.disk.get(lock) ?? Buffer.alloc(0)); // Of this very process, which lives.
    let tries = 0;
    after.before = (call, path) => {
      if (call === 'create' && path === lock) tries += 1;
      if (tries === 2) after.remove(lock);
      return undefined;
    };
    await expect(house(after)).resolves.toBeDefined();
    expect(tries).toBe(2);
  });
});
