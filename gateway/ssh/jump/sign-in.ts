/**
 * Who is at the other end of an inner connection. Only the person of the outer one is let in, by a signature of their
 * own made for this very connection, and under one name: their own account on the target.
 */
import { asError, hasCode, LIMITS } from '../../../foundation/index.ts';
import {
  inheritConnectionSignIn,
  isCertificate,
  type KeyUseRefusal,
  wasUserVerified,
} from '../../../identity/index.ts';
import { message } from '../../../messages/index.ts';
import type { ConnectionId } from '../../../policy/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import { type Credential, findCredential, noteUse, provePossession, type SignedIn } from '../authentication/index.ts';
import type { AuthContext, PublicKeyAuthContext } from '../library/index.ts';
import type { Caller, SshDeps } from '../model.ts';
import { stored } from '../printable.ts';

/** What an inner connection is for. */
export interface Jump {
  /** The person's connection to the bastion. */
  readonly outer: Caller;
  readonly connectionId: ConnectionId;
  /** The target as a login name. */
  readonly loginName: string;
  /** The person's own account on it. */
  readonly account: string;
}

type Refusal =
  | KeyUseRefusal
  | 'wrong_account'
  | 'unknown_key'
  | 'unknown_certificate'
  | 'other_person'
  | 'bad_signature'
  | 'user_not_verified'
  | 'too_many_tries';

export class InnerSignIn {
  readonly #deps: SshDeps;
  readonly #jump: Jump;
  #tries = 0;
  #signedIn: Pick<SignedIn, 'method' | 'keyBlob'> | undefined;
  /** Why the last key that was only offered would not do; told once, when the connection ends. */
  #offered: Refusal | undefined;

  constructor(deps: SshDeps, jump: Jump) {
    this.#deps = deps;
    this.#jump = jump;
  }

  get signedIn(): Pick<SignedIn, 'method' | 'keyBlob'> | undefined {
    return this.#signedIn;
  }

  /** Decides one request; whatever happens in it ends this connection and no other. */
  async answer(context: AuthContext, disconnect: (line: string) => void): Promise<void> {
    try {
      await this.#decide(context, disconnect);
    } catch (thrown) {
      // The library throws when the client has moved on meanwhile, which an unauthenticated client can provoke.
      this.#deps.log.debug({ event: 'ssh.authentication_ended', err: asError(thrown) }, 'inner authentication ended');
      const isDatabase = hasCode(thrown, 'database_unavailable');
      disconnect(isDatabase ? line('error.database_unavailable', 'database_unavailable') : '');
    }
  }

  /** Call it when the connection has closed: keys that were offered in vain leave one event. */
  async ended(): Promise<void> {
    if (this.#offered !== undefined && this.#signedIn === undefined) {
      await this.#refused(this.#jump.account, this.#offered);
    }
  }

  async #decide(context: AuthContext, disconnect: (line: string) => void): Promise<void> {
    const { loginName: name, account } = this.#jump;
    this.#tries += 1;
    // No account but one's own: a shared one would make the session nobody's.
    if (context.username !== account) {
      await this.#refused(context.username, 'wrong_account');
      disconnect(line('jump.wrong_account', 'wrong_account', { name, account }));
    } else if (this.#tries > LIMITS.sshAuthTriesMax) {
      await this.#refused(account, 'too_many_tries');
      disconnect(line('sign_in.too_many_tries', 'too_many_tries'));
    } else if (context.method !== 'publickey' || !(await this.#publicKey(context))) {
      context.reject(['publickey']);
    }
  }

  /** @returns whether the request was answered with something else than a refusal. */
  async #publicKey(context: PublicKeyAuthContext): Promise<boolean> {
    const { key, blob, signature, hashAlgo } = context;
    const { outer, account } = this.#jump;
    const credential = await findCredential(this.#deps, key.data, outer.sourceAddress);
    const unusable = whyUnusable(key.data, credential, outer);
    if (credential === undefined || unusable !== undefined) {
      this.#offered = unusable;
      return false;
    }
    if (signature === undefined || blob === undefined) {
      context.accept(); // "Would this key do?" Nobody is signed in by it.
      return true;
    }
    const proof = provePossession(key, blob, signature, hashAlgo);
    if (proof === undefined) return this.#refused(account, 'bad_signature');
    const { securityKey } = proof;
    const mustVerify = this.#deps.signIn.userVerification || (credential.kind === 'key' && credential.verifyRequired);
    if (securityKey !== null && mustVerify && !wasUserVerified(securityKey)) {
      return this.#refused(account, 'user_not_verified');
    }
    // The second factor, where one is asked for, was given for the connection that this one is inside of.
    const use = { securityKey, approval: null, event: this.#jumped(credential) };
    const refusal = await noteUse(this.#deps, credential, use);
    if (refusal !== undefined) return this.#refused(account, refusal);
    await inheritConnectionSignIn(this.#deps.database, this.#jump.connectionId, outer.connectionId);
    this.#signedIn = { method: methodOf(credential, outer), keyBlob: key.data };
    context.accept();
    return true;
  }

  #jumped({ fingerprint }: Credential) {
    const { outer, connectionId: connection, loginName, account } = this.#jump;
    const body = { connection, outer: outer.connectionId, loginName, account, fingerprint };
    return { type: 'ssh.jumped', actor: outer.person.id, body } as const;
  }

  /** @returns false: the caller's own answer is no. */
  async #refused(username: string, reason: Refusal): Promise<false> {
    this.#offered = undefined; // One reason is enough.
    const { outer, connectionId: connection, loginName } = this.#jump;
    await appendAuditEvent(this.#deps.database, this.#deps.clock, {
      type: 'ssh.sign_in_refused',
      actor: outer.person.id,
      body: {
        connection,
        loginName: stored(`${username}@${loginName}`),
        sourceAddress: outer.sourceAddress,
        reason,
      },
    });
    return false;
  }
}

/** A key of somebody else inside this person's connection says that one of the two is shared. */
function whyUnusable(blob: Buffer, credential: Credential | undefined, outer: Caller): Refusal | undefined {
  if (credential === undefined) return isCertificate(blob) ? 'unknown_certificate' : 'unknown_key';
  if (credential.person.id !== outer.person.id) return 'other_person';
  if (credential.kind === 'certificate' || credential.state === 'in_force') return undefined;
  return credential.state === 'revoked' ? 'revoked_key' : 'expired_key';
}

/** What both sign-ins together rest on. */
function methodOf({ kind }: Credential, { method }: Caller): SignedIn['method'] {
  if (kind === 'certificate') return 'certificate';
  if (method === 'ssh_key_and_totp' || method === 'security_key') return method;
  return method === 'browser' || method === 'ssh_key_and_browser' ? 'ssh_key_and_browser' : 'ssh_key';
}

/** In English: ssh shows every other script of a disconnection as octal. */
function line(key: Parameters<typeof message>[1], code: string, values: Record<string, string> = {}): string {
  return message('en', 'line', { text: message('en', key, values), code });
}
