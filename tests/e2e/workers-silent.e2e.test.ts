/** A worker that hangs: the gateway notices that it says nothing, ends it, and seals what its sessions recorded. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup, LIMITS } from '../../foundation/index.ts';
import { runToEnd } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { LiveSsh } from './support/live-ssh.ts';
import { outputOf } from './support/recordings.ts';

const SILENCE_MS = LIMITS.workerSilenceSeconds * 1_000;

describeWith(['ssh', 'ssh-keygen'], 'a gateway one of whose workers hangs', () => {
  const cleanup = new Cleanup();
  let gateway: GatewayProcess;

  beforeAll(async () => {
    expect((await runToEnd(process.execPath, ['scripts/build.mjs'])).status).toBe(0);
    const { path } = cleanup.use(await tempDirectory());
    gateway = await GatewayProcess.start(path, await GatewayProcess.ports(), { workers: 2 });
    cleanup.defer(() => gateway[Symbol.asyncDispose]());
  }, 120_000);
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const pids = async (): Promise<number[]> => (await gateway.workers()).map(({ pid }) => pid);
  /** A session that answers what is typed. */
  const echoing = async (name: string): Promise<LiveSsh> => {
    const words = await gateway.sshArguments('chen');
    const session = cleanup.use(new LiveSsh([...words, '-o', 'ServerAliveInterval=0', `echo ${name}; cat`]));
    await session.sees(name);
    return session;
  };
  const answers = async (session: LiveSsh, words: string): Promise<void> => {
    session.type(`${words}\n`);
    await session.sees(words);
  };

  test(
    'ends it and its sessions, sealed, while the others go on, and has another in its place',
    async () => {
      const sessions = [
        { name: 'left', session: await echoing('left') },
        { name: 'right', session: await echoing('right') },
      ];
      for (const { name, session } of sessions) await answers(session, `typed on the ${name}`);
      const [stopped = 0] = await pids();
      process.kill(stopped, 'SIGSTOP');
      const dead = await Promise.race(sessions.map((one) => one.session.ended.then(() => one)));
      const alive = sessions.find((one) => one !== dead);
      if (alive === undefined) throw new Error('there is no other session');
      await answers(alive.session, 'still served');

      const closed = await waitFor('its session to be closed', async () => {
        const { json } = await gateway.send('suzuki', '/api/sessions?box=all');
        const rows = json['sessions'] as { id: string; command: string | null; closeReason: string | null }[];
        const row = rows.find(({ command }) => command === `echo ${dead.name}; cat`);
        return row === undefined || row.closeReason === null ? undefined : row;
      });
      expect(closed).toMatchObject({ closeReason: 'worker_lost', sealed: true });
      const recorded = await outputOf(gateway.recorderDirectory, closed.id);
      expect(recorded.toString()).toBe(`${dead.name}\ntyped on the ${dead.name}\n`);
      expect((await gateway.run('verify', closed.id)).stdout.toString()).toMatch(/^VERIFIED-UNWITNESSED\n/);

      await waitFor('another worker', async () => (await pids()).length === 2);
      expect(await pids()).not.toContain(stopped);
      await (await echoing('afterwards'))[Symbol.asyncDispose]();
      await answers(alive.session, 'to the end');
    },
    SILENCE_MS + 120_000,
  );
});
