/** What leaves a trace of a sign-in that did not succeed: one event for each reason and key, bounded in number. */
import { LIMITS } from '../../../foundation/index.ts';
import type { KeyUseRefusal, Proof } from '../../../identity/index.ts';
import type { Person, PersonId } from '../../../policy/index.ts';
import { appendAuditEvent, type AuditEvent } from '../../../recorder/index.ts';
import type { Credential } from './credential.ts';
import type { Arrival, AuthenticationDeps, SignedIn } from './model.ts';

export type SignInRefusal =
  | KeyUseRefusal
  | 'unknown_key'
  | 'unknown_certificate'
  | 'bad_signature'
  | 'user_not_verified'
  | 'not_approved'
  | 'second_factor_not_approved'
  | 'wrong_code'
  | 'too_many_tries';

/** The key or certificate that was shown, and whose it is where that is known. */
export interface Shown {
  readonly fingerprint: string;
  readonly holder: PersonId | null;
}

export class Attempts {
  readonly #deps: AuthenticationDeps;
  readonly #arrival: Arrival;
  readonly #told = new Set<string>();
  readonly #offered = new Map<string, { loginName: string; reason: SignInRefusal; shown: Shown }>();
  #wasDelayed = false;

  constructor(deps: AuthenticationDeps, arrival: Arrival) {
    this.#deps = deps;
    this.#arrival = arrival;
  }

  /** Whether anything was refused or offered in vain. */
  get any(): boolean {
    return this.#told.size > 0 || this.#offered.size > 0;
  }

  /** Writes the event of a refusal, unless this connection told the same already, or told enough. */
  async refused(loginName: string, reason: SignInRefusal, shown?: Shown): Promise<void> {
    const what = `${reason} ${shown?.fingerprint ?? ''}`;
    const isFull = this.#told.size >= LIMITS.sshAuthEventsMax && reason !== 'too_many_tries';
    if (isFull || this.#told.has(what)) return;
    this.#told.add(what);
    const { connectionId, sourceAddress } = this.#arrival;
    await appendAuditEvent(this.#deps.database, this.#deps.clock, {
      type: 'ssh.sign_in_refused',
      actor: null,
      body: {
        ...{ connection: connectionId, loginName, sourceAddress, reason },
        ...{ fingerprint: shown?.fingerprint ?? null, holder: shown?.holder ?? null },
      },
    });
  }

  /**
   * Keeps in mind that something was offered that is nobody's. Clients offer every key they have, so this is told only
   * when the connection ends without a sign-in.
   */
  offered(loginName: string, reason: SignInRefusal, shown: Shown): void {
    if (this.#offered.size < LIMITS.sshAuthEventsMax) {
      this.#offered.set(shown.fingerprint, { loginName, reason, shown });
    }
  }

  /** Tells what was offered in vain. */
  async tellOffered(): Promise<void> {
    for (const { loginName, reason, shown } of this.#offered.values()) await this.refused(loginName, reason, shown);
  }

  /** Writes, once a connection, that its answers wait. */
  async delayed(loginName: string, milliseconds: number): Promise<void> {
    if (this.#wasDelayed) return;
    this.#wasDelayed = true;
    const { connectionId: connection, sourceAddress } = this.#arrival;
    const body = { connection, loginName, sourceAddress, milliseconds };
    await appendAuditEvent(this.#deps.database, this.#deps.clock, {
      type: 'ssh.sign_in_delayed',
      actor: null,
      body,
    });
  }
}

export function signedInEvent(
  { connectionId: connection, sourceAddress }: Arrival,
  signedIn: {
    readonly person: Person;
    readonly method: SignedIn['method'];
    /** The approval in the browser it rests on. */
    readonly signIn: string | null;
    readonly credential: Credential | undefined;
    readonly proof: Proof | undefined;
  },
): AuditEvent {
  const { person, method, signIn, credential, proof } = signedIn;
  const shown = { fingerprint: credential?.fingerprint ?? null, securityKey: proof?.securityKey ?? null };
  return {
    type: 'ssh.signed_in',
    actor: person.id,
    body: { connection, method, sourceAddress, signIn, ...shown },
  };
}
