/** A target whose SFTP server means harm: the session ends with its reason, the gateway and its events stay clean. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import ssh2, { type ServerChannel } from 'ssh2';
import { customers, customersIn, PERSONS } from '../../bench/gate/metered/customers.ts';
import { Cleanup, sshString, uint32 } from '../../foundation/index.ts';
import * as P from '../../gateway/ssh/files/sftp/packets.ts';
import type { InventoryInput } from '../../identity/index.ts';
import { freePort } from '../support/free-port.ts';
import { runToEnd, type SshResult, TestGateway } from '../support/gateway.ts';
import { describeWith, partner } from '../support/partners.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';
import { asOwner, events, lastSession } from './support/house.ts';

interface Request {
  readonly type: number;
  readonly id: number;
}
/** What the target sends for a request, instead of an honest answer when there is any; `'eof'` ends it there. */
type Answer = (request: Request, channel: ServerChannel) => readonly (Buffer | 'eof')[] | undefined;

const NAME_OF_ALL = '\x1b]0;owned\x07\x1b[2J\u202E';
const BUDGET = 100;
const packet = (type: number, ...fields: Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from([type]), ...fields]);
  return Buffer.concat([uint32(body.length), body]);
};
const name = (path: string): Buffer => Buffer.concat([sshString(path), sshString(path), uint32(0)]);
const DIRECTORY = Buffer.concat([uint32(4), uint32(0o040755)]);
const FILE = Buffer.concat([uint32(5), Buffer.alloc(4), uint32(1), uint32(0o100644)]);

function honest({ type, id }: Request): Buffer[] {
  const number = uint32(id);
  if (type === P.INIT) return [packet(P.VERSION, uint32(3))];
  if (type === P.REALPATH) return [packet(P.NAME, number, uint32(1), name('/home'))];
  if (type === P.OPEN || type === P.OPENDIR) return [packet(P.HANDLE, number, sshString('handle'))];
  if ([P.STAT, P.LSTAT, P.FSTAT].includes(type)) return [packet(P.ATTRS, number, FILE)];
  if (type === P.READ || type === P.READDIR) return [P.statusPacket(id, P.FX_EOF, 'end')];
  return [P.statusPacket(id, P.FX_OK, 'ok')];
}

const on =
  (wanted: number, ...answers: ((id: Buffer) => Buffer | 'eof')[]): Answer =>
  ({ type, id }) =>
    type === wanted ? answers.map((answer) => answer(uint32(id))) : undefined;
const raw = (bytes: Buffer | string) => (): Buffer => Buffer.from(bytes as string, 'latin1');
const content = (id: Buffer, said: number, sent: number): Buffer =>
  packet(P.DATA, id, uint32(said), Buffer.alloc(sent, 'x'));

const BREACHES: readonly (readonly [string, Answer, string])[] = [
  ['a version that is not 3', on(P.INIT, () => packet(P.VERSION, uint32(6))), 'SFTP version 6'],
  ['an answer before its version', on(P.INIT, (id) => packet(P.STATUS, id)), 'did not begin with its SFTP version'],
  ['a line of text, as from a login script', on(P.INIT, raw(`Welcome ${NAME_OF_ALL}\n`)), 'packet of 1466264675 bytes'],
  ['a packet of four gigabytes', on(P.REALPATH, raw('\xff\xff\xff\xff\x68')), 'packet of 4294967295 bytes'],
  ['a packet of no bytes', on(P.REALPATH, raw('\0\0\0\0\0')), 'packet of 0 bytes'],
  ['an answer without a number', on(P.REALPATH, raw('\0\0\0\x01\x65')), 'has no number'],
  ['a packet of an unknown type', on(P.REALPATH, (id) => packet(99, id)), 'packet of type 99'],
  ['a request of its own', on(P.REALPATH, (id) => packet(P.OPEN, id)), 'packet of type 3'],
  ['a status cut short', on(P.REALPATH, (id) => packet(P.STATUS, id)), 'points past the end'],
  ['an answer to nobody', on(P.REALPATH, () => packet(P.NAME, uint32(77_777))), 'answered what nobody asked'],
  [
    'one answer twice',
    on(P.REALPATH, ...[1, 2].map(() => (id: Buffer) => packet(P.NAME, id, uint32(1), name('/home')))),
    'answered what nobody asked',
  ],
  [
    'a handle where none was asked for',
    on(P.REALPATH, (id) => packet(P.HANDLE, id, sshString('h'))),
    'opened what nobody',
  ],
  [
    'a handle of 100,000 bytes',
    on(P.OPEN, (id) => packet(P.HANDLE, id, sshString('h'.repeat(100_000)))),
    'handle is too long',
  ],
  [
    'bytes behind a handle',
    on(P.OPEN, (id) => packet(P.HANDLE, id, sshString('h'), uint32(7))),
    'bytes behind its fields',
  ],
  ['contents before anything was opened', on(P.OPEN, (id) => content(id, 4, 4)), 'contents that nobody asked for'],
  ['contents of another request', on(P.READ, () => content(uint32(77_777), 4, 4)), 'contents that nobody asked for'],
  [
    'more contents than were asked for',
    on(P.READ, (id) => content(id, 200_000, 200_000)),
    'contents that nobody asked for',
  ],
  ['contents that lie about their length', on(P.READ, (id) => content(id, 5, 4)), 'odd SFTP answer'],
];

describeWith(['ssh', 'ssh-keygen', 'sftp'], 'an SFTP target that means harm', () => {
  const cleanup = new Cleanup();
  let gateway: TestGateway;
  let here: string;
  let answer: Answer = () => undefined;
  let closed = 0;

  const serve = (channel: ServerChannel): void => {
    let rest = Buffer.alloc(0);
    channel.on('close', () => (closed += 1));
    channel.on('error', () => undefined);
    channel.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes]);
      while (rest.length > 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
        const whole = rest.subarray(0, 4 + rest.readUInt32BE(0));
        rest = rest.subarray(whole.length);
        const request = { type: whole[4] ?? 0, id: whole.readUInt32BE(5) };
        for (const one of answer(request, channel) ?? honest(request)) {
          if (one === 'eof') channel.end();
          else channel.write(one);
        }
      }
    });
    channel.on('end', () => {
      channel.exit(0);
      channel.end();
    });
  };

  beforeAll(async () => {
    const { path } = cleanup.use(await tempDirectory());
    here = path;
    const key = ssh2.utils.generateKeyPairSync('ed25519');
    const library = new ssh2.Server({ hostKeys: [key.private] }, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => context.accept());
      client.on('session', (accept) => {
        accept().on('subsystem', (take) => serve(take()));
      });
    });
    const server = createServer((socket) => library.injectSocket(socket.on('error', () => undefined)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanup.defer(() => new Promise((resolve) => void server.close(() => resolve(undefined))));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const http = await freePort();
    const publicUrl = `http://127.0.0.1:${http}`;
    const inventory = join(path, 'inventory.json');
    const hostKey = key.public.split(' ').slice(0, 2).join(' ');
    await writeFile(inventory, JSON.stringify(inventoryOf({ issuer: `${publicUrl}/oidc`, port, hostKey })));
    const config = { http: { host: '127.0.0.1', port: http, publicUrl, trustedProxies: [] } };
    gateway = cleanup.use(await TestGateway.start({ inventory, config }));
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const sftp = async (behaviour: Answer, batch: readonly string[], target = 'open'): Promise<SshResult> => {
    answer = behaviour;
    const settings = (await gateway.sshArguments('chen', target)).map((arg) => (arg === '-p' ? '-P' : arg));
    return runToEnd(partner('sftp'), [...settings, '-b', '-', '127.0.0.1'], `${batch.join('\n')}\n`);
  };

  const expectOrder = async (): Promise<void> => {
    const { status, stderr } = await sftp(() => undefined, ['pwd']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  };

  /** Nothing that could move a cursor: neither in what the person saw nor in any event. */
  const expectClean = async ({ stderr }: { stderr: string }): Promise<void> => {
    expect(stderr).not.toMatch(/[^\P{C}\r\n]/u);
    const rows = await asOwner(gateway, 'SELECT body::text AS body FROM audit_events');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => /[^\P{C}]|\\u(00[01]|202|007f)/u.test(String(row['body'])))).toEqual([]);
  };

  test.each(BREACHES)('%s ends the session with its reason', async (_what, behaviour, reason) => {
    const before = closed;
    const result = await sftp(behaviour, [`get a ${here}/got`]);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toMatch(new RegExp(`^sekisho: .*(${reason}).*\\[protocol_violation\\]`, 'm'));
    await expectClean(result);
    await waitFor('the channel of the target', () => closed > before);
    const session = await waitFor('the end', async () => {
      const last = await lastSession(gateway, 'chen');
      return !last.isOpen && last;
    });
    expect(session).toMatchObject({ reason: 'gate_refused', isSealed: true });
    await expectOrder();
  });

  test.each([
    ['two names', (id: Buffer) => packet(P.NAME, id, uint32(2), name('/a'), name('/b')), 'to something else'],
    ['a relative path', (id: Buffer) => packet(P.NAME, id, uint32(1), name(NAME_OF_ALL)), 'to a relative one'],
    ['a path with NUL', (id: Buffer) => packet(P.NAME, id, uint32(1), name('/a\0b')), 'has a NUL'],
    ['contents', (id: Buffer) => packet(P.ATTRS, id, FILE), 'to something else'],
  ])('%s in answer to a question of the gateway opens nothing', async (_what, lie, reason) => {
    let opened = 0;
    let asked = 0;
    const behaviour: Answer = (request) => {
      if (request.type === P.OPEN) opened += 1;
      // The first question is the client's own.
      if (request.type !== P.REALPATH || (asked += 1) === 1) return undefined;
      return [lie(uint32(request.id))];
    };
    const result = await sftp(behaviour, [`get /vault/a ${here}/got`], 'guarded');
    expect(result.stderr).toMatch(new RegExp(`${reason}.*\\[protocol_violation\\]`));
    expect(opened).toBe(0);
    await expectClean(result);
  });

  test.each([
    [
      'an answer',
      on(
        P.REALPATH,
        (id) => packet(P.NAME, id, uint32(1), name('/home')).subarray(0, 11),
        () => 'eof',
      ),
    ],
    [
      'contents',
      on(
        P.READ,
        (id) => content(id, 1, 1).subarray(0, 13),
        () => 'eof',
      ),
    ],
  ])('the end in the middle of %s is a failure, and no file counts as whole', async (_what, behaviour) => {
    const result = await sftp(behaviour, [`get a ${here}/got`]);
    expect(result.status).not.toBe(0);
    await waitFor('the end', async () => !(await lastSession(gateway, 'chen')).isOpen);
    const whole = (await events(gateway.database, 'file.transferred')).filter(({ body }) => body['complete'] === true);
    expect(whole).toEqual([]);
    await expectOrder();
  });

  test('names with escape sequences reach no event raw when their files are fetched', async () => {
    let isListed = false;
    const listing: Answer = ({ type, id }) => {
      if (type === P.STAT || type === P.LSTAT) return [packet(P.ATTRS, uint32(id), isListed ? FILE : DIRECTORY)];
      if (type === P.READ) return [P.statusPacket(id, P.FX_EOF, NAME_OF_ALL)];
      if (type !== P.READDIR || isListed) return undefined;
      isListed = true;
      const entry = Buffer.concat([sshString(`a${NAME_OF_ALL}`), sshString(NAME_OF_ALL), FILE]);
      return [packet(P.NAME, uint32(id), uint32(1), entry)];
    };
    await sftp(listing, [`get -r directory ${here}/tree`]);
    const [event] = await waitFor('the event', async () => {
      const found = await events(gateway.database, 'file.transferred');
      return found.length > 0 && found;
    });
    expect(event?.body['path']).toBe('/home/a\\x1b]0;owned\\x07\\x1b[2J\\xe2\\x80\\xae');
    await expectClean({ stderr: '' });
    await expectOrder();
  });

  test('what it says on standard error is under the limits of what may leave', async () => {
    const spill: Answer = ({ type }, channel) => {
      if (type === P.REALPATH) channel.stderr.write(customers(PERSONS));
      return undefined;
    };
    const { status, stderr } = await sftp(spill, [`get a ${here}/got`], 'metered');
    expect([status === 0, stderr]).toEqual([false, expect.stringContaining('[budget_exceeded]')]);
    expect(customersIn(stderr)).toBeLessThanOrEqual(BUDGET);
    await expectOrder();
  });

  test('a directory without end is given up when its reader is gone', async () => {
    const before = closed;
    let sent = 0;
    let enough: () => void = () => undefined;
    const seen = new Promise<void>((resolve) => (enough = resolve));
    const entry = Buffer.concat([sshString(NAME_OF_ALL), sshString(NAME_OF_ALL), FILE]);
    const many = Buffer.concat(Array.from({ length: 1_000 }, () => entry));
    answer = ({ type, id }) => {
      if (type !== P.READDIR) return undefined;
      sent += many.length;
      if (sent > 4_000_000) enough();
      return [packet(P.NAME, uint32(id), uint32(1_000), many)];
    };
    const client = new ssh2.Client();
    client.on('error', () => undefined);
    const privateKey = await readFile(await gateway.key('chen'));
    client.connect({ host: '127.0.0.1', port: gateway.sshPort, username: 'open', privateKey });
    await once(client, 'ready');
    client.sftp((_error, session) => session.readdir('directory', () => undefined));
    await seen;
    client.destroy();
    await waitFor('the channel of the target', () => closed > before);
    await waitFor('the end', async () => !(await lastSession(gateway, 'chen')).isOpen);
    await expectOrder();
  });
});

function inventoryOf(where: { issuer: string; port: number; hostKey: string }): InventoryInput {
  const { issuer, port, hostKey } = where;
  const names = ['open', 'guarded', 'metered'];
  const titles = { titleEn: 'Field', titleJa: '現場', owners: ['tanaka'] };
  const none = { day: null, days30: null, days90: null, days365: null, lifetime: null };
  const risk = { persons: { command: BUDGET, session: BUDGET, ...none }, softRatio: 1 };
  const assets: InventoryInput['systems'][number]['assets'] = [
    { kind: 'path', name: '/vault', dataClass: 'personal', recordCount: 10 },
  ];
  return {
    issuer,
    people: [],
    systems: [
      { name: 'field', ...titles, assets },
      { name: 'metered', ...titles, assets, risk },
    ],
    targets: names.map((target) => ({
      ...{ name: target, mode: target === 'guarded' ? ('guarded-line' as const) : ('recorded' as const) },
      ...{ system: target === 'metered' ? target : 'field', host: '127.0.0.1', port, hostKey },
    })),
    accounts: names.map((target) => ({ target, person: 'chen', account: 'nobody-here' })),
    grants: names.map((target) => ({
      ...{ target, person: 'chen', actions: ['exec' as const, 'upload' as const, 'download' as const] },
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    })),
  };
}
