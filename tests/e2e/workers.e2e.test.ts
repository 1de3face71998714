/** Two worker processes behind one acceptor: what ends in one of them ends there alone. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openSshClient } from '../../demo/ssh-client/openssh.ts';
import { Cleanup, LIMITS } from '../../foundation/index.ts';
import { runToEnd } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { GatewayProcess, type Ports } from './support/gateway-process.ts';
import { LiveSsh } from './support/live-ssh.ts';
import { outputOf } from './support/recordings.ts';

interface SessionJson {
  readonly id: string;
  readonly command: string | null;
  readonly closeReason: string | null;
  readonly sealed: boolean;
}

describeWith(['ssh', 'ssh-keygen'], 'a gateway with two workers', () => {
  const cleanup = new Cleanup();
  let gateway: GatewayProcess;
  let ports: Ports;

  beforeAll(async () => {
    expect((await runToEnd(process.execPath, ['scripts/build.mjs'])).status).toBe(0);
    const { path } = cleanup.use(await tempDirectory());
    ports = await GatewayProcess.ports();
    gateway = await GatewayProcess.start(path, ports, { workers: 2 });
    cleanup.defer(() => gateway[Symbol.asyncDispose]());
  }, 120_000);
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const pids = async (): Promise<number[]> => (await gateway.workers()).map(({ pid }) => pid);
  const ssh = async (...words: string[]): Promise<LiveSsh> =>
    cleanup.use(new LiveSsh([...(await gateway.sshArguments('chen')), ...words]));
  /** A session that answers what is typed, named so that it is found again. */
  const echoing = async (name: string): Promise<LiveSsh> => {
    const session = await ssh(`echo ${name}; cat`);
    await session.sees(name);
    return session;
  };
  const answers = async (session: LiveSsh, words: string): Promise<void> => {
    session.type(`${words}\n`);
    await session.sees(words);
  };
  const sessionOf = async (name: string): Promise<SessionJson> => {
    const { json } = await gateway.send('suzuki', '/api/sessions?box=all');
    const found = (json['sessions'] as SessionJson[]).find(({ command }) => command === `echo ${name}; cat`);
    if (found === undefined) throw new Error(`no session ${name}`);
    return found;
  };
  const health = async (): Promise<unknown> => (await gateway.send('suzuki', '/healthz')).json['workers'];
  const eventTypes = async (query = ''): Promise<string[]> => {
    const { json } = await gateway.send('suzuki', `/api/audit-events${query}`);
    return (json['events'] as { type: string }[]).map(({ type }) => type);
  };

  test('says how many serve, when it starts and when asked', async () => {
    expect(gateway.startLine).toContain('(2 workers)');
    expect(await health()).toEqual({ wanted: 2, serving: 2 });
    expect(await pids()).toHaveLength(2);
  });

  test('shows no secret in the arguments or the environment of a worker', async () => {
    for (const pid of await pids()) {
      const seen = await runToEnd('cat', [`/proc/${pid}/cmdline`, `/proc/${pid}/environ`]);
      expect(seen.stdout.toString()).not.toMatch(/postgres(ql)?:|SEKISHO_DATA|DATABASE_URL/);
    }
  });

  test('counts who fails to sign in for all its workers: guesses spread over them wait as at one', async () => {
    const strange = join(gateway.directory, 'stranger_ed25519');
    await openSshClient.createKey(strange);
    const words = (await gateway.sshArguments('chen')).map((word) => word.replace('chen_ed25519', 'stranger_ed25519'));
    const guess = async (): Promise<void> => {
      expect((await runToEnd('ssh', [...words, 'true'])).status).toBe(255);
    };
    const delayed = async (): Promise<number> => (await eventTypes('?type=ssh.sign_in_delayed')).length;
    // One after the other all of them come to the first worker, until it has somebody and the other one has nobody.
    for (let at = 0; at < LIMITS.sshThrottleFreeFailures + 2; at += 1) await guess();
    const before = await delayed();
    const holding = await echoing('holding');
    await guess();
    await holding[Symbol.asyncDispose]();
    expect(await delayed()).toBe(before + 1);
  }, 60_000);

  describe('a reload', () => {
    test('with a configuration that cannot be used changes nothing and says so', async () => {
      const before = await pids();
      const live = await echoing('unmoved');
      await gateway.configure({ workers: 2, prot: 22 });
      const refused = await gateway.run('reload');
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain('prot: there is no such key');
      expect(await pids()).toEqual(before);
      await answers(live, 'still served');
      await live[Symbol.asyncDispose]();
    }, 60_000);

    test('with a change that takes a stop and a start is refused and names it', async () => {
      const before = await pids();
      await gateway.configure({ workers: 2, http: { port: ports.http, public_url: 'http://127.0.0.1:1' } });
      const refused = await gateway.run('reload');
      expect({ status: refused.status, stdout: refused.stdout.toString() }).toEqual({ status: 1, stdout: '' });
      expect(refused.stderr).toContain('Only a stop and a start change http.publicUrl');
      expect(await pids()).toEqual(before);
      expect(await eventTypes()).toContain('gateway.reload_refused');
      await gateway.configure({ workers: 2 });
    }, 60_000);
  });

  test('a worker that is killed ends its own sessions alone, sealed, and another takes its place', async () => {
    const [first, second] = [await echoing('one'), await echoing('two')];
    const [victim] = await pids();
    process.kill(victim ?? 0, 'SIGKILL');
    const dead = await Promise.race([first.ended.then(() => first), second.ended.then(() => second)]);
    const [deadName, aliveName, alive] = dead === first ? ['one', 'two', second] : ['two', 'one', first];
    for (let said = 0; said < 20; said += 1) await answers(alive, `keystroke ${said}`);

    const closed = await waitFor('its session to be closed', async () => {
      const row = await sessionOf(deadName);
      return row.closeReason === null ? undefined : row;
    });
    expect(closed).toMatchObject({ closeReason: 'worker_lost', sealed: true });
    const recorded = await outputOf(gateway.recorderDirectory, closed.id);
    expect(recorded.subarray(0, dead.stdout.length).equals(dead.stdout)).toBe(true);
    const verified = await gateway.run('verify', closed.id);
    expect({ status: verified.status, verdict: verified.stdout.toString().split('\n')[0] }).toEqual({
      status: 3,
      verdict: 'VERIFIED-UNWITNESSED',
    });
    const live = await gateway.run('verify', (await sessionOf(aliveName)).id);
    expect(live.stdout.toString()).toMatch(/^INCOMPLETE\n/);
    expect(await eventTypes()).toEqual(expect.arrayContaining(['worker.lost', 'session.recovered']));

    await waitFor('another worker', async () => JSON.stringify(await health()).includes('"serving":2'));
    expect(await pids()).not.toContain(victim);
    await answers(alive, 'and still');
    await alive[Symbol.asyncDispose]();
    for (const name of ['three', 'four', 'five', 'six']) await (await echoing(name))[Symbol.asyncDispose]();
  }, 120_000);

  test('new workers take every new connection, old ones finish the sessions they have', async () => {
    const before = await pids();
    const [old, other] = [await echoing('old'), await echoing('other')];
    await gateway.configure({ workers: 1 });
    const done = await gateway.run('reload');
    expect({ status: done.status, stderr: done.stderr }).toEqual({ status: 0, stderr: '' });
    expect(done.stdout.toString()).toContain('1 new worker');
    expect(await health()).toEqual({ wanted: 1, serving: 1 });
    await answers(old, 'not ended');
    await answers(other, 'nor this');

    const [fresh] = (await pids()).filter((pid) => !before.includes(pid));
    const young = await echoing('young');
    process.kill(fresh ?? 0, 'SIGKILL'); // Whatever is new is in here, whatever is old is not.
    await young.ended;
    await answers(old, 'not ended either');
    old.process.stdin?.end();
    other.process.stdin?.end();
    expect([(await old.ended).status, (await other.ended).status]).toEqual([0, 0]);
    await waitFor('the old workers to end', async () => (await pids()).every((pid) => !before.includes(pid)));
    expect(await sessionOf('old')).toMatchObject({ closeReason: 'closed', sealed: true });
    await waitFor('a worker to serve again', async () => JSON.stringify(await health()).includes('"serving":1'));
    await answers(await echoing('again'), 'served');
  }, 120_000);

  test('when it is killed itself, its workers end too, and the next start seals what was open', async () => {
    const live = await echoing('orphan');
    const before = await pids();
    await gateway.end('SIGKILL');
    await live.ended;
    await waitFor('the workers to end', async () => {
      const alive = await runToEnd('sh', ['-c', `for pid in ${before.join(' ')}; do kill -0 $pid && echo $pid; done`]);
      return alive.stdout.length === 0;
    });
    gateway = await GatewayProcess.start(gateway.directory, ports, { workers: 2 });
    const row = await sessionOf('orphan');
    expect(row.sealed).toBe(true);
    // Its worker noticed, or the demo's server was gone first, or neither had the time.
    expect(['gateway_restarted', 'recorder_failed', 'target_lost']).toContain(row.closeReason);
    expect((await gateway.run('verify', row.id)).stdout.toString()).toMatch(/^VERIFIED-UNWITNESSED\n/);
  }, 120_000);

  test('when it is asked to stop, tells every session, seals it and leaves no worker behind', async () => {
    const sessions = [await echoing('left'), await echoing('right')];
    const before = await pids();
    await gateway.end('SIGTERM');
    expect(gateway.exitCode).toBe(0);
    for (const session of sessions) expect((await session.ended).stderr).toContain('[session_shutdown]');
    for (const pid of before) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const refused = await gateway.run('reload');
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('No gateway runs on')]);
    gateway = await GatewayProcess.start(gateway.directory, ports);
    for (const name of ['left', 'right']) {
      expect(await sessionOf(name)).toMatchObject({ closeReason: 'shutdown', sealed: true });
    }
    const withoutWorkers = await gateway.run('reload');
    expect([withoutWorkers.status, withoutWorkers.stderr]).toEqual([
      1,
      expect.stringContaining('There are no workers'),
    ]);
  }, 120_000);

  test('behind a balancer, a worker has the address the balancer told and every byte that came right behind it', async () => {
    await gateway.end('SIGTERM');
    const balanced = { port: ports.ssh, workers: 2, proxy_protocol_from: ['127.0.0.1/32'] };
    gateway = await GatewayProcess.start(gateway.directory, ports, { ssh: balanced });
    const balancer =
      `const s = require('net').connect(${ports.ssh}, '127.0.0.1'); process.stdin.once('data', (first) => {
      s.write(Buffer.concat([Buffer.from('PROXY TCP4 203.0.113.9 127.0.0.1 4711 22\\r\\n'), first]));
      process.stdin.pipe(s); }); s.pipe(process.stdout);`.replaceAll('\n', ' ');
    const session = await ssh('-o', `ProxyCommand=${process.execPath} -e "${balancer}"`, 'echo balanced; cat');
    await session.sees('balanced');
    const { id } = await sessionOf('balanced');
    const { json } = await gateway.send('suzuki', `/api/sessions/${id}`);
    expect(JSON.stringify(json)).toContain('203.0.113.9');
  }, 120_000);
});
