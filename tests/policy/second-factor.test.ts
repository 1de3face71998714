/** Every way into a target, in every state of a second factor, against the table beside it. */
import { describe, expect, test } from '@jest/globals';
import {
  afterSignature,
  FACTOR_CHANNELS,
  isFactorShown,
  type KeyFactorRules,
  type ProvenCredential,
  SESSION_KINDS,
  sessionFactor,
  type SignInMethod,
} from '../../policy/index.ts';
import { expectNamedTest } from '../support/named-test.ts';
import {
  type Channel,
  CHANNELS,
  CONSOLE_STATES,
  CONSOLE_TABLE,
  HELD_BY,
  type Outcome,
  SSH_STATES,
  SSH_TABLE,
  type SshState,
  WITHOUT_FACTOR,
} from './factor-table.ts';

const KEY: ProvenCredential = { kind: 'key', verifyRequired: false, userVerified: null, remembered: false };
const NONE: KeyFactorRules = { secondFactor: 'none', userVerification: false };
const BROWSER: KeyFactorRules = { secondFactor: 'browser', userVerification: false };
const TOTP: KeyFactorRules = { secondFactor: 'totp', userVerification: false };

interface Walked {
  readonly proven: ProvenCredential;
  readonly rules: KeyFactorRules;
  /** What was shown when it was asked for; left out: nothing that counts. */
  readonly shown?: SignInMethod;
}

const WALKED: Readonly<Record<Exclude<SshState, 'browser alone'>, Walked>> = {
  'key, nothing beside it asked for': { proven: KEY, rules: NONE },
  'key, a factor asked for and none shown': { proven: KEY, rules: BROWSER },
  'key, approved in the browser': { proven: KEY, rules: BROWSER, shown: 'ssh_key_and_browser' },
  'key, an approval of this place remembered': { proven: { ...KEY, remembered: true }, rules: BROWSER },
  'key, its approval given by somebody else': { proven: KEY, rules: BROWSER },
  'key, a code of the app': { proven: KEY, rules: TOTP, shown: 'ssh_key_and_totp' },
  'key, a code that was used before': { proven: KEY, rules: TOTP },
  'key, a code of somebody else': { proven: KEY, rules: TOTP },
  'key, approved under another user name': { proven: KEY, rules: BROWSER },
  'security key that is one factor': { proven: { ...KEY, userVerified: true }, rules: NONE },
  'security key, verified, as two factors': {
    ...{ proven: { ...KEY, userVerified: true }, rules: { ...BROWSER, securityKeyIsTwoFactors: true } },
  },
  'security key, only touched, has to verify': {
    ...{ proven: { ...KEY, userVerified: false, verifyRequired: true }, rules: NONE },
  },
  'certificate of sekisho login': { proven: { ...KEY, kind: 'certificate' }, rules: BROWSER },
};

/** How the connection was signed in, as the gateway goes on with it; undefined: it was not. */
function signedIn(state: SshState): { readonly method: SignInMethod; readonly remembered: boolean } | undefined {
  if (state === 'browser alone') return { method: 'browser', remembered: false };
  const { proven, rules, shown } = WALKED[state];
  const after = afterSignature(proven, rules);
  if (after.step === 'accept') return { method: after.method, remembered: proven.remembered };
  return after.step === 'ask' && shown !== undefined ? { method: shown, remembered: false } : undefined;
}

function through(channel: Channel, state: SshState, always: boolean): Outcome {
  const by = signedIn(state);
  if (by === undefined) return 'no sign-in';
  const shown = isFactorShown(by.method, by.remembered);
  return sessionFactor(CHANNELS[channel], { always, shown, confirmed: false });
}

const overSsh = (Object.keys(CHANNELS) as Channel[]).filter((one) => /^(?:ssh|scp|sftp|rsync)/.test(one));

describe('over SSH', () => {
  test.each(SSH_STATES)('%s', (state) => {
    const row = SSH_TABLE[state];
    for (const channel of overSsh) {
      const always = CHANNELS[channel] === 'forward' ? row.forward : row.always;
      expect([channel, through(channel, state, false)]).toEqual([channel, row.ordinary]);
      expect([channel, through(channel, state, true)]).toEqual([channel, always]);
    }
  });

  test('what its person confirmed for this target begins, and nothing a key was enrolled with undoes a touch alone', () => {
    for (const channel of FACTOR_CHANNELS) {
      expect(sessionFactor(channel, { always: true, shown: false, confirmed: true })).toBe('begins');
    }
    const touched = { ...KEY, userVerified: false };
    const asTwo = { ...BROWSER, securityKeyIsTwoFactors: true };
    expect(afterSignature(touched, asTwo)).toEqual({ step: 'ask' });
    expect(afterSignature(touched, { ...NONE, userVerification: true })).toMatchObject({ step: 'refuse' });
    expect(afterSignature(touched, NONE)).toEqual({ step: 'accept', method: 'ssh_key' });
  });
});

describe('from the console', () => {
  test.each(CONSOLE_STATES)('%s', (state) => {
    const row = CONSOLE_TABLE[state];
    const shown = row.act === 'done';
    for (const [channel, outcome] of [
      ['terminal in the browser', row.terminal],
      ['site', row.site],
    ] as const) {
      expect(sessionFactor(CHANNELS[channel], { always: true, shown, confirmed: false })).toBe(outcome);
      expect(sessionFactor(CHANNELS[channel], { always: false, shown, confirmed: false })).toBe('begins');
    }
  });
});

describe('the table', () => {
  test('has a row for every way into a target', () => {
    const known = new Set<string>(Object.values(CHANNELS));
    expect([...FACTOR_CHANNELS].filter((one) => !known.has(one))).toEqual([]);
    expect(SESSION_KINDS.filter((one) => !known.has(one))).toEqual([]);
  });

  test.each(Object.entries({ ...HELD_BY, ...WITHOUT_FACTOR }))('%s is shown by a test there is', (_, [file, name]) =>
    expectNamedTest(file, name),
  );
});
