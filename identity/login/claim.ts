/** The command waits for the decision and fetches its one certificate. */
import { invariant, LIMITS, sha256, type Transaction } from '../../foundation/index.ts';
import type { Person } from '../../policy/index.ts';
import { issueApiToken, type IssuedToken } from '../api-tokens/tokens.ts';
import { lockOnKey } from '../locks/standing.ts';
import { findPerson, standingOf } from '../persons/queries.ts';
import { listenFor, SIGN_INS_CHANGED } from '../sign-ins/wait.ts';
import { type IssuedCertificate, issueLoginCertificate, type LoginDeps } from './certificates.ts';
import { expireLogin, lockLogin, type LoginRecord, markIssued, selectLoginByToken } from './queries.ts';

/** `pending`: nobody has decided within this wait; ask again. `unknown`: no request has this token. */
export type LoginAnswer =
  | { readonly state: 'pending' | 'denied' | 'expired' | 'unknown' }
  | {
      readonly state: 'issued';
      readonly person: Person;
      /** Null for who works on no target: they have the token alone. */
      readonly certificate: IssuedCertificate | null;
      readonly token: IssuedToken;
    };

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/**
 * Waits until somebody decides, `LIMITS.loginPollSeconds` at most, and hands out the certificate when they approved:
 * once, to whoever has the poll token. `signInDecided` dispatches an event whose type is the id of the request.
 */
export async function awaitLogin(
  deps: LoginDeps & { readonly signInDecided: EventTarget },
  pollToken: string,
  signal: AbortSignal,
): Promise<LoginAnswer> {
  if (!TOKEN.test(pollToken)) return { state: 'unknown' };
  const tokenHash = sha256(pollToken);
  const first = await selectLoginByToken(deps.database, tokenHash);
  if (first === undefined) return { state: 'unknown' };
  const until = Math.min(deps.clock.now().getTime() + LIMITS.loginPollSeconds * 1_000, first.expiresAt.getTime());
  for (;;) {
    using wake = listenFor(deps.signInDecided, [first.id, SIGN_INS_CHANGED], signal); // Before the read: nothing is missed.
    const login = await selectLoginByToken(deps.database, tokenHash);
    if (login === undefined) return { state: 'unknown' };
    if (login.state === 'approved') return await deps.database.inTransaction((tx) => claim(deps, tx, login.code));
    if (login.state !== 'pending') return { state: login.state === 'denied' ? 'denied' : 'expired' };
    const now = deps.clock.now().getTime();
    if (login.expiresAt.getTime() <= now) return await expired(deps, login);
    if (signal.aborted || now >= until) return { state: 'pending' };
    await wake.within(until - now);
  }
}

/** Of two that ask with one token at once, one gets the certificate and the other learns that it is gone. */
async function claim(deps: LoginDeps, tx: Transaction, code: string): Promise<LoginAnswer> {
  const login = await lockLogin(tx, code);
  if (login?.state !== 'approved' || login.decidedBy === null) return { state: 'expired' };
  const person = await findPerson(tx, login.decidedBy);
  const { fingerprint, sourceAddress } = login;
  const locked =
    (await standingOf(tx, login.decidedBy)) !== 'in_force' ||
    (await lockOnKey(tx, { fingerprint, sourceAddress })) !== undefined;
  // An approval is for the minutes it was given in, and for somebody who is still who they were.
  if (person === undefined || locked || login.expiresAt <= deps.clock.now()) {
    await expireLogin(tx, login.id);
    return { state: 'expired' };
  }
  invariant((await markIssued(tx, login.id)) === 1, 'a locked approved login is issued once');
  const works = person.roles.includes('maintainer');
  const certificate = works ? await issueLoginCertificate(deps, tx, login) : null;
  return { state: 'issued', person, certificate, token: await issueApiToken(deps, tx, { ...login, person }) };
}

async function expired(deps: LoginDeps, login: LoginRecord): Promise<LoginAnswer> {
  await expireLogin(deps.database, login.id);
  return { state: 'expired' };
}
