/**
 * What a second factor opens, written by hand: by every way in, in every state a factor can be in. `begins`: the session
 * begins; `asks`: its person is asked first; `refused`: nobody can be asked there, so it does not begin; `no sign-in`: it
 * never comes to a session.
 */
import type { FactorChannel } from '../../policy/index.ts';

export type Outcome = 'begins' | 'asks' | 'refused' | 'no sign-in';

/** As people know them, and as what the gateway decides about. `-J` is a connection inside of one: it opens the same. */
export const CHANNELS = {
  'ssh shell': 'shell',
  'ssh command': 'exec',
  scp: 'files',
  sftp: 'files',
  rsync: 'exec',
  'ssh -J, shell': 'shell',
  'ssh -J, command': 'exec',
  'ssh -L to one’s own server': 'forward',
  'terminal in the browser': 'terminal',
  site: 'web',
} as const satisfies Record<string, FactorChannel>;
export type Channel = keyof typeof CHANNELS;

/** The states that are of SSH, and those of the console's sign-in; a channel has the ones of its own side. */
export const SSH_STATES = [
  'key, nothing beside it asked for',
  'key, a factor asked for and none shown',
  'key, approved in the browser',
  'key, an approval of this place remembered',
  'key, its approval given by somebody else',
  'key, a code of the app',
  'key, a code that was used before',
  'key, a code of somebody else',
  'key, approved under another user name',
  'security key that is one factor',
  'security key, verified, as two factors',
  'security key, only touched, has to verify',
  'certificate of sekisho login',
  'browser alone',
] as const;
export const CONSOLE_STATES = [
  'provider, single',
  'provider, more than one factor, a moment ago',
  'provider, more than one factor, too long ago',
  'code of the app',
  'passkey',
  'code that was used before',
  'factor of another sign-in',
  'factor of somebody else',
] as const;
export type SshState = (typeof SSH_STATES)[number];
export type ConsoleState = (typeof CONSOLE_STATES)[number];

interface Row {
  /** On a system that leaves it to the sign-in. */
  readonly ordinary: Outcome;
  /** On one that asks each connection, where somebody can be asked. */
  readonly always: Outcome;
  /** The same through a forwarding. */
  readonly forward: Outcome;
}
const row = (ordinary: Outcome, always: Outcome, forward: Outcome): Row => ({ ordinary, always, forward });
const SHOWN = row('begins', 'begins', 'begins');
/** Signed in by what proves nothing of this connection. */
const EARLIER = row('begins', 'asks', 'refused');
const NOBODY = row('no sign-in', 'no sign-in', 'no sign-in');

export const SSH_TABLE: Readonly<Record<SshState, Row>> = {
  'key, nothing beside it asked for': EARLIER,
  'key, a factor asked for and none shown': NOBODY,
  'key, approved in the browser': SHOWN,
  'key, an approval of this place remembered': EARLIER,
  'key, its approval given by somebody else': NOBODY,
  'key, a code of the app': SHOWN,
  'key, a code that was used before': NOBODY,
  'key, a code of somebody else': NOBODY,
  'key, approved under another user name': NOBODY,
  'security key that is one factor': EARLIER,
  'security key, verified, as two factors': SHOWN,
  'security key, only touched, has to verify': NOBODY,
  'certificate of sekisho login': EARLIER,
  'browser alone': SHOWN,
};

interface ConsoleRow {
  /** An act that needs one, where the console asks for them. */
  readonly act: 'done' | 'step_up_required';
  /** Into a site of a system that asks each connection. */
  readonly site: 'begins' | 'refused';
  /** In a terminal there. */
  readonly terminal: 'begins' | 'asks';
}
const SERVES: ConsoleRow = { act: 'done', site: 'begins', terminal: 'begins' };
const SERVES_NOT: ConsoleRow = { act: 'step_up_required', site: 'refused', terminal: 'asks' };

export const CONSOLE_TABLE: Readonly<Record<ConsoleState, ConsoleRow>> = {
  'provider, single': SERVES_NOT,
  'provider, more than one factor, a moment ago': SERVES,
  'provider, more than one factor, too long ago': SERVES_NOT,
  'code of the app': SERVES,
  passkey: SERVES,
  'code that was used before': SERVES_NOT,
  'factor of another sign-in': SERVES_NOT,
  'factor of somebody else': SERVES_NOT,
};

/** The token of `sekisho login`, and keys of systems at the relay: no factor of a person opens anything there. */
export const WITHOUT_FACTOR = {
  'token of sekisho login': ['web/api-tokens.it.test.ts', 'never stands for a second factor'],
  'terminal by a token': ['web/api-tokens.it.test.ts', 'console_only'],
  'sftp of the relay': ['relay/relay.it.test.ts', 'is not reached with an unknown key, from another address'],
} as const;

/** Each state shown with real clients, by the test that does. */
export const HELD_BY: Readonly<Record<SshState | ConsoleState, readonly [file: string, test: string]>> = {
  'key, nothing beside it asked for': ['e2e/second-factor.e2e.test.ts', 'runs nothing for a key alone'],
  'key, a factor asked for and none shown': ['e2e/authentication.e2e.test.ts', 'is not enough alone'],
  'key, approved in the browser': ['e2e/authentication.e2e.test.ts', 'lets its holder in; the approval is'],
  'key, an approval of this place remembered': ['e2e/authentication.e2e.test.ts', 'remembered for that address'],
  'key, its approval given by somebody else': ['e2e/authentication.e2e.test.ts', 'is not let in by another person'],
  'key, a code of the app': ['e2e/second-factor.e2e.test.ts', 'is in with the code of now'],
  'key, a code that was used before': ['e2e/second-factor.e2e.test.ts', 'never twice with the same'],
  'key, a code of somebody else': ['web/factors.it.test.ts', 'is of its person alone'],
  'key, approved under another user name': ['e2e/second-factor.e2e.test.ts', 'under another user name'],
  'security key that is one factor': ['e2e/authentication-security-key.e2e.test.ts', 'that verified its person'],
  'security key, verified, as two factors': [
    'e2e/authentication-security-key.e2e.test.ts',
    'is in alone when it verified its person',
  ],
  'security key, only touched, has to verify': ['e2e/authentication-security-key.e2e.test.ts', 'did not verify'],
  'certificate of sekisho login': ['e2e/authentication.e2e.test.ts', 'is not what a certificate of sekisho login is'],
  'browser alone': ['e2e/sign-in.e2e.test.ts', 'is who approves in the browser'],
  'provider, single': ['web/factors.it.test.ts', 'is refused without one, by whatever spelling'],
  'provider, more than one factor, a moment ago': ['web/factors.it.test.ts', 'asked for more than one factor'],
  'provider, more than one factor, too long ago': [
    'web/factors.it.test.ts',
    'asked for more than one factor a moment ago',
  ],
  'code of the app': ['web/factors.it.test.ts', 'done after another code'],
  passkey: ['e2e/console-factors.e2e.test.ts', 'takes the passkey that was registered'],
  'code that was used before': ['web/factors.it.test.ts', 'is refused when it was used'],
  'factor of another sign-in': ['web/factors.it.test.ts', 'is refused to another sign-in of the same person'],
  'factor of somebody else': ['web/factors.it.test.ts', 'is of its person alone'],
};
