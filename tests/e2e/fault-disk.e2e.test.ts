/** The disk under the recorder fills up: what cannot be recorded does not happen, and what happened is there. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { verifySession } from '../../recorder/index.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { TestGateway, testRecorder } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { events, expectOneLine, lastSession, newest } from './support/house.ts';
import { type LiveSsh, startSsh } from './support/live-ssh.ts';
import { outputOf } from './support/recordings.ts';
import { mountSmallDisk, type SmallDisk } from './support/small-disk.ts';

/** Two segments of the write-ahead log fit, and not a third. */
const WAL_MEGABYTES = 34;
/** More than the disk of the recordings holds, as a flood. */
const MUCH = 'seq 1 24000000';
/** Less than what goes past the write-ahead log as a flood, on a machine however slow: a line comes when asked for. */
const LINE_BYTES = 40_000;
const LINE_BY_LINE = `while read -r _; do printf '%0${LINE_BYTES - 1}d\\n' 1; done`;
const LOUD_SESSIONS = 8;

describeWith(['ssh', 'ssh-keygen', 'root'], 'a full disk', () => {
  /** A gateway whose write-ahead log, or whole recorder, has a small disk; it can be started anew on the same data. */
  const onSmallDisk = async (
    cleanup: Cleanup,
    below: string,
    megabytes: number,
  ): Promise<{ disk: SmallDisk; db: FreshDatabase; start: () => Promise<TestGateway> }> => {
    const { path } = cleanup.use(await tempDirectory());
    const db = cleanup.use(await freshDatabase());
    const disk = cleanup.use(await mountSmallDisk(join(path, 'recorder', below), megabytes));
    const port = await freePort();
    const config = {
      dataDirectory: path,
      recorder: testRecorder(path),
      database: { url: db.url, ownerUrl: null, poolSize: 5 },
      http: { host: '127.0.0.1', port, publicUrl: `http://127.0.0.1:${port}` },
    };
    return { disk, db, start: () => TestGateway.start({ config }) };
  };

  /** Asks for the next line when it has the one before. */
  const startLoud = async (gateway: TestGateway): Promise<LiveSsh> => {
    const loud = await startSsh(gateway, 'chen', [LINE_BY_LINE]);
    let bytes = 0;
    loud.process.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes % LINE_BYTES === 0) loud.type('\n');
    });
    loud.type('\n');
    return loud;
  };

  test('under the write-ahead log ends the sessions, opens no other, and keeps all that was shown', async () => {
    const cleanup = new Cleanup();
    await using _cleanup = cleanup;
    const { disk, db, start } = await onSmallDisk(cleanup, 'wal', WAL_MEGABYTES);
    let received: Buffer;
    let id: string;
    {
      await using gateway = await start();
      await using idle = await startSsh(gateway, 'aoki', ['echo idle; sleep 60']);
      await idle.sees('idle');
      const others = Array.from({ length: LOUD_SESSIONS - 1 }, async () => cleanup.use(await startLoud(gateway)));
      // Each of them is a session by then, so that the last one is this one's.
      for (const other of others) await (await other).sees('0000');
      await using loud = await startLoud(gateway);
      const result = await loud.ended;
      received = result.stdout;
      expect(result.status).toBe(255);
      expectOneLine(result.stderr, 'session_recorder_failed');
      expectOneLine((await idle.ended).stderr, 'session_recorder_failed');
      expect(gateway.running.failed.aborted).toBe(true);
      const failed = await waitFor('the event', async () => (await events(db.owner, 'recorder.failed'))[0]);
      expect(failed.body).toMatchObject({ code: 'recording_unavailable', sessions: LOUD_SESSIONS + 1 });
      expect(failed.body['detail']).toContain('ENOSPC');
      for (const other of others) expect((await (await other).ended).status).toBe(255);
      const closed = await lastSession({ db }, 'chen');
      expect(closed).toMatchObject({ reason: 'recorder_failed', isOpen: false, isSealed: false });
      id = closed.id;

      const refused = await gateway.ssh('chen', 'echo in');
      expect(refused.stdout.toString()).toBe('');
      expectOneLine(refused.stderr, 'recording_unavailable');
    }
    expect(received.length).toBeGreaterThan(1_000_000);
    await disk.resize(200);
    await using gateway = await start();
    const recorded = await outputOf(gateway.running.directory.recorder, id);
    expect(recorded.subarray(0, received.length).equals(received)).toBe(true);
    expect(await lastSession({ db }, 'chen')).toMatchObject({ id, reason: 'recorder_failed', isSealed: true });
    expect(await newest(db.owner, 'session.recovered')).toMatchObject({ body: { reason: 'recorder_failed' } });
    const directory = gateway.running.directory.recorder;
    expect(await verifySession({ directory, sessionId: id })).toMatchObject({ verdict: 'VERIFIED-UNWITNESSED' });
    expect((await gateway.ssh('chen', 'echo in')).stdout.toString()).toBe('in\n');
  });

  test('under the recordings ends the session that fills it, and no new one takes the last bytes', async () => {
    const cleanup = new Cleanup();
    await using _cleanup = cleanup;
    const { disk, db, start } = await onSmallDisk(cleanup, '', 130);
    let received: Buffer;
    let id: string;
    {
      await using gateway = await start();
      await using loud = await startSsh(gateway, 'chen', [MUCH]);
      const result = await loud.ended;
      received = result.stdout;
      expect(result.status).toBe(255);
      expectOneLine(result.stderr, 'session_recorder_failed');
      id = (await lastSession({ db }, 'chen')).id;
      expect((await newest(db.owner, 'session.closed')).body).toMatchObject({ reason: 'recorder_failed' });
      const refused = await gateway.ssh('chen', 'echo in');
      expect(refused.stdout.toString()).toBe('');
      expectOneLine(refused.stderr, 'recording_unavailable');
    }
    await disk.resize(600);
    await using gateway = await start();
    const directory = gateway.running.directory.recorder;
    const recorded = await outputOf(directory, id);
    expect(received.length).toBeGreaterThan(10_000_000);
    expect(recorded.subarray(0, received.length).equals(received)).toBe(true);
    expect(await verifySession({ directory, sessionId: id })).toMatchObject({ verdict: 'VERIFIED-UNWITNESSED' });
    expect(await lastSession({ db }, 'chen')).toMatchObject({ id, isSealed: true });
  });
});
