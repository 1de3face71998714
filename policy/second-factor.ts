/** Second factors: what a sign-in over SSH still needs, and whether a session may begin. Pure and total. */
import { SESSION_KINDS, type SignInMethod } from './model.ts';

/** What this gateway asks of who signs in by an enrolled key. */
export interface KeyFactorRules {
  /** An enrolled key alone is half a sign-in; its holder approves the connection in the browser or types a code. */
  readonly secondFactor: 'none' | 'browser' | 'totp';
  /** A security key that verified its holder by PIN or finger needs nothing beside it. */
  readonly securityKeyIsTwoFactors?: boolean;
  /** Every security key has to verify who touches it, also one that was enrolled without. */
  readonly userVerification: boolean;
}

/** A signature that was good, and what is known of what made it. */
export interface ProvenCredential {
  readonly kind: 'key' | 'certificate';
  /** The key was enrolled as one that has to verify who touches it. */
  readonly verifyRequired: boolean;
  /** Whether a security key verified its holder by PIN or finger; null: it is no security key. */
  readonly userVerified: boolean | null;
  /** An approval of the same person, key and address that still counts. */
  readonly remembered: boolean;
}

export type AfterSignature =
  | { readonly step: 'accept'; readonly method: SignInMethod }
  | { readonly step: 'ask' }
  | { readonly step: 'refuse'; readonly reason: 'user_not_verified' };

/** What follows on a good signature. A certificate was approved in the browser when it was made. */
export function afterSignature(proven: ProvenCredential, rules: KeyFactorRules): AfterSignature {
  if (proven.kind === 'certificate') return { step: 'accept', method: 'certificate' };
  const { userVerified } = proven;
  if (userVerified === false && (proven.verifyRequired || rules.userVerification)) {
    return { step: 'refuse', reason: 'user_not_verified' };
  }
  if (userVerified === true && rules.securityKeyIsTwoFactors === true)
    return { step: 'accept', method: 'security_key' };
  if (rules.secondFactor === 'none') return { step: 'accept', method: 'ssh_key' };
  return proven.remembered ? { step: 'accept', method: 'ssh_key_and_browser' } : { step: 'ask' };
}

/** Whether who signed in so showed a second factor on this very connection; one that is remembered is of another. */
export function isFactorShown(method: SignInMethod, remembered: boolean): boolean {
  return !remembered && method !== 'ssh_key' && method !== 'certificate';
}

/** Ways into a target. A session of a web terminal and a forwarding have a kind as well: here their channel counts. */
export const FACTOR_CHANNELS = [...SESSION_KINDS, 'forward', 'terminal'] as const;
export type FactorChannel = (typeof FACTOR_CHANNELS)[number];

/** On these nobody can be asked while they open: a forwarding shows nothing, a site's page is the site's. */
const SILENT: ReadonlySet<FactorChannel> = new Set(['forward', 'web']);

export interface SessionFactors {
  /** The system asks each connection, however it was signed in. */
  readonly always: boolean;
  /** On this very connection; of the console: by its sign-in, a moment ago. */
  readonly shown: boolean;
  /** Its person confirmed, for this connection and this target. */
  readonly confirmed: boolean;
}

/** Whether a session begins, its person is asked first, or nobody can be asked and it does not. */
export function sessionFactor(channel: FactorChannel, factors: SessionFactors): 'begins' | 'asks' | 'refused' {
  const { always, shown, confirmed } = factors;
  if (!always || shown || confirmed) return 'begins';
  return SILENT.has(channel) ? 'refused' : 'asks';
}
