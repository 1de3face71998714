/** Commands to live sessions through the real database, with two processes' worth of listeners, and the real recorder. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Cleanup, createLog, LIMITS, newUuid, one, sql, systemClock } from '../../foundation/index.ts';
import {
  applyControl,
  CONTROL_CHANNEL,
  controlSession,
  keepActivity,
  rereadControls,
  SessionRegistry,
} from '../../gateway/index.ts';
import { admit } from '../../gateway/admission.ts';
import type { LiveSession } from '../../gateway/session-registry.ts';
import { type GatewaySession, openSession, type SessionDeps, type SessionRequest } from '../../gateway/session.ts';
import {
  applyInventory,
  type InventoryInput,
  InventorySchema,
  loadAuthorizationFacts,
  lockPerson,
  provisionPerson,
  unlockPerson,
} from '../../identity/index.ts';
import {
  authorizeTarget,
  type ConnectionId,
  type ControlVerb,
  type PersonId,
  type Principal,
  type Role,
  type SessionId,
} from '../../policy/index.ts';
import { listAuditEvents } from '../../recorder/index.ts';
import { framesOf, start } from '../recorder/support/recordings.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { tempDirectory } from '../support/temp-directory.ts';
import { waitFor } from '../support/wait-for.ts';

const START = systemClock.now();
const issuer = 'https://login.example.com';
const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
const INVENTORY: InventoryInput = {
  issuer,
  people: [
    { subject: 'aoki', name: '青木 真', roles: ['maintainer'], locale: 'ja' },
    { subject: 'tanaka', name: '田中 緑', roles: ['owner', 'maintainer'] },
    { subject: 'mori', name: '森 葵', roles: ['owner'] },
    { subject: 'suzuki', name: '鈴木 渉', roles: ['auditor'] },
    { subject: 'kimura', name: '木村 遥', roles: ['security_officer'] },
    { subject: 'yamada', name: '山田 涼', roles: ['administrator'] },
  ],
  systems: [
    { name: 'crm', titleEn: 'CRM', titleJa: '顧客管理', owners: ['tanaka'], assets: [] },
    { name: 'billing', titleEn: 'Billing', titleJa: '請求', owners: ['mori'], assets: [] },
  ],
  targets: [{ name: 'crm-db', system: 'crm', host: '127.0.0.1', port: 22, mode: 'recorded', hostKey: HOST_KEY }],
  accounts: ['aoki', 'tanaka'].map((person) => ({ target: 'crm-db', person, account: person })),
  grants: ['aoki', 'tanaka'].map((person) => ({
    ...{ target: 'crm-db', person, actions: ['shell' as const, 'exec' as const] },
    expiresAt: new Date(START.getTime() + 86_400_000),
  })),
};
const ROLES: Record<string, Role[]> = Object.fromEntries(
  INVENTORY.people.map(({ subject, roles }) => [subject, roles]),
);

describe('a live session', () => {
  const cleanup = new Cleanup();
  const log = createLog('silent');
  let db: FreshDatabase;
  let deps: SessionDeps;
  let directory: string;
  const people = new Map<string, Principal>();
  const who = (name: string): Principal => people.get(name)!;

  beforeAll(async () => {
    db = cleanup.use(await freshDatabase({ poolSize: 8 }));
    directory = cleanup.use(await tempDirectory()).path;
    const recorder = cleanup.use(await start(directory));
    const { database } = db;
    deps = { database, clock: systemClock, log, recorder, registry: new SessionRegistry(), gatewayId: newUuid(START) };
    await applyInventory(deps, InventorySchema.parse(INVENTORY));
    for (const [subject, roles] of Object.entries(ROLES)) {
      const name = INVENTORY.people.find((one) => one.subject === subject)!.name;
      const person = await provisionPerson(deps, {
        issuer,
        subject,
        name,
        email: null,
        employer: '',
        locale: 'ja',
        roles,
      });
      people.set(subject, { person, signedInBy: 'oidc' });
    }
    // As two processes of one database would: the session is one's, and both are told.
    const elsewhere = { database, log, registry: new SessionRegistry() };
    for (const { registry } of [elsewhere, deps]) {
      await database.listen(
        CONTROL_CHANNEL,
        (payload) => applyControl({ database, log, registry }, payload),
        () => undefined,
      );
    }
  });
  afterAll(() => cleanup[Symbol.asyncDispose]());

  const request = (hasTerminal: boolean): SessionRequest => ({
    connectionId: newUuid(START) as ConnectionId,
    ...{ kind: 'exec', command: 'true', sourceAddress: '127.0.0.1', signedInBy: 'browser', keyBlob: null },
    terminal: hasTerminal ? { term: 'xterm', columns: 80, rows: 24 } : undefined,
  });
  const open = async (name = 'aoki'): Promise<{ session: GatewaySession; said: string[] }> => {
    const { person } = who(name);
    const facts = await loadAuthorizationFacts(deps, { person, loginName: 'crm-db', action: 'exec' });
    const decision = authorizeTarget(facts);
    if (!decision.allowed) throw new Error(decision.reason);
    const session = await openSession(deps, { authorization: decision.authorization, assets: [] }, request(true));
    const said: string[] = [];
    session.attendance.speakBy((text) => {
      said.push(text);
      return Promise.resolve();
    });
    return { session, said };
  };
  const control = (
    name: string,
    { id }: { id: SessionId },
    verb: ControlVerb,
    text = verb === 'resume' ? '' : 'check',
  ) => controlSession(deps, who(name), { sessionId: id, verb, text });
  const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'accepted',
      (thrown: unknown): unknown => Reflect.get(Object(thrown), 'code'),
    );
  const eventsOf = async ({ id }: GatewaySession) =>
    (await listAuditEvents(db.database, { sessionId: id, limit: 50 })).map(({ type, actor, body }) => ({
      type,
      actor,
      body,
    }));

  test('is out of reach for who has nothing to do with it, and to end alone for an administrator', async () => {
    const { session } = await open();
    for (const name of ['mori', 'suzuki']) {
      for (const verb of ['end', 'pause', 'resume', 'message'] as const) {
        expect([name, verb, await codeOf(control(name, session, verb))]).toEqual([name, verb, 'not_found']);
      }
    }
    for (const [name, verb] of [
      ...(['pause', 'resume', 'message'] as const).map((one) => ['yamada', one] as const),
      ...(['pause', 'resume', 'message'] as const).map((one) => ['aoki', one] as const),
    ]) {
      expect([name, verb, await codeOf(control(name, session, verb))]).toEqual([name, verb, 'not_permitted']);
    }
    expect(await codeOf(control('kimura', { id: newUuid(START) as SessionId }, 'end'))).toBe('not_found');
    expect(session.signal.aborted).toBe(false);
    expect((await eventsOf(session)).map(({ type }) => type)).toEqual(['session.opened']);
    await session.close(0);
  });

  test('is controlled by nobody who is locked', async () => {
    const { session } = await open();
    await lockPerson(deps, who('kimura'), { personId: who('tanaka').person.id, reason: 'inquiry' });
    expect(await codeOf(control('tanaka', session, 'end'))).toBe('person_locked');
    await unlockPerson(deps, who('kimura'), who('tanaka').person.id);
    await session.close(0);
  });

  test('takes no text that is empty, too long, or would act on the terminal', async () => {
    const { session } = await open();
    const texts = ['', ' ', 'x'.repeat(501), 'a\nb', '\u001b[2J', '\u202eabc', 'a\u0000', '\u2028'];
    for (const text of texts) {
      for (const verb of ['end', 'pause', 'message'] as const) {
        expect([text, await codeOf(control('tanaka', session, verb, text))]).toEqual([text, 'request_invalid']);
      }
    }
    expect(await codeOf(control('tanaka', session, 'resume', 'text'))).toBe('request_invalid');
    await session.close(0);
  });

  test('is paused once, resumed once, and neither when it has ended', async () => {
    const { session } = await open();
    expect(await codeOf(control('tanaka', session, 'resume'))).toBe('session_not_live');
    const pauses = await Promise.all([1, 2, 3].map(() => codeOf(control('tanaka', session, 'pause'))));
    expect(pauses.sort()).toEqual(['accepted', 'session_not_live', 'session_not_live']);
    expect(await codeOf(control('kimura', session, 'resume'))).toBe('accepted');
    await session.close(0);
    for (const verb of ['end', 'pause', 'resume', 'message'] as const) {
      expect([verb, await codeOf(control('tanaka', session, verb))]).toEqual([verb, 'session_not_live']);
    }
  });

  test('moves nothing while it is paused, in neither direction, and goes on where it stood', async () => {
    const { session, said } = await open();
    await session.record('o', Buffer.from('before '));
    await control('tanaka', session, 'pause', '確認します');
    await waitFor('the pause', () => session.attendance.paused);
    let moved = 0;
    const waiting = (['i', 'o', 'e'] as const).map(async (direction) => {
      await session.record(direction, Buffer.from(`${direction} `));
      moved += 1;
    });
    await control('tanaka', session, 'message', '続きは10分後です');
    await waitFor('the message', () => said.length === 2);
    expect(moved).toBe(0);
    expect(said).toEqual([
      'sekisho: この作業セッションは一時停止中です: 確認します。再開されるまで何も送受信されません。入力した内容は保留されます。 [session_paused]',
      'sekisho: システムの管理側からの連絡: 続きは10分後です [session_message]',
    ]);
    await control('kimura', session, 'resume');
    await Promise.all(waiting);
    expect([moved, said.at(-1)]).toEqual([3, 'sekisho: 作業セッションを再開しました。 [session_resumed]']);
    await session.close(0);
    const frames: string[] = [];
    for (const { type, payload } of await framesOf(directory, session.id)) {
      if (type !== 'h') frames.push(`${type} ${payload.toString()}`);
    }
    expect(frames.slice(0, 3)).toEqual(['o before ', 'm sekisho: paused: 確認します', 'm sekisho: resumed']);
    expect(frames.slice(3, 6).sort()).toEqual(['e e ', 'i i ', 'o o ']);
    expect(await eventsOf(session)).toEqual(
      expect.arrayContaining([
        { type: 'session.paused', actor: who('tanaka').person.id, body: { reason: '確認します' } },
        { type: 'session.messaged', actor: who('tanaka').person.id, body: { text: '続きは10分後です' } },
        { type: 'session.resumed', actor: who('kimura').person.id, body: {} },
      ]),
    );
  });

  test.each([
    ['an owner', 'tanaka', 'aoki'],
    ['a security officer', 'kimura', 'aoki'],
    ['an administrator', 'yamada', 'aoki'],
    ['the person themselves', 'aoki', 'aoki'],
  ])('is ended within a second by %s, with the reason', async (_what, by, of) => {
    const { session } = await open(of);
    const before = performance.now();
    await control(by, session, 'end', 'maintenance');
    await waitFor('the end', () => session.signal.aborted);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect([session.endReason, session.endDetail]).toEqual(['ended', 'maintenance']);
    expect(await codeOf(control(by, session, 'end'))).toBe('session_not_live');
    await session.close(255);
    const types = (await eventsOf(session)).map(({ type }) => type).sort();
    expect(types).toEqual(['session.closed', 'session.end_asked', 'session.opened']);
  });

  test('that is ended or locked out while it is paused ends, and what waited is neither recorded nor sent', async () => {
    const { session } = await open();
    session.attendance.pause('check');
    const waiting = session.record('i', Buffer.from('rm -rf /'));
    session.end('locked');
    await expect(waiting).rejects.toThrow('ended while it was paused');
    await session.close(255);
    for (const { type } of await framesOf(directory, session.id)) expect(type).not.toBe('i');
  });

  test('that missed what was asked of it reads it when the listening connection is back', async () => {
    const [first, second, third] = [await open(), await open(), await open()];
    const deaf = { database: db.database, registry: new SessionRegistry() };
    for (const { session } of [first, second, third]) {
      deps.registry.remove(session.id); // From here on its process hears nothing.
      deaf.registry.add(session);
    }
    third.session.attendance.pause('stale');
    await control('tanaka', first.session, 'end', 'gone');
    await control('tanaka', second.session, 'pause', 'wait');
    await rereadControls(deaf);
    expect([first.session.endReason, first.session.endDetail]).toEqual(['ended', 'gone']);
    expect(second.session.attendance.paused).toBe(true);
    expect(third.session.attendance.paused).toBe(false);
    for (const { session } of [first, second, third]) await session.close(255);
  });

  test('is not reached by a notification that cannot be read', async () => {
    const { session } = await open();
    for (const payload of ['', '{}', 'null', `{"session":"${session.id}","verb":"kill","text":""}`, '[1]']) {
      applyControl(deps, payload);
    }
    expect([session.signal.aborted, session.attendance.paused]).toEqual([false, false]);
    await session.close(0);
  });

  test('is neither resumed nor written to by a notification that no command made', async () => {
    const { session, said } = await open();
    await control('tanaka', session, 'pause', 'look');
    await waitFor('the pause', () => session.attendance.paused);
    const before = said.length;
    const forged = [
      { session: session.id, verb: 'message', text: 'x\u001b]52;c;aGk=\u0007' },
      { session: session.id, verb: 'resume', text: '' },
      { session: session.id, verb: 'message', text: 'last' },
    ];
    for (const one of forged) {
      await db.database.pool.query("SELECT pg_notify('sekisho_session_control', $1)", [JSON.stringify(one)]);
    }
    await waitFor('the last', () => said.length > before);
    await rereadControls(deps); // Behind the reading that the forged one caused.
    expect([said.length - before, session.attendance.paused]).toEqual([1, true]);
    await session.close(0);
  });

  test('leaves in the database when its person last typed', async () => {
    const { session } = await open();
    await session.record('i', Buffer.from('x'));
    using _noting = keepActivity({ ...deps, everyMs: 1 });
    const last = await waitFor('the moment', async () => {
      const row = z.strictObject({ at: z.date().nullable() });
      return (await one(db.database, sql(row)`SELECT last_input_at AS at FROM sessions WHERE id = ${session.id}`)).at;
    });
    expect(last.getTime()).toBe(session.attendance.lastInput);
    await session.close(0);
  });
});

describe('one session more', () => {
  test('is refused at admission with its event, and counts no session that was left behind long ago', async () => {
    await using fresh = await freshDatabase();
    await using temporary = await tempDirectory();
    const log = createLog('silent');
    await using recorder = await start(temporary.path);
    const registry = new SessionRegistry();
    const deps = { database: fresh.database, clock: systemClock, log, recorder, registry, gatewayId: newUuid(START) };
    await applyInventory(deps, InventorySchema.parse(INVENTORY));
    const person = await provisionPerson(deps, {
      ...{ issuer, subject: 'aoki', name: '青木 真', email: null, employer: '', locale: 'ja', roles: ['maintainer'] },
    });
    const other = await provisionPerson(deps, {
      ...{ issuer, subject: 'tanaka', name: '田中 緑', email: null, employer: '', locale: 'ja', roles: ['owner'] },
    });
    const fill = (whose: PersonId, sessions: number, hours: number) =>
      fresh.owner.pool.query(
        `INSERT INTO sessions (id, connection_id, gateway_id, person_id, target_id, account, kind, source_address,
           signed_in_by, opened_at)
         SELECT gen_random_uuid(), gen_random_uuid(), $2, $1, (SELECT id FROM targets), 'aoki', 'exec', '::1', 'browser',
           now() - make_interval(hours => $4) FROM generate_series(1, $3)`,
        [whose, deps.gatewayId, sessions, hours],
      );
    const newestReason = async () => {
      const [event] = await listAuditEvents(fresh.database, { types: ['access.refused'], limit: 1 });
      return event?.body['reason'];
    };
    const enter = () =>
      admit(deps, person, 'crm-db', {
        connectionId: newUuid(START) as ConnectionId,
        ...{ kind: 'exec', command: 'true', sourceAddress: '127.0.0.1', signedInBy: 'browser', keyBlob: null },
        terminal: undefined,
      });
    await fill(person.id, LIMITS.sessionsPerPersonMax, 13);
    const admitted = await enter();
    expect(admitted.admitted).toBe(true);
    if (admitted.admitted) await admitted.session.close(0);
    await fill(other.id, LIMITS.sessionsPerTargetMax, 0);
    expect(await enter()).toEqual({ admitted: false, reason: 'too_many_on_target' });
    expect(await newestReason()).toBe('too_many_on_target');
    await fill(person.id, LIMITS.sessionsPerPersonMax, 0);
    expect(await enter()).toEqual({ admitted: false, reason: 'too_many_of_person' });
    for (let n = 0; n < LIMITS.sessionsPerProcessMax; n += 1) registry.add({ id: String(n) } as unknown as LiveSession);
    expect(await enter()).toEqual({ admitted: false, reason: 'too_many_here' });
    expect(await newestReason()).toBe('too_many_here');
  });
});
