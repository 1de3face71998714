/**
 * Who is at the other end. The person is whoever the signature that succeeded, or the browser approval that succeeded,
 * says; a user name or a key that was only offered says nothing.
 */
import {
  asError,
  type Clock,
  type Database,
  equalInConstantTime,
  hasCode,
  LIMITS,
  type Log,
} from '../../foundation/index.ts';
import { findPersonByKey, noteKeyUsed, requestSignIn, waitForSignIn } from '../../identity/index.ts';
import { type MessageKey, message } from '../../messages/index.ts';
import type { ConnectionId, Locale, Person } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { type AuthContext, type KeyboardAuthContext, type PublicKeyAuthContext, utils } from './library/index.ts';

export interface AuthenticationDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: URL;
  readonly signInDecided: EventTarget;
}

export interface Arrival {
  readonly connectionId: ConnectionId;
  readonly sourceAddress: string;
  /** Aborted when the connection closes. */
  readonly signal: AbortSignal;
  /** A person is reading in a browser: the connection may wait longer than for a machine. */
  readonly extendGrace: (seconds: number) => void;
}

export interface SignedIn {
  readonly person: Person;
  readonly loginName: string;
  readonly method: 'ssh_key' | 'browser';
  /** The key whose signature succeeded; null when a browser approved. */
  readonly keyBlob: Buffer | null;
}

const METHODS = ['publickey', 'keyboard-interactive'] as const;
/** What may be shown to a person. Whether it names a target is told after the sign-in, to those who may know. */
const LOGIN_NAME = /^[\x20-\x7e]{1,255}$/;

/** Answers the authentication requests of one connection, one at a time, until one succeeds. */
export class Authentication {
  readonly #deps: AuthenticationDeps;
  readonly #arrival: Arrival;
  #tries = 0;
  #browserTries = 0;
  /** The login name under which a key was offered that is nobody's; told once, when the connection ends. */
  #unknownKeyFor: string | undefined;
  #signedIn: SignedIn | undefined;

  constructor(deps: AuthenticationDeps, arrival: Arrival) {
    this.#deps = deps;
    this.#arrival = arrival;
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
        await this.#refused(context.username, 'too_many_tries');
        disconnect(wordLine('en', 'sign_in.too_many_tries', 'too_many_tries'));
        return;
      }
      if (!(await this.#accepts(context))) context.reject([...METHODS]);
    } catch (thrown) {
      this.#deps.log.debug({ event: 'ssh.authentication_ended', err: asError(thrown) }, 'authentication ended');
      const isDatabase = hasCode(thrown, 'database_unavailable');
      disconnect(isDatabase ? wordLine('en', 'error.database_unavailable', 'database_unavailable') : '');
    }
  }

  /** Call it when the connection has closed: an attempt that never came to a signature leaves its trace too. */
  async ended(): Promise<void> {
    if (this.#unknownKeyFor === undefined || this.#signedIn !== undefined) return;
    await this.#refused(this.#unknownKeyFor, 'unknown_key');
  }

  /** @returns whether the request was answered with something else than a refusal. */
  async #accepts(context: AuthContext): Promise<boolean> {
    if (!LOGIN_NAME.test(context.username)) return false;
    if (context.method === 'publickey') return this.#publicKey(context);
    if (context.method === 'keyboard-interactive') return this.#browser(context);
    return false;
  }

  async #publicKey(context: PublicKeyAuthContext): Promise<boolean> {
    const found = await findPersonByKey(this.#deps, context.key.data);
    if (found === undefined) {
      this.#unknownKeyFor = context.username;
      return false;
    }
    if (context.signature === undefined || context.blob === undefined) {
      context.accept(); // A question only: "would this key do?" Nobody is signed in by it.
      return true;
    }
    if (!isSignedBy(context.key, context.blob, context.signature, context.hashAlgo)) {
      await this.#refused(context.username, 'bad_signature');
      return false;
    }
    await noteKeyUsed(this.#deps, found.fingerprint);
    return this.#accept(
      context,
      { person: found.person, loginName: context.username, method: 'ssh_key', keyBlob: context.key.data },
      found.fingerprint,
    );
  }

  async #browser(context: KeyboardAuthContext): Promise<boolean> {
    const { sourceAddress, signal, extendGrace } = this.#arrival;
    this.#browserTries += 1;
    if (this.#browserTries > LIMITS.sshBrowserTriesMax) return false; // Each would hold the door open anew.
    const seconds = LIMITS.sshBrowserApprovalSeconds;
    const request = await requestSignIn(this.#deps, { loginName: context.username, sourceAddress, seconds });
    extendGrace(seconds);
    const url = new URL(`/ssh/${request.code}`, this.#deps.publicUrl).href;
    const words = (locale: 'en' | 'ja'): string => message(locale, 'sign_in.instructions', { url, code: request.code });
    const aborted = new AbortController();
    context.once('abort', () => aborted.abort());
    const gone = AbortSignal.any([signal, aborted.signal]);
    await show(context, `${words('en')}\n${words('ja')}\n`, gone);
    const person = await waitForSignIn(this.#deps, request.id, gone);
    if (person === undefined || aborted.signal.aborted) {
      await this.#refused(context.username, 'not_approved');
      const lines = (['en', 'ja'] as const).map((locale) => wordLine(locale, 'sign_in.not_approved', 'not_approved'));
      await show(context, `${lines.join('\n')}\n`, gone);
      return false;
    }
    return this.#accept(context, { person, loginName: context.username, method: 'browser', keyBlob: null }, null);
  }

  async #accept(context: AuthContext, signedIn: SignedIn, fingerprint: string | null): Promise<true> {
    const { connectionId, sourceAddress } = this.#arrival;
    await appendAuditEvent(this.#deps.database, this.#deps.clock, {
      type: 'ssh.signed_in',
      actor: signedIn.person.id,
      body: { connection: connectionId, method: signedIn.method, fingerprint, sourceAddress },
    });
    // In one step: `accept` makes the connection ready at once, for the person of this very request and no other.
    this.#signedIn = signedIn;
    context.accept();
    return true;
  }

  async #refused(loginName: string, reason: string): Promise<void> {
    this.#unknownKeyFor = undefined; // One reason is enough.
    const { connectionId, sourceAddress } = this.#arrival;
    await appendAuditEvent(this.#deps.database, this.#deps.clock, {
      type: 'ssh.sign_in_refused',
      actor: null,
      body: { connection: connectionId, loginName, sourceAddress, reason },
    });
  }
}

/**
 * Shows a text without a prompt: the client prints it, answers at once with nothing, and the person presses no key.
 * A client that is gone answers nothing, so `gone` ends the wait.
 */
function show(context: KeyboardAuthContext, text: string, gone: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (gone.aborted) {
      resolve();
      return;
    }
    gone.addEventListener('abort', () => resolve(), { once: true });
    context.prompt([], message('en', 'sign_in.title'), text, () => resolve());
  });
}

function wordLine(locale: Locale, key: MessageKey, code: string): string {
  return message(locale, 'line', { text: message(locale, key), code });
}

/** Whether `signature` over `blob` was made with this key. SHA-1 signatures of RSA keys are none. */
export function isSignedBy(
  key: { algo: string; data: Buffer },
  blob: Buffer,
  signature: Buffer,
  hash: string | undefined,
): boolean {
  const isRsa = key.algo === 'ssh-rsa' || key.algo.startsWith('rsa-');
  if (isRsa && hash !== 'sha256' && hash !== 'sha512') return false;
  const parsed = utils.parseKey(key.data);
  if (parsed instanceof Error) return false;
  if (!equalInConstantTime(parsed.getPublicSSH().toString('base64'), key.data.toString('base64'))) return false;
  // Typed boolean, but an Error comes back when verifying itself fails, and an Error is truthy.
  const verified: unknown = parsed.verify(blob, signature, hash);
  return verified === true;
}
