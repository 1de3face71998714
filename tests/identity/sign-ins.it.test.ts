import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../foundation/index.ts';
import {
  enrolSshKey,
  findSignIn,
  lockPerson,
  requestSignIn,
  SIGN_INS_CHANGED,
  waitForSignIn,
} from '../../identity/index.ts';
import { ed25519, line } from './keys.ts';
import { decideShown, codeOf, house } from './people.ts';

const asked = { loginName: 'crm-db', sourceAddress: '192.0.2.1', seconds: 180 };
const never = new AbortController().signal;

describe('requesting a sign-in', () => {
  test.each(['a\u001b[2J', 'a\u0000', 'a'.repeat(256), '青木'])('refuses the login name %j', async (loginName) => {
    await using h = await house();
    expect(await codeOf(requestSignIn(h, { ...asked, loginName }))).toBe('protocol_violation');
    expect(await h.events('ssh.sign_in_requested')).toEqual([]);
  });

  test('gives a code without letters that look alike, and an event that does not tell it', async () => {
    await using h = await house();
    const requests = await Promise.all(Array.from({ length: 40 }, () => requestSignIn(h, asked)));
    const codes = requests.map(({ code }) => code);
    expect(new Set(codes).size).toBe(40);
    for (const code of codes) expect(code).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
    const events = JSON.stringify(await h.events('ssh.sign_in_requested'));
    for (const code of codes) expect(events).not.toContain(code);
    expect(events).toContain(requests[0]?.id);
  });

  test('is found by its code as people type it, and is expired when its time is over', async () => {
    await using h = await house();
    const { code, ...rest } = await requestSignIn(h, asked);
    expect(await findSignIn(h, ` ${code.toLowerCase()} `)).toEqual({ code, ...rest });
    for (const wrong of ['', 'AAAA-AAAA', code.replace('-', ''), `${code}A`, '\u0000']) {
      expect(await findSignIn(h, wrong)).toBeUndefined();
    }
    h.clock.advance(180_000);
    expect((await findSignIn(h, code))?.state).toBe('expired');
  });
});

describe('deciding a sign-in is refused', () => {
  test.each(['owner', 'auditor', 'security_officer', 'administrator'] as const)(
    'to approve for a person who is only %s; to deny is not',
    async (role) => {
      await using h = await house();
      const { code } = await requestSignIn(h, asked);
      const other = await h.signIn('other', role);
      expect(await codeOf(decideShown(h, other, { code, decision: 'approved' }))).toBe('not_permitted');
      expect((await findSignIn(h, code))?.state).toBe('pending');
      await decideShown(h, other, { code, decision: 'denied' });
      expect((await findSignIn(h, code))?.state).toBe('denied');
    },
  );

  test('to a locked person, for an unknown code, after its time, and a second time', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const chen = await h.signIn('chen', 'maintainer');
    const officer = await h.signIn('kimura', 'security_officer');
    await lockPerson(h, officer, { personId: chen.person.id, reason: 'inquiry' });
    const { code } = await requestSignIn(h, asked);
    const late = await requestSignIn(h, { ...asked, seconds: 60 });
    const approve = (who: typeof aoki, which: string) =>
      codeOf(decideShown(h, who, { code: which, decision: 'approved' }));
    expect(await approve(chen, code)).toBe('person_locked');
    expect(await approve(aoki, 'AAAA-AAAA')).toBe('not_found');
    h.clock.advance(60_000);
    expect(await approve(aoki, late.code)).toBe('transition_forbidden');
    expect(await approve(aoki, code)).toBe('accepted');
    expect(await approve(aoki, code)).toBe('transition_forbidden');
    expect(await codeOf(decideShown(h, aoki, { code, decision: 'denied' }))).toBe('transition_forbidden');
  });

  test('to anybody but the holder of the key that signed already, with an event; its holder approves', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const chen = await h.signIn('chen', 'maintainer');
    const { fingerprint } = await enrolSshKey(h, aoki, { publicKey: line(ed25519()), label: '' });
    const factor = { holder: aoki.person.id, fingerprint };
    const { id, code } = await requestSignIn(h, { ...asked, factor });
    expect(await codeOf(decideShown(h, chen, { code, decision: 'approved' }))).toBe('not_permitted');
    expect(await h.events('ssh.sign_in_decision_refused')).toEqual([
      {
        type: 'ssh.sign_in_decision_refused',
        actor: chen.person.id,
        body: { signIn: id, holder: aoki.person.id, decision: 'approved' },
      },
    ]);
    expect(await findSignIn(h, code)).toMatchObject({ state: 'pending', factor });
    await decideShown(h, aoki, { code, decision: 'approved' });
    const person = await waitForSignIn({ ...h, signInDecided: new EventTarget() }, id, never);
    expect(person?.id).toBe(aoki.person.id);
  });

  test('to the gateway itself: the database lets nobody else approve, and nothing asked be changed', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const chen = await h.signIn('chen', 'maintainer');
    const { fingerprint } = await enrolSshKey(h, aoki, { publicKey: line(ed25519()), label: '' });
    const { id } = await requestSignIn(h, { ...asked, factor: { holder: aoki.person.id, fingerprint } });
    const forged = h.database.pool.query(
      "UPDATE ssh_sign_ins SET state = 'approved', person_id = $1, decided_at = now() WHERE id = $2",
      [chen.person.id, id],
    );
    await expect(forged).rejects.toThrow(/ssh_sign_ins_own_approval/);
    const moved = h.database.pool.query('UPDATE ssh_sign_ins SET for_person_id = $1 WHERE id = $2', [
      chen.person.id,
      id,
    ]);
    await expect(moved).rejects.toThrow(/permission denied/);
  });

  test('to all but the first of those who decide at once', async () => {
    await using h = await house();
    const people = await Promise.all(['aoki', 'chen', 'sato'].map((name) => h.signIn(name, 'maintainer')));
    const { code, id } = await requestSignIn(h, asked);
    const outcomes = await Promise.all(
      people.map((person, at) => codeOf(decideShown(h, person, { code, decision: at === 2 ? 'denied' : 'approved' }))),
    );
    expect(outcomes.toSorted()).toEqual(['accepted', 'transition_forbidden', 'transition_forbidden']);
    const winner = people[outcomes.indexOf('accepted')];
    const decided = await h.events('ssh.sign_in_decided');
    expect(decided).toMatchObject([{ actor: winner?.person.id, body: { signIn: id } }]);
    const waited = await waitForSignIn({ ...h, signInDecided: new EventTarget() }, id, never);
    expect(waited?.id).toBe(outcomes[2] === 'accepted' ? undefined : winner?.person.id);
  });
});

describe('waiting for a sign-in', () => {
  test('ends with nobody when it is denied, unknown, or approved by a person locked or demoted since', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const officer = await h.signIn('kimura', 'security_officer');
    const decided = async (decision: 'approved' | 'denied') => {
      const { code, id } = await requestSignIn(h, asked);
      await decideShown(h, aoki, { code, decision });
      return id;
    };
    const wait = (id: string) => waitForSignIn({ ...h, signInDecided: new EventTarget() }, id, never);
    expect(await wait(await decided('denied'))).toBeUndefined();
    expect(await wait('01970000-0000-7000-8000-000000000000')).toBeUndefined();
    const beforeLock = await decided('approved');
    const beforeDemotion = await decided('approved');
    expect((await wait(beforeLock))?.id).toBe(aoki.person.id);
    await lockPerson(h, officer, { personId: aoki.person.id, reason: 'lost device' });
    expect(await wait(beforeLock)).toBeUndefined();
    await h.owner.pool.query('UPDATE locks SET lifted_at = now(), lifted_by = locked_by');
    await h.signIn('aoki', 'owner');
    expect(await wait(beforeDemotion)).toBeUndefined();
  });

  test('ends with nobody when its time is over, and the code is dead', async () => {
    await using h = await house();
    const deps = { database: h.database, clock: systemClock, signInDecided: new EventTarget() };
    const aoki = await h.signIn('aoki', 'maintainer');
    const { id, code } = await requestSignIn(deps, { ...asked, seconds: 0.2 });
    expect(await waitForSignIn(deps, id, never)).toBeUndefined();
    expect((await findSignIn(h, code))?.state).toBe('expired');
    expect(await codeOf(decideShown(deps, aoki, { code, decision: 'approved' }))).toBe('transition_forbidden');
  });

  test.each(['before', 'while'])(
    'ends with nobody when the connection goes %s it waits, and the code is dead',
    async (when) => {
      await using h = await house();
      const aoki = await h.signIn('aoki', 'maintainer');
      const { id, code } = await requestSignIn(h, asked);
      const gone = new AbortController();
      if (when === 'before') gone.abort();
      const waiting = waitForSignIn({ ...h, signInDecided: new EventTarget() }, id, gone.signal);
      gone.abort();
      expect(await waiting).toBeUndefined();
      expect((await findSignIn(h, code))?.state).toBe('expired');
      expect(await codeOf(decideShown(h, aoki, { code, decision: 'approved' }))).toBe('transition_forbidden');
    },
  );

  test('does not believe an event: the database says', async () => {
    await using h = await house();
    const signInDecided = new EventTarget();
    const { id } = await requestSignIn(h, asked);
    const gone = new AbortController();
    const waiting = waitForSignIn({ ...h, signInDecided }, id, gone.signal);
    let ended = false;
    void waiting.finally(() => {
      ended = true;
    });
    for (let round = 0; round < 3; round += 1) {
      signInDecided.dispatchEvent(new Event(id));
      await findSignIn(h, 'AAAA-AAAA'); // A round trip to the database: as long as the wait would need to end.
    }
    expect(ended).toBe(false);
    gone.abort();
    expect(await waiting).toBeUndefined();
  });

  test.each([
    ['its own event', (id: string) => id],
    ['the event that says to read again', () => SIGN_INS_CHANGED],
  ])('ends with the person who approved, woken by %s', async (_name, typeOf) => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const signInDecided = new EventTarget();
    const { id, code } = await requestSignIn(h, asked);
    const waiting = waitForSignIn({ ...h, signInDecided }, id, never);
    await decideShown(h, aoki, { code, decision: 'approved' });
    signInDecided.dispatchEvent(new Event(typeOf(id)));
    expect(await waiting).toEqual(aoki.person);
  });

  test('is told of the decision through the database, by the id of the request', async () => {
    await using h = await house();
    const aoki = await h.signIn('aoki', 'maintainer');
    const signInDecided = new EventTarget();
    await h.database.listen(
      'sekisho_sign_in_decided',
      (id) => signInDecided.dispatchEvent(new Event(id)),
      () => undefined,
    );
    const { id, code } = await requestSignIn(h, asked);
    const waiting = waitForSignIn({ ...h, signInDecided }, id, never);
    await decideShown(h, aoki, { code, decision: 'approved' });
    expect((await waiting)?.id).toBe(aoki.person.id);
  });
});
