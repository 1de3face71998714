/**
 * Who is at the other end. The person is whoever the signature that succeeded, or the browser approval that succeeded,
 * says; a user name or a key that was only offered says nothing.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { asError, hasCode, LIMITS } from '../../../foundation/index.ts';
import {
  fingerprintOf,
  hasAuthenticator,
  isCertificate,
  noteCounter,
  type Proof,
  wasUserVerified,
} from '../../../identity/index.ts';
import { afterSignature, isFactorShown } from '../../../policy/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import type { AuthContext, KeyboardAuthContext, PublicKeyAuthContext } from '../library/index.ts';
import { Attempts, type SignInRefusal, signedInEvent } from './attempts.ts';
import { askBrowser } from './browser.ts';
import { type Credential, noteUse, ShownCredentials } from './credential.ts';
import type { Arrival, AuthenticationDeps, SignedIn } from './model.ts';
import { provePossession } from './possession.ts';
import { askCode } from './totp.ts';
import { wordLine } from './words.ts';

/** What somebody may begin with who has shown nothing yet. */
export const METHODS = ['publickey', 'keyboard-interactive'] as const;
/** What may be shown to a person. Whether it names a target is told after the sign-in, to those who may know. */
const LOGIN_NAME = /^[\x20-\x7e]{1,255}$/;

/** A key whose signature was good and that needs its holder's approval beside it. */
interface HalfWay {
  readonly credential: Credential;
  readonly proof: Proof;
  readonly loginName: string;
}

/** Answers the authentication requests of one connection, one at a time, until one succeeds. */
export class Authentication {
  readonly #deps: AuthenticationDeps;
  readonly #arrival: Arrival;
  readonly #attempts: Attempts;
  readonly #credentials: ShownCredentials;
  /** What this connection has waited for already, for itself and for each person whose key it showed. */
  readonly #waited = new Map<string | undefined, number>();
  #tries = 0;
  #interactiveTries = 0;
  #halfWay: HalfWay | undefined;
  #signedIn: SignedIn | undefined;

  constructor(deps: AuthenticationDeps, arrival: Arrival) {
    this.#deps = deps;
    this.#arrival = arrival;
    this.#attempts = new Attempts(deps, arrival);
    this.#credentials = new ShownCredentials(deps, arrival.sourceAddress);
  }

  get signedIn(): SignedIn | undefined {
    return this.#signedIn;
  }

  /**
   * Decides one request. The library throws from accept, reject and prompt when the client has moved on meanwhile
   * (an unauthenticated client can provoke it), so whatever happens here ends this connection and no other.
   */
  async answer(context: AuthContext, disconnect: (line: string) => void): Promise<void> {
    try {
      this.#tries += 1;
      if (this.#tries > LIMITS.sshAuthTriesMax) {
        await this.#attempts.refused(context.username, 'too_many_tries');
        disconnect(wordLine('en', 'sign_in.too_many_tries', 'too_many_tries'));
        return;
      }
      if (!(await this.#answers(context))) context.reject(this.#methods());
    } catch (thrown) {
      this.#deps.log.debug({ event: 'ssh.authentication_ended', err: asError(thrown) }, 'authentication ended');
      const isDatabase = hasCode(thrown, 'database_unavailable');
      disconnect(isDatabase ? wordLine('en', 'error.database_unavailable', 'database_unavailable') : '');
    }
  }

  /** Call it when the connection has closed: an attempt that never came to a signature leaves its trace too. */
  async ended(): Promise<void> {
    if (this.#signedIn !== undefined || !this.#attempts.any) return;
    this.#deps.throttle.failed(this.#arrival.sourceAddress);
    await this.#attempts.tellOffered();
  }

  /** Half way, the approval is all that is missing: another key would be another sign-in. */
  #methods(): ('publickey' | 'keyboard-interactive')[] {
    return this.#halfWay === undefined ? [...METHODS] : ['keyboard-interactive'];
  }

  /** @returns whether the request was answered with something else than a refusal. */
  async #answers(context: AuthContext): Promise<boolean> {
    if (!LOGIN_NAME.test(context.username)) return false;
    if (context.method === 'publickey') return this.#publicKey(context);
    if (context.method === 'keyboard-interactive') return this.#interactive(context);
    return false;
  }

  async #publicKey(context: PublicKeyAuthContext): Promise<boolean> {
    this.#halfWay = undefined;
    const { key, blob, signature, hashAlgo } = context;
    const credential = await this.#credentials.find(key.data);
    await this.#delay(context.username, credential);
    // Proven before anything else is looked at: the work is the same whether the key is known or not.
    const isQuestion = signature === undefined || blob === undefined;
    const proof = isQuestion ? undefined : provePossession(key, blob, signature, hashAlgo);
    const unusable = whyUnusable(key.data, credential);
    if (credential === undefined || (isQuestion && unusable !== undefined)) {
      const shown = { fingerprint: fingerprintOf(key.data), holder: credential?.person.id ?? null };
      this.#attempts.offered(context.username, unusable ?? 'unknown_key', shown);
      return false;
    }
    if (isQuestion) {
      context.accept(); // "Would this key do?" Nobody is signed in by it.
      return true;
    }
    if (unusable !== undefined) return this.#refuse(context, credential, unusable);
    if (proof === undefined) return this.#refuse(context, credential, 'bad_signature');
    return this.#proven(context, credential, proof);
  }

  async #proven(context: PublicKeyAuthContext, credential: Credential, proof: Proof): Promise<boolean> {
    const { securityKey } = proof;
    const remembered = credential.kind === 'key' ? credential.approval : null;
    const after = afterSignature(
      {
        kind: credential.kind,
        verifyRequired: credential.kind === 'key' && credential.verifyRequired,
        userVerified: securityKey === null ? null : wasUserVerified(securityKey),
        remembered: remembered !== null,
      },
      this.#deps.signIn,
    );
    if (after.step === 'refuse') return this.#refuse(context, credential, after.reason);
    if (after.step === 'accept') {
      const { method } = after;
      const approval = method === 'ssh_key_and_browser' ? remembered : null;
      return this.#accept(context, credential, { method, proof, approval });
    }
    if (securityKey !== null && !(await noteCounter(this.#deps, credential.fingerprint, securityKey))) {
      return this.#refuse(context, credential, 'counter_went_back');
    }
    this.#halfWay = { credential, proof, loginName: context.username };
    context.reject(['keyboard-interactive'], true);
    return true;
  }

  async #interactive(context: KeyboardAuthContext): Promise<boolean> {
    // Another user name is another sign-in: what was proven under the first one is worth nothing here.
    const halfWay = this.#halfWay?.loginName === context.username ? this.#halfWay : undefined;
    if (halfWay === undefined) this.#halfWay = undefined;
    await this.#delay(context.username, halfWay?.credential);
    this.#interactiveTries += 1;
    if (this.#interactiveTries > LIMITS.sshBrowserTriesMax) return false; // Each would hold the door open anew.
    const holder = halfWay?.credential.person.id;
    const asksCode = this.#deps.signIn.secondFactor === 'totp' && holder !== undefined;
    if (halfWay === undefined || !asksCode || !(await hasAuthenticator(this.#deps, holder))) {
      return this.#browser(context, halfWay);
    }
    const answer = await askCode(this.#deps, this.#arrival, context, holder);
    if (answer === 'browser') return this.#browser(context, halfWay);
    if (answer === 'accepted') {
      return this.#accept(context, halfWay.credential, {
        method: 'ssh_key_and_totp',
        proof: halfWay.proof,
        approval: null,
      });
    }
    return this.#refuse(context, halfWay.credential, 'wrong_code', { counts: answer === 'refused' });
  }

  async #browser(context: KeyboardAuthContext, halfWay: HalfWay | undefined): Promise<boolean> {
    const factor =
      halfWay === undefined
        ? null
        : { holder: halfWay.credential.person.id, fingerprint: halfWay.credential.fingerprint };
    const answer = await askBrowser(this.#deps, this.#arrival, context, factor);
    if (!answer.approved) {
      const reason = halfWay === undefined ? 'not_approved' : 'second_factor_not_approved';
      // Who closes the window before anybody answered has not failed, but the trace stays.
      return this.#refuse(context, halfWay?.credential, reason, { counts: !answer.gone });
    }
    if (halfWay !== undefined) {
      const use = { method: 'ssh_key_and_browser', proof: halfWay.proof, approval: answer.signIn } as const;
      return this.#accept(context, halfWay.credential, use);
    }
    const { person, signIn } = answer;
    const event = signedInEvent(this.#arrival, {
      person,
      method: 'browser',
      signIn,
      credential: undefined,
      proof: undefined,
    });
    await appendAuditEvent(this.#deps.database, this.#deps.clock, event);
    const shown = { method: 'browser', keyBlob: null, factorShown: true } as const;
    return this.#ready(context, { person, loginName: context.username, ...shown });
  }

  async #accept(
    context: AuthContext,
    credential: Credential,
    { method, proof, approval }: { method: SignedIn['method']; proof: Proof; approval: string | null },
  ): Promise<boolean> {
    const { person } = credential;
    const event = signedInEvent(this.#arrival, { person, method, signIn: approval, credential, proof });
    // Half way its counter was noted already; the same one a second time would have stood still.
    const securityKey = this.#halfWay === undefined ? proof.securityKey : null;
    const refusal = await noteUse(this.#deps, credential, { securityKey, approval, event });
    if (refusal !== undefined) {
      this.#credentials.forget(credential.blob);
      return this.#refuse(context, credential, refusal);
    }
    const isRemembered = credential.kind === 'key' && approval !== null && approval === credential.approval;
    const factorShown = isFactorShown(method, isRemembered);
    return this.#ready(context, { person, loginName: context.username, method, keyBlob: credential.blob, factorShown });
  }

  #ready(context: AuthContext, signedIn: SignedIn): true {
    this.#deps.throttle.succeeded(this.#arrival.sourceAddress, signedIn.person.id);
    // In one step: `accept` makes the connection ready at once, for the person of this very request and no other.
    this.#signedIn = signedIn;
    context.accept();
    return true;
  }

  /** @returns false: the caller's own answer is no. */
  async #refuse(
    context: AuthContext,
    credential: Credential | undefined,
    reason: SignInRefusal,
    { counts }: { counts: boolean } = { counts: true },
  ): Promise<false> {
    const holder = credential?.person.id;
    if (counts) this.#deps.throttle.failed(this.#arrival.sourceAddress, holder);
    const shown =
      credential === undefined ? undefined : { fingerprint: credential.fingerprint, holder: holder ?? null };
    await this.#attempts.refused(context.username, reason, shown);
    return false;
  }

  /** Waits before the answer, whatever it is: an early yes among late noes would tell it. Costs a timer and no CPU. */
  async #delay(loginName: string, credential: Credential | undefined): Promise<void> {
    const { sourceAddress, signal } = this.#arrival;
    const holder = credential?.person.id;
    const due = this.#deps.throttle.delayOf(sourceAddress, holder);
    const rest = due - (this.#waited.get(holder) ?? 0);
    if (rest <= 0) return;
    this.#waited.set(holder, due);
    await this.#attempts.delayed(loginName, rest);
    await pause(rest, undefined, { signal });
  }
}

function whyUnusable(blob: Buffer, credential: Credential | undefined): SignInRefusal | undefined {
  if (credential === undefined) return isCertificate(blob) ? 'unknown_certificate' : 'unknown_key';
  if (credential.kind === 'certificate' || credential.state === 'in_force') return undefined;
  return credential.state === 'revoked' ? 'revoked_key' : 'expired_key';
}
