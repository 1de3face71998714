/** A session against the real recorder and the real database. */
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import { Cleanup, createLog, Database, newUuid, one, Secret, sql, systemClock } from '../../foundation/index.ts';
import { recheckSessions, SessionRegistry } from '../../gateway/index.ts';
import { type GatewaySession, openSession, type SessionDeps, type SessionRequest } from '../../gateway/session.ts';
import { applyInventory, type InventoryInput, InventorySchema, loadAuthorizationFacts } from '../../identity/index.ts';
import {
  authorizeTarget,
  type ConnectionId,
  type GrantAction,
  type Person,
  type SessionKind,
} from '../../policy/index.ts';
import { findRecording, listAuditEvents, verifySession } from '../../recorder/index.ts';
import { rootOf, start } from '../recorder/support/recordings.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const START = systemClock.now();
const DAY_MS = 86_400_000;
const RECORDING_BYTES = 200_000;
const issuer = 'https://login.example.com';
const INVENTORY: InventoryInput = {
  issuer,
  people: [{ subject: 'aoki', name: '青木 真', roles: ['maintainer'] }],
  systems: [{ name: 'crm', titleEn: 'CRM', titleJa: '顧客管理', owners: [], assets: [] }],
  targets: [
    {
      ...{ name: 'crm-db', system: 'crm', host: '127.0.0.1', port: 22, mode: 'recorded' as const },
      hostKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    },
  ],
  accounts: [{ target: 'crm-db', person: 'aoki', account: 'aoki' }],
  grants: [
    {
      ...{ target: 'crm-db', person: 'aoki', actions: ['shell', 'exec'] },
      expiresAt: new Date(START.getTime() + 100 * DAY_MS),
    },
  ],
};

describe('a session', () => {
  const cleanup = new Cleanup();
  const log = createLog('silent');
  let db: FreshDatabase;
  let deps: SessionDeps;
  let directory: string;

  beforeAll(async () => {
    db = cleanup.use(await freshDatabase());
    directory = cleanup.use(await tempDirectory()).path;
    const limits = { recordingBytesMax: RECORDING_BYTES };
    const recorder = cleanup.use(await start(directory, { limits }));
    const registry = new SessionRegistry();
    const timeLimits = { idleMinutes: 0, hoursMax: 365 * 24 }; // Longer than the grants here, which are what is tried.
    deps = {
      database: db.database,
      clock: systemClock,
      log,
      recorder,
      registry,
      gatewayId: newUuid(START),
      timeLimits,
    };
    await applyInventory(deps, InventorySchema.parse(INVENTORY));
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());
  afterEach(() => {
    jest.useRealTimers();
  });

  const request: SessionRequest = {
    connectionId: newUuid(START) as ConnectionId,
    kind: 'exec',
    command: 'true',
    sourceAddress: '127.0.0.1',
    signedInBy: 'browser',
    keyBlob: null,
    terminal: undefined,
  };
  const granted = async (action: SessionKind = 'exec') => {
    const { id } = await one(db.database, sql(z.strictObject({ id: z.string() }))`SELECT id FROM persons`);
    const person = { id } as Person; // The facts read the person anew, by this id.
    const facts = await loadAuthorizationFacts(deps, { person, loginName: 'crm-db', action });
    const decision = authorizeTarget(facts);
    if (!decision.allowed) throw new Error(decision.reason);
    return { authorization: decision.authorization, assets: [] };
  };
  const open = async (): Promise<GatewaySession> => openSession(deps, await granted(), request);
  /** Opens it at `START`, where time then stands until it is moved. */
  const frozen = (opening: () => Promise<GatewaySession>): Promise<GatewaySession> => {
    jest.useFakeTimers({ now: START, doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    return opening();
  };
  const closedEvent = async ({ id }: GatewaySession) =>
    (await listAuditEvents(db.database, { types: ['session.closed'], sessionId: id, limit: 5 })).map(
      ({ body }) => body,
    );

  test('that fills its recording ends for it, and what it recorded is sealed and verifies', async () => {
    const session = await open();
    const fill = async (): Promise<void> => {
      for (;;) await session.record('o', Buffer.alloc(10_000, 'x'));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'recording_unavailable' });
    expect(session.signal.aborted).toBe(true);
    await expect(session.record('o', Buffer.from('more'))).rejects.toMatchObject({ code: 'recording_unavailable' });
    await session.close(255);
    expect(await closedEvent(session)).toEqual([expect.objectContaining({ reason: 'recorder_failed' })]);
    const recording = await findRecording(db.database, session.id);
    expect(recording?.bytes).toBeLessThanOrEqual(RECORDING_BYTES);
    expect(await verifySession({ directory: rootOf(directory), sessionId: session.id })).toMatchObject({
      verdict: 'VERIFIED-UNWITNESSED',
    });
  });

  test('ends once, for its first reason, and is closed once', async () => {
    const session = await open();
    session.conclude('gate_refused');
    session.end('locked');
    session.end('expired');
    session.conclude('closed');
    expect(session.endReason).toBe('locked');
    await session.close(255);
    await session.close(0);
    await session.closed;
    expect(await closedEvent(session)).toEqual([expect.objectContaining({ reason: 'locked', exitStatus: 255 })]);
    expect(deps.registry.all()).toEqual([]);
  });

  test('whose access lasts longer than a timer can hold does not end before', async () => {
    const session = await frozen(open);
    jest.advanceTimersByTime(1);
    expect(session.signal.aborted).toBe(false);
    jest.advanceTimersByTime(100 * DAY_MS - 2);
    expect(session.signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(session.endReason).toBe('expired');
    jest.useRealTimers();
    await session.close(255);
  });

  test('whose access is extended lives on, and whose is cut short ends then', async () => {
    const session = await frozen(open);
    session.expireAt(new Date(START.getTime() + 1_000));
    session.expireAt(new Date(START.getTime() + 5_000));
    jest.advanceTimersByTime(4_999);
    expect(session.signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(session.endReason).toBe('expired');
    jest.useRealTimers();
    await session.close(255);
    session.expireAt(new Date(START.getTime() + 1)); // After the end it arms nothing.
  });

  test('ends within a second when nobody can say whether its access stands', async () => {
    const session = await open();
    const url = new Secret(`postgres://nobody@127.0.0.1:${await freePort()}/nothing`);
    await using database = new Database({ url, poolSize: 1, log });
    const before = performance.now();
    await recheckSessions({ ...deps, database });
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(session.endReason).toBe('undecided');
    await session.close(255);
  });

  test('goes on when it is checked and its access stands', async () => {
    const session = await open();
    await recheckSessions(deps);
    await recheckSessions(deps, session.authorization.person.id);
    expect(session.signal.aborted).toBe(false);
    await session.close(0);
    expect(await closedEvent(session)).toEqual([expect.objectContaining({ reason: 'closed' })]);
  });

  test.each([
    ['exec', ['exec', 'develop'], ['exec'], 'revoked'],
    ['files', ['upload', 'download'], ['upload'], 'revoked'],
    ['files', ['upload'], ['upload', 'shell'], 'closed'],
    ['exec', ['exec', 'download'], ['exec'], 'closed'],
  ] as const)('of kind %s let in with %j, left with %j, is %s', async (kind, before, after, reason) => {
    const grantOf = async (actions: readonly GrantAction[]): Promise<void> => {
      const grants = INVENTORY.grants.map((grant) => ({ ...grant, actions: [...actions] }));
      await applyInventory(deps, InventorySchema.parse({ ...INVENTORY, grants }));
    };
    await grantOf(before);
    const session = await openSession(deps, await granted(kind), { ...request, kind });
    await grantOf(after);
    await recheckSessions(deps);
    await session.close(0);
    expect(session.endReason).toBe(reason);
    await grantOf(['shell', 'exec']);
  });

  test('that no row can be written for leaves no session', async () => {
    const url = new Secret(`postgres://nobody@127.0.0.1:${await freePort()}/nothing`);
    await using database = new Database({ url, poolSize: 1, log });
    const before = deps.registry.all();
    const opening = openSession({ ...deps, database }, await granted(), request);
    await expect(opening).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(deps.registry.all()).toEqual(before);
  });
});
