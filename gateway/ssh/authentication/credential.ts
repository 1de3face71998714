/** What a client showed: an enrolled key or a certificate of `sekisho login`, and the note of its use. */
import { LIMITS, unpooled } from '../../../foundation/index.ts';
import {
  findKey,
  findPersonByCertificate,
  fingerprintOf,
  isCertificate,
  type KeyUseRefusal,
  noteCertificateUsed,
  noteKeyUse,
  type SecurityKeyUse,
} from '../../../identity/index.ts';
import type { Person } from '../../../policy/index.ts';
import { appendAuditEvent, type AuditEvent } from '../../../recorder/index.ts';
import type { AuthenticationDeps } from './model.ts';

/** Known, but not proven: anybody can show a public key. */
export type Credential = {
  readonly person: Person;
  readonly fingerprint: string;
  readonly blob: Buffer;
} & (
  | {
      readonly kind: 'key';
      readonly state: 'in_force' | 'revoked' | 'expired';
      readonly verifyRequired: boolean;
      /** The remembered approval in the browser that still counts. */
      readonly approval: string | null;
    }
  | { readonly kind: 'certificate'; readonly serial: bigint }
);

type CredentialDeps = Pick<AuthenticationDeps, 'database' | 'clock' | 'loginAuthority' | 'signIn'>;

/** Reads whose key or certificate it is; undefined when it is nobody's. */
export async function findCredential(
  deps: CredentialDeps,
  blob: Buffer,
  sourceAddress: string,
): Promise<Credential | undefined> {
  if (isCertificate(blob)) {
    const found = await findPersonByCertificate(deps, blob, { sourceAddress });
    if (found === undefined) return undefined;
    const { person, fingerprint, serial } = found;
    return { kind: 'certificate', person, fingerprint, serial, blob };
  }
  const key = await findKey(deps, blob, { sourceAddress, approvedSince: approvedSince(deps) });
  return key === undefined ? undefined : { kind: 'key', ...key, blob };
}

/** Since when an approval in the browser is remembered; null: none is. */
function approvedSince({ clock, signIn }: Pick<CredentialDeps, 'clock' | 'signIn'>): Date | null {
  const { secondFactor, secondFactorMinutes: minutes } = signIn;
  return secondFactor === 'none' || minutes === 0 ? null : new Date(clock.now().getTime() - minutes * 60_000);
}

/**
 * Notes the use of a credential whose signature was good, with `event`.
 * @returns why it is not accepted after all, undefined when it is.
 */
export async function noteUse(
  deps: CredentialDeps,
  credential: Credential,
  use: { securityKey: SecurityKeyUse | null; approval: string | null; event: AuditEvent },
): Promise<KeyUseRefusal | undefined> {
  const { fingerprint, person } = credential;
  if (credential.kind === 'certificate') {
    await Promise.all([
      noteCertificateUsed(deps, credential.serial),
      appendAuditEvent(deps.database, deps.clock, use.event),
    ]);
    return undefined;
  }
  const isRemembered = use.approval !== null && use.approval === credential.approval;
  const approval =
    use.approval === null ? null : { id: use.approval, since: isRemembered ? approvedSince(deps) : null };
  const { securityKey, event } = use;
  return noteKeyUse(deps, { fingerprint, personId: person.id, securityKey, approval, event });
}

/**
 * The credentials one connection showed. A client asks "would this key do?" and signs a moment later: the answer to the
 * question is still good then, and is checked anew when the use is noted.
 */
export class ShownCredentials {
  readonly #deps: CredentialDeps;
  readonly #sourceAddress: string;
  readonly #fresh = new Map<string, { credential: Credential | undefined; until: bigint }>();

  constructor(deps: CredentialDeps, sourceAddress: string) {
    this.#deps = deps;
    this.#sourceAddress = sourceAddress;
  }

  async find(blob: Buffer): Promise<Credential | undefined> {
    const name = fingerprintOf(blob);
    const known = this.#fresh.get(name);
    const now = this.#deps.clock.micros();
    if (known !== undefined && now < known.until) return known.credential;
    const credential = await findCredential(this.#deps, unpooled(blob), this.#sourceAddress);
    // Bounded by the authentication requests of one connection.
    this.#fresh.set(name, { credential, until: now + BigInt(LIMITS.sshCredentialFreshMs) * 1_000n });
    return credential;
  }

  forget(blob: Buffer): void {
    this.#fresh.delete(fingerprintOf(blob));
  }
}
