/** The real ssh client while those who answer for the system pause its session, write to it and end it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestGateway } from '../support/gateway.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { GatewayProcess } from './support/gateway-process.ts';
import { asOwner, lastSession, newest, personId } from './support/house.ts';
import { LiveSsh, startSsh } from './support/live-ssh.ts';

describeWith(['ssh', 'ssh-keygen'], 'a live session under control', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  const begin = async (
    words: readonly string[],
    extra: readonly string[] = [],
  ): Promise<{ ssh: LiveSsh; id: string }> => {
    const ssh = await startSsh(gateway, 'chen', words, { extra });
    await ssh.sees('ready');
    return { ssh, id: (await lastSession(gateway, 'chen')).id };
  };
  const control = async (login: string, id: string, verb: string, body: object = {}): Promise<number> =>
    (await (await gateway.person(login)).post(`/api/sessions/${id}/${verb}`, body)).status;

  test('waits while it is paused, with a word about why, loses nothing and goes on', async () => {
    const { ssh, id } = await begin(['echo ready; cat']);
    await using _ssh = ssh;
    ssh.type('before\n');
    await ssh.sees('before');
    expect(await control('kimura', id, 'pause', { reason: 'checking something' })).toBe(204);
    await ssh.sees(/sekisho: This session is paused: checking something\. .* \[session_paused\]/);
    ssh.type('meanwhile\n');
    expect(await control('tanaka', id, 'message', { text: 'Back in a minute.' })).toBe(204);
    await ssh.sees('sekisho: From those who answer for this system: Back in a minute. [session_message]');
    expect(ssh.stdout.toString()).not.toContain('meanwhile');
    const { json } = await (await gateway.person('tanaka')).get('/api/sessions?box=live');
    expect((json['sessions'] as { id: string }[]).find((one) => one.id === id)).toMatchObject({
      pausedAt: expect.any(String),
      verbs: ['end', 'resume', 'message'],
    });
    expect(await control('tanaka', id, 'resume')).toBe(204);
    await ssh.sees('meanwhile');
    ssh.process.stdin?.end();
    const ended = await ssh.ended;
    expect([ended.status, ended.stdout.toString()]).toEqual([0, 'ready\nbefore\nmeanwhile\n']);
  });

  test('that floods its terminal stands still while it is paused', async () => {
    const { ssh, id } = await begin(['echo ready; yes']);
    await using _ssh = ssh;
    expect(await control('kimura', id, 'pause', { reason: 'flood' })).toBe(204);
    await ssh.sees('[session_paused]');
    const told = await control('kimura', id, 'message', { text: 'first' });
    await ssh.sees('system: first [session_message]');
    const before = ssh.stdout.length;
    // What was on its way is shown; then a further word comes alone.
    expect([told, await control('kimura', id, 'message', { text: 'second' })]).toEqual([204, 204]);
    await ssh.sees('system: second [session_message]');
    expect(ssh.stdout.length).toBe(before);
    expect(await control('kimura', id, 'resume')).toBe(204);
    await waitFor('more of it', () => ssh.stdout.length > before);
  });

  test('ends within a second, with the reason, also while it is paused', async () => {
    const { ssh, id } = await begin(['echo ready; cat']);
    await using _ssh = ssh;
    expect(await control('kimura', id, 'pause', { reason: 'checking' })).toBe(204);
    await ssh.sees('[session_paused]');
    ssh.type('never\n');
    expect(await control('aoki', id, 'end', { reason: 'mine?' })).toBe(404);
    const before = performance.now();
    expect(await control('tanaka', id, 'end', { reason: 'the work window is over' })).toBe(204);
    const result = await ssh.ended;
    expect(performance.now() - before).toBeLessThan(1_000);
    expect([result.status, result.stdout.toString()]).toEqual([255, 'ready\n']);
    expect(result.stderr).toContain('ended the session: the work window is over. [session_ended]');
    expect(await lastSession(gateway, 'chen')).toMatchObject({ reason: 'ended', isSealed: true });
    expect(await newest(gateway.database, 'session.end_asked')).toMatchObject({
      ...{ actor: await personId(gateway, 'tanaka'), session: id },
      body: { reason: 'the work window is over' },
    });
  });

  test('on a terminal is told on the terminal itself, between lines of the shell', async () => {
    const ssh = await startSsh(gateway, 'chen', [], { extra: ['-tt'] });
    await using _ssh = ssh;
    await ssh.sees(/\$ |# |> /);
    const { id } = await lastSession(gateway, 'chen');
    expect(await control('kimura', id, 'message', { text: 'Please finish.' })).toBe(204);
    await ssh.sees('From those who answer for this system: Please finish. [session_message]');
    ssh.type('echo still-$((40+2))\r');
    await ssh.sees('still-42');
    expect(await control('yamada', id, 'end', { reason: 'restart' })).toBe(204);
    await ssh.sees('[session_ended]');
    expect((await ssh.ended).status).toBe(255);
  });

  test('that is idle is told before, and ends', async () => {
    await using brief = await TestGateway.start({ ssh: { timeLimits: { idleMinutes: 0.02, hoursMax: 12 } } });
    const ssh = await startSsh(brief, 'chen', [], { extra: ['-tt'] });
    await using _ssh = ssh;
    await ssh.sees('[session_ends_soon_idle]');
    await ssh.sees('Nothing was typed for too long; the session has ended. [session_idle]');
    expect((await ssh.ended).status).toBe(255);
    expect(await lastSession(brief, 'chen')).toMatchObject({ reason: 'idle' });
  });

  test('in a worker process is reached from the console, which is another one', async () => {
    await using place = await tempDirectory();
    await using process = await GatewayProcess.start(place.path, await GatewayProcess.ports(), { workers: 2 });
    await using ssh = new LiveSsh([...(await process.sshArguments('chen')), 'echo ready; cat']);
    await ssh.sees('ready');
    const { json } = await process.send('kimura', '/api/sessions?box=live');
    const [session] = json['sessions'] as { id: string }[];
    const path = `/api/sessions/${session!.id}`;
    await process.send('kimura', `${path}/message`, { text: 'across' }).catch(() => undefined); // No body comes back.
    await ssh.sees('across [session_message]');
    const before = performance.now();
    await process.send('kimura', `${path}/end`, { reason: 'over' }).catch(() => undefined);
    expect((await ssh.ended).stderr).toContain('over. [session_ended]');
    expect(performance.now() - before).toBeLessThan(1_000);
  }, 240_000);

  test('leaves no row open behind it', async () => {
    await waitFor('every session to be closed', async () => {
      const [row] = await asOwner(gateway, 'SELECT count(*)::int AS open FROM sessions WHERE closed_at IS NULL');
      return row?.['open'] === 0;
    });
  });
});
