import { randomInt } from 'node:crypto';
import { GatewayError, invariant, newUuid } from '../../foundation/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import {
  type Confirmation,
  insertSignIn,
  type SignInFactor,
  type SignInRequest,
  selectSignInByCode,
} from './queries.ts';
import { newWordPair } from './words.ts';

/** Thirty-two letters and digits without those read as one another (0 O, 1 I): 40 bits in eight of them. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const CODE = /^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/;
const CODE_ATTEMPTS = 4;
const TEXT_CHARACTERS_MAX = 255;

export interface SignInQuestion {
  readonly loginName: string;
  readonly sourceAddress: string;
  /** How long the approval may take. */
  readonly seconds: number;
  /** The key that signed already, when the approval is its second factor: then its holder alone may approve. */
  readonly factor?: SignInFactor | null;
  /** When somebody who is signed in confirms that they go on: then they alone may approve. */
  readonly confirmation?: Confirmation | null;
}

/**
 * Asks for approval in the browser of an SSH connection that showed no known key, whose key needs a second factor, or
 * whose person has to confirm that they go on near a limit.
 * @throws {GatewayError} `protocol_violation` when the login name is no text a person can be shown.
 */
export async function requestSignIn(
  deps: IdentityDeps,
  { loginName, sourceAddress, seconds, factor = null, confirmation = null }: SignInQuestion,
): Promise<SignInRequest> {
  if (loginName.length > TEXT_CHARACTERS_MAX || /[^\x20-\x7e]/.test(loginName)) {
    throw new GatewayError('protocol_violation', 'The login name cannot be read.');
  }
  invariant(sourceAddress.length <= TEXT_CHARACTERS_MAX, 'a source address is short');
  const createdAt = deps.clock.now();
  const expiresAt = new Date(createdAt.getTime() + seconds * 1000);
  // Whoever confirms near a limit is asked in a session of theirs, which shows the link: there is nothing to tell apart.
  const words = confirmation?.purpose === 'budget' ? null : newWordPair();
  const asked = { id: newUuid(createdAt), loginName, sourceAddress, createdAt, expiresAt, factor, confirmation, words };
  return deps.database.inTransaction(async (tx) => {
    for (let attempt = 0; attempt < CODE_ATTEMPTS; attempt += 1) {
      const code = newCode();
      if ((await insertSignIn(tx, { ...asked, code })) === 0) continue;
      await appendAuditEvent(tx, deps.clock, {
        type: 'ssh.sign_in_requested',
        actor: null,
        body: { signIn: asked.id, loginName, sourceAddress, holder: factor?.holder ?? confirmation?.holder ?? null },
      });
      return { ...asked, code, state: 'pending' };
    }
    throw new GatewayError('internal', 'No free sign-in code was found.');
  });
}

/** The request behind a code as somebody types it, for the page that asks for the decision; undefined when unknown. */
export async function findSignIn(deps: IdentityDeps, code: string): Promise<SignInRequest | undefined> {
  const record = await selectSignInByCode(deps.database, normalizeCode(code));
  if (record === undefined) return undefined;
  const { decidedBy: _decidedBy, ...request } = record;
  const overdue = request.state === 'pending' && request.expiresAt <= deps.clock.now();
  return overdue ? { ...request, state: 'expired' } : request;
}

/** Upper case, with its hyphen; anything that is no code stays unknown. */
export function normalizeCode(code: string): string {
  const upper = code.trim().toUpperCase();
  return CODE.test(upper) ? upper : '';
}

/** A fresh code, XXXX-XXXX: forty bits, read aloud without mistakes. */
export function newCode(): string {
  const symbols = Array.from({ length: 8 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return `${symbols.slice(0, 4)}-${symbols.slice(4)}`;
}
