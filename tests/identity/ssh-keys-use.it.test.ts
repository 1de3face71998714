/** The one statement that notes the use of a key: everything that was found a moment ago is found again, or nothing is noted. */
import { describe, expect, test } from '@jest/globals';
import { newUuid } from '../../foundation/index.ts';
import {
  enrolSshKey,
  findKey,
  type KeyUseRefusal,
  listSshKeys,
  noteCounter,
  noteKeyUse,
  requestSignIn,
  revokeSshKey,
  type SecurityKeyUse,
} from '../../identity/index.ts';
import type { Principal } from '../../policy/index.ts';
import { ed25519, line, securityKey } from './keys.ts';
import { decideShown, type House, house } from './people.ts';

const HERE = '192.0.2.1';
const MINUTE = 60_000;

interface Use {
  readonly securityKey?: SecurityKeyUse;
  readonly approval?: { id: string; since: Date | null };
}

/** A house with aoki and one key of theirs. */
async function withKey(key: Parameters<typeof line>[0] = ed25519()) {
  const h = await house();
  const aoki = await h.signIn('aoki', 'maintainer');
  const { fingerprint } = await enrolSshKey(h, aoki, { publicKey: line(key), label: '' });
  const use = ({ securityKey: said, approval }: Use = {}): Promise<KeyUseRefusal | undefined> =>
    noteKeyUse(h, {
      ...{ fingerprint, personId: aoki.person.id, securityKey: said ?? null, approval: approval ?? null },
      event: {
        type: 'ssh.signed_in',
        actor: aoki.person.id,
        body: {
          ...{ connection: newUuid(h.clock.now()), method: 'ssh_key', fingerprint, sourceAddress: HERE, signIn: null },
          securityKey: said ?? null,
        },
      },
    });
  const used = async () => (await listSshKeys(h.database, aoki.person.id))[0]?.lastUsedAt ?? null;
  return { h, aoki, key, fingerprint, use, used };
}

async function approve(h: House, who: Principal, fingerprint: string, sourceAddress = HERE): Promise<string> {
  const factor = { holder: who.person.id, fingerprint };
  const { id, code } = await requestSignIn(h, { loginName: 'crm-db', sourceAddress, seconds: 180, factor });
  await decideShown(h, who, { code, decision: 'approved' });
  return id;
}

describe('the use of a key is not noted, nor told of,', () => {
  test('when it was revoked or expired a moment ago, or is of somebody else', async () => {
    const expired = await withKey();
    await using _expired = expired.h;
    expired.h.clock.advance(180 * 24 * 60 * MINUTE);
    expect(await expired.use()).toBe('expired_key');
    expect(await expired.h.events('ssh.signed_in')).toEqual([]);
    const { h, aoki, fingerprint, use, used } = await withKey();
    await using _h = h;
    await revokeSshKey(h, aoki, fingerprint);
    expect(await use()).toBe('revoked_key');
    const chen = await h.signIn('chen', 'maintainer');
    const event = { type: 'ssh_key.revoked', actor: null, body: { fingerprint } } as const;
    const asChen = { fingerprint, personId: chen.person.id, securityKey: null, approval: null, event };
    expect(await noteKeyUse(h, asChen)).toBe('revoked_key');
    expect(await h.events('ssh.signed_in')).toEqual([]);
    expect(await used()).toBeNull();
  });

  test('when the counter of a security key stands still or goes back: a second one has the same key', async () => {
    const { h, use, fingerprint } = await withKey(securityKey('ed25519'));
    await using _h = h;
    expect(await use({ securityKey: { flags: 1, counter: 7 } })).toBeUndefined();
    expect(await use({ securityKey: { flags: 1, counter: 7 } })).toBe('counter_went_back');
    expect(await use({ securityKey: { flags: 1, counter: 6 } })).toBe('counter_went_back');
    expect(await use({ securityKey: { flags: 1, counter: 0 } })).toBe('counter_went_back');
    expect(await noteCounter(h, fingerprint, { flags: 1, counter: 7 })).toBe(false);
    expect(await noteCounter(h, fingerprint, { flags: 1, counter: 8 })).toBe(true);
    expect(await use({ securityKey: { flags: 5, counter: 8 } })).toBe('counter_went_back');
    expect(await use({ securityKey: { flags: 5, counter: 0xffffffff } })).toBeUndefined();
    expect((await h.events('ssh.signed_in')).map(({ body }) => (body as { securityKey: unknown }).securityKey)).toEqual(
      [
        { flags: 1, counter: 7 },
        { flags: 5, counter: 0xffffffff },
      ],
    );
  });

  test('twice for one counter, when both come at once', async () => {
    const { h, use } = await withKey(securityKey('ecdsa'));
    await using _h = h;
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => use({ securityKey: { flags: 1, counter: 3 } })));
    expect(outcomes.filter((outcome) => outcome === undefined)).toHaveLength(1);
    expect(await h.events('ssh.signed_in')).toHaveLength(1);
  });

  test('when the approval beside it is too old, of another key, or taken back by a later denial', async () => {
    const { h, aoki, fingerprint, use } = await withKey();
    await using _h = h;
    const other = await enrolSshKey(h, aoki, { publicKey: line(ed25519()), label: '' });
    const foreign = await approve(h, aoki, other.fingerprint);
    expect(await use({ approval: { id: foreign, since: null } })).toBe('approval_gone');
    const id = await approve(h, aoki, fingerprint);
    h.clock.advance(5 * MINUTE);
    const since = (minutes: number) => new Date(h.clock.now().getTime() - minutes * MINUTE);
    expect(await use({ approval: { id, since: since(5) } })).toBe('approval_gone');
    expect(await use({ approval: { id, since: since(6) } })).toBeUndefined();
    const asked = { loginName: 'crm-db', sourceAddress: HERE, seconds: 180 };
    const { code } = await requestSignIn(h, { ...asked, factor: { holder: aoki.person.id, fingerprint } });
    await decideShown(h, await h.signIn('chen', 'maintainer'), { code, decision: 'denied' });
    expect(await use({ approval: { id, since: since(6) } })).toBe('approval_gone');
  });
});

describe('a key', () => {
  test('whose authenticator does not count is used again and again', async () => {
    const { h, use } = await withKey(securityKey('ed25519'));
    await using _h = h;
    for (let round = 0; round < 3; round += 1) {
      expect(await use({ securityKey: { flags: 1, counter: 0 } })).toBeUndefined();
    }
    expect(await h.events('ssh.signed_in')).toHaveLength(3);
  });

  test('shows when it was used, to the minute, and each use has its event', async () => {
    const { h, use, used } = await withKey();
    await using _h = h;
    const first = h.clock.now();
    expect(await use()).toBeUndefined();
    h.clock.advance(MINUTE - 1);
    expect(await use()).toBeUndefined();
    expect(await used()).toEqual(first);
    h.clock.advance(1);
    expect(await use()).toBeUndefined();
    expect(await used()).toEqual(h.clock.now());
    expect(await h.events('ssh.signed_in')).toHaveLength(3);
  });

  test('finds the approval that still counts: of its holder, for itself, from the same address, and not denied since', async () => {
    const { h, aoki, key, fingerprint } = await withKey();
    await using _h = h;
    const found = async (sourceAddress = HERE, minutes = 10) => {
      const approvedSince = new Date(h.clock.now().getTime() - minutes * MINUTE);
      return (await findKey(h, key.blob, { sourceAddress, approvedSince }))?.approval;
    };
    expect(await found()).toBeNull();
    await approve(h, aoki, fingerprint, '192.0.2.2');
    expect(await found()).toBeNull();
    const id = await approve(h, aoki, fingerprint);
    expect(await found()).toBe(id);
    expect(await found('192.0.2.3')).toBeNull();
    expect((await findKey(h, key.blob, { sourceAddress: HERE, approvedSince: null }))?.approval).toBeNull();
    h.clock.advance(10 * MINUTE);
    expect(await found()).toBeNull();
    expect(await found(HERE, 11)).toBe(id);
  });
});
