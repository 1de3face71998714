/** The database goes away and comes back while people work. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup, createLog, Database } from '../../foundation/index.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../main/embedded-postgres/index.ts';
import { verifySession } from '../../recorder/index.ts';
import { runToEnd, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, events, expectOneLine, type House, lastSession, personId } from './support/house.ts';
import { LiveSsh, startSsh } from './support/live-ssh.ts';
import { outputOf } from './support/recordings.ts';

const log = createLog('silent');

describeWith(['ssh', 'ssh-keygen'], 'a database that restarts', () => {
  const cleanup = new Cleanup();
  let postgres: EmbeddedPostgres;
  let gateway: TestGateway;
  let house: House;
  let home: string;

  beforeAll(async () => {
    home = join(cleanup.use(await tempDirectory()).path, 'postgres');
    postgres = await startEmbeddedPostgres({ directory: home, log });
    cleanup.defer(() => postgres[Symbol.asyncDispose]());
    const { gatewayUrl: url, ownerUrl } = postgres;
    gateway = cleanup.use(await TestGateway.start({ config: { database: { url, ownerUrl, poolSize: 5 } } }));
    house = { db: { owner: cleanup.use(new Database({ url: ownerUrl, poolSize: 2, log })) } };
    await gateway.key('chen');
    await gateway.person('kimura');
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  test('ends no session, opens none while it is away, and loses nothing', async () => {
    const control = ['-S', join(gateway.directory, 'control')];
    const base = await gateway.sshArguments('chen');
    await using typed = new Terminal(partner('ssh'), [...base, '-tt', '127.0.0.1'], { columns: 100, rows: 30 });
    await typed.sees('~$ ');
    await using cat = new LiveSsh([...base, ...control, '-o', 'ControlMaster=yes', '127.0.0.1', 'cat']);
    cat.type('before\n');
    await cat.sees('before');
    const { id } = await lastSession(house, 'chen');
    const short = await startSsh(gateway, 'chen', ['echo short; read -r line; echo "got $line"']);
    await short.sees('short');
    const ending = await lastSession(house, 'chen');

    await postgres[Symbol.asyncDispose]();

    cat.type('during\n');
    await cat.sees('during');
    typed.type('echo still here\r');
    await typed.sees('\nstill here');
    await typed.sees('~$ ');

    // A session that ends now ends for its person; the database is told when it is back.
    short.type('the end\n');
    const ended = await short.ended;
    expect(ended.stdout.toString()).toBe('short\ngot the end\n');
    expect(ended.status).toBe(0);

    const fresh = await gateway.ssh('chen', 'echo in');
    expect(fresh.status).toBe(255);
    expect(fresh.stdout.toString()).toBe('');
    expect(fresh.stderr).toContain('sekisho: The gateway cannot decide right now');
    expect(fresh.stderr).toContain('[database_unavailable]');
    const channel = await runToEnd(partner('ssh'), [...base, ...control, '127.0.0.1', 'echo in']);
    expect(channel.stdout.toString()).toBe('');
    expectOneLine(channel.stderr, 'database_unavailable');
    // What needs a decision in a live session gets no as well.
    typed.type('mysqldump crm customers\r');
    await typed.sees('[database_unavailable]');
    expect(typed.output).not.toContain('INSERT INTO');
    expect(await typed.exited).toBe(255);

    postgres = await startEmbeddedPostgres({ directory: home, log });

    const back = await gateway.ssh('chen', 'echo back; exit 3');
    expect({ stdout: back.stdout.toString(), status: back.status }).toEqual({ stdout: 'back\n', status: 3 });
    cat.type('after\n');
    await cat.sees('after');
    await waitFor('the session that ended meanwhile to be closed', async () => {
      const [row] = await asOwner(house, 'SELECT close_reason, exit_status FROM sessions WHERE id = $1', [ending.id]);
      return row?.['close_reason'] === 'closed' && row['exit_status'] === 0;
    });
    const [kept] = await asOwner(house, 'SELECT 1 FROM recordings WHERE session_id = $1', [ending.id]);
    expect(kept).toBeDefined();

    // Notifications arrive again: a lock ends what lived through all of it.
    const kimura = await gateway.person('kimura');
    const locked = await kimura.post(`/api/persons/${await personId(house, 'chen')}/lock`, { reason: '確認' });
    expect(locked.status).toBe(204);
    const result = await cat.ended;
    expect(result.stdout.toString()).toBe('before\nduring\nafter\n');
    expect(result.stderr).toContain('[session_locked]');

    const recorder = gateway.running.directory.recorder;
    expect((await outputOf(recorder, id)).equals(result.stdout)).toBe(true);
    for (const sessionId of [id, ending.id]) {
      expect(await verifySession({ directory: recorder, sessionId })).toMatchObject({
        verdict: 'VERIFIED-UNWITNESSED',
      });
    }
    const closed = await events(house.db.owner, 'session.closed');
    expect(closed.find(({ session }) => session === id)?.body).toMatchObject({ reason: 'locked' });
  });
});
