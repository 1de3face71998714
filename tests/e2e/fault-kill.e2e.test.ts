/** kill -9 of the gateway in the middle of everything: what anybody received is in the recordings after the next start. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cleanup } from '../../foundation/index.ts';
import { processesIn } from '../../main/embedded-postgres/processes.ts';
import { runToEnd } from '../support/gateway.ts';
import { ROOT } from '../support/paths.ts';
import { describeWith } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { GatewayProcess, type Ports } from './support/gateway-process.ts';
import { LiveSsh } from './support/live-ssh.ts';
import { outputOf } from './support/recordings.ts';

const EXPORT = 'mysqldump crm customers; sleep 60';
const LINES = 'i=0; while true; do i=$((i+1)); echo line $i; done';
const ROWS = 1_200;
const RECEIVED_BYTES = 60_000;

interface SessionJson {
  readonly id: string;
  readonly command: string | null;
  readonly closeReason: string | null;
  readonly sealed: boolean;
}

describeWith(['ssh', 'ssh-keygen'], 'a gateway killed in the middle of sessions', () => {
  const cleanup = new Cleanup();
  const received = new Map<string, Buffer>();
  let gateway: GatewayProcess;
  let ticket: string;
  let exported: number;
  let postgres: readonly number[];

  beforeAll(async () => {
    const build = await runToEnd(process.execPath, ['scripts/build.mjs']);
    expect(build.status).toBe(0);
    const { path } = cleanup.use(await tempDirectory());
    const ports: Ports = await GatewayProcess.ports();
    gateway = cleanup.use(await GatewayProcess.start(path, ports));
    const ssh = async (command: string): Promise<LiveSsh> =>
      cleanup.use(new LiveSsh([...(await gateway.sshArguments('chen')), command]));

    ticket = await approvedTicket(gateway, await ssh(EXPORT));
    const running = [await ssh(LINES), await ssh(EXPORT), await ssh('echo idle; sleep 60')];
    const [lines, dump, idle] = running;
    await dump?.sees('Dump completed');
    await idle?.sees('idle');
    await waitFor('many lines', () => (lines?.stdout.length ?? 0) > RECEIVED_BYTES);
    postgres = await processesOf(path);
    await gateway.end('SIGKILL');
    for (const [at, command] of [LINES, EXPORT, 'echo idle; sleep 60'].entries()) {
      const result = await running[at]?.ended;
      received.set(command, result?.stdout ?? Buffer.alloc(0));
    }
    exported = received.get(EXPORT)?.length ?? 0;
    gateway = cleanup.use(await GatewayProcess.start(path, ports));
  }, 180_000);
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const sessions = async (): Promise<SessionJson[]> =>
    (await gateway.send('suzuki', '/api/sessions?box=all')).json['sessions'] as SessionJson[];

  test('leaves a database behind, which the next start ends before it uses the directory', async () => {
    expect(postgres.length).toBeGreaterThan(0);
    const now = await processesOf(gateway.directory);
    expect(now.length).toBeGreaterThan(0);
    expect(now.filter((id) => postgres.includes(id))).toEqual([]);
  });

  test('has every byte that a client received in the recovered recording', async () => {
    expect(received.get(LINES)?.length).toBeGreaterThan(RECEIVED_BYTES);
    for (const { id, command } of (await sessions()).filter(({ closeReason }) => closeReason === 'gateway_restarted')) {
      const bytes = received.get(command ?? '');
      if (bytes === undefined) throw new Error(`an unexpected session: ${String(command)}`);
      const recorded = await outputOf(gateway.recorderDirectory, id);
      expect({ command, kept: recorded.subarray(0, bytes.length).equals(bytes) }).toEqual({ command, kept: true });
      received.delete(command ?? '');
    }
    expect([...received.keys()]).toEqual([]);
  });

  test('closes each session as broken off, and the recordings verify', async () => {
    const brokenOff = (await sessions()).filter(({ closeReason }) => closeReason === 'gateway_restarted');
    expect(brokenOff).toHaveLength(3);
    for (const { id, sealed } of brokenOff) {
      expect(sealed).toBe(true);
      const { json } = await gateway.send('suzuki', `/api/sessions/${id}/verify`, {});
      expect(json['report']).toMatchObject({ verdict: 'VERIFIED-UNWITNESSED' });
      const told = await gateway.send('suzuki', `/api/sessions/${id}`);
      expect(told.json['events']).toContainEqual(expect.objectContaining({ type: 'session.recovered' }));
    }
    const [first] = brokenOff;
    const byCommand = await runToEnd('env', [
      `SEKISHO_CONFIG=${gateway.directory}/sekisho.json`,
      `SEKISHO_DATA=${gateway.directory}/data`,
      process.execPath,
      `${ROOT}/bin/sekisho.mjs`,
      'verify',
      first?.id ?? '',
    ]);
    expect(byCommand.stdout.toString()).toMatch(/^VERIFIED-UNWITNESSED\n/);
    expect(byCommand.status).toBe(3);
  });

  test('spends the ticket that was in use, with no less counted than what left', async () => {
    const { json } = await gateway.send('tanaka', `/api/tickets/${ticket}`);
    const { state, result } = json['ticket'] as { state: string; result: Record<string, unknown> };
    expect({ state, outcome: result['outcome'] }).toEqual({ state: 'aborted', outcome: 'interrupted' });
    expect(result['rows']).toBeGreaterThanOrEqual(ROWS);
    expect(result['bytes']).toBeGreaterThanOrEqual(exported);
    const again = new LiveSsh([...(await gateway.sshArguments('chen')), EXPORT]);
    expect(await again.ended).toMatchObject({ status: 126 });
    expect(again.stderr).toContain('[ticket_unusable]');
  });

  test('serves again', async () => {
    const ssh = new LiveSsh([...(await gateway.sshArguments('chen')), 'echo back; exit 3']);
    expect(await ssh.ended).toMatchObject({ status: 3, stdout: Buffer.from('back\n') });
  });

  test('ends in order when asked, and its database with it', async () => {
    await gateway.end('SIGTERM');
    expect(gateway.exitCode).toBe(0);
    expect(await processesOf(gateway.directory)).toEqual([]);
  });
});

/** The refused run gives the link; Chen asks, Tanaka approves. @returns the ticket's id. */
async function approvedTicket(gateway: GatewayProcess, refused: LiveSsh): Promise<string> {
  await refused.ended;
  const refusedActId = /act=([0-9a-f-]{36})/.exec(refused.stderr)?.[1];
  const asked = await gateway.send('chen', '/api/tickets', {
    ...{ refusedActId, purpose: '照会への回答', client: '', rowsMax: 5_000, bytesMax: 5_000_000 },
    notBefore: new Date(),
    notAfter: new Date(Date.now() + 3_600_000),
  });
  const { id, actDigest } = asked.json['ticket'] as { id: string; actDigest: string };
  const decision = { decision: 'approve', reason: '件数を確認した', actDigest };
  const { status } = await gateway.send('tanaka', `/api/tickets/${id}/decision`, decision);
  expect(status).toBe(200);
  return id;
}

/** The processes of the embedded database in this directory, or in the one made for it where nobody else can reach. */
async function processesOf(directory: string): Promise<number[]> {
  return processesIn(await clusterOf(directory));
}

async function clusterOf(directory: string): Promise<string> {
  const found = await runToEnd('find', [directory, '-name', 'PG_VERSION', '-maxdepth', '5']);
  const [first = ''] = found.stdout.toString().split('\n');
  return first.replace(/\/PG_VERSION$/, '');
}
