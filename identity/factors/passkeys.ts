/** Passkeys and hardware keys (WebAuthn Level 3): registering one, and showing one as the second factor. */
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { asError, GatewayError, LIMITS, type Transaction } from '../../foundation/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import { markFactorShown } from '../web-sessions/queries.ts';
import type { WebPrincipal } from '../web-sessions/web-sessions.ts';
import { answersChallenge, rememberChallenge } from './challenges.ts';
import { insertPasskey, lockPasskey, type PasskeyRecord, selectPasskeys, updatePasskeyUse } from './queries.ts';

/** Whose keys are asked for. The id is the host of the public URL, which the browser checks before the key is touched. */
export interface RelyingParty {
  readonly origin: string;
  readonly id: string;
}

export type PasskeyDeps = IdentityDeps & { readonly relyingParty: RelyingParty };

const NAME = 'Sekisho';
const TRANSPORTS: readonly AuthenticatorTransport[] = ['ble', 'hybrid', 'internal', 'nfc', 'usb'];

/** What the browser is given to make a key: with its person verified (PIN, finger), of any maker. */
export async function beginPasskey(
  deps: PasskeyDeps,
  principal: WebPrincipal,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { person } = principal;
  const known = await selectPasskeys(deps.database, person.id);
  if (known.length >= LIMITS.passkeysPerPersonMax)
    throw new GatewayError('factor_refused', 'You have as many as one may.');
  const options = await generateRegistrationOptions({
    rpName: NAME,
    rpID: deps.relyingParty.id,
    userName: person.email ?? person.name,
    userDisplayName: person.name,
    userID: new Uint8Array(Buffer.from(person.id)),
    attestationType: 'none',
    excludeCredentials: known.map(descriptor),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  });
  await remember(deps, principal, options.challenge, 'registration');
  return options;
}

/**
 * Keeps the key that the browser made.
 * @throws {GatewayError} `factor_refused`: another challenge, site or key than was asked for, its person not verified, or a
 * key that is registered already.
 */
export async function finishPasskey(
  deps: PasskeyDeps,
  principal: WebPrincipal,
  { response, label }: { response: RegistrationResponseJSON; label: string },
): Promise<void> {
  const made = await verifyRegistrationResponse({
    response,
    expectedChallenge: (challenge) =>
      answersChallenge(deps, deps.database, { principal, challenge, purpose: 'registration' }),
    expectedOrigin: deps.relyingParty.origin,
    expectedRPID: deps.relyingParty.id,
    requireUserVerification: true,
  }).catch(refuse);
  if (!made.verified) throw new GatewayError('factor_refused');
  const { credential, credentialBackedUp } = made.registrationInfo;
  const { person } = principal;
  const registeredAt = deps.clock.now();
  await deps.database.inTransaction(async (tx) => {
    const added = await insertPasskey(tx, {
      id: credential.id,
      personId: person.id,
      publicKey: Buffer.from(credential.publicKey),
      counter: credential.counter,
      transports: transportsOf(credential.transports ?? []),
      backedUp: credentialBackedUp,
      label: label.trim() === '' ? NAME : label.trim(),
      registeredAt,
    });
    if (added === 0) throw new GatewayError('factor_refused', 'This key is registered already, or was.');
    await markFactorShown(tx, principal.session.id, registeredAt);
    const body = { kind: 'passkey', factor: credential.id, label: label.trim() } as const;
    await appendAuditEvent(tx, deps.clock, { type: 'factor.added', actor: person.id, body });
  });
}

/** What the browser is given to show one of the person's keys. @throws {GatewayError} `factor_missing` */
export async function beginPasskeyProof(
  deps: PasskeyDeps,
  principal: WebPrincipal,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const known = await selectPasskeys(deps.database, principal.person.id);
  if (known.length === 0) throw new GatewayError('factor_missing');
  const options = await generateAuthenticationOptions({
    rpID: deps.relyingParty.id,
    allowCredentials: known.map(descriptor),
    userVerification: 'required',
  });
  await remember(deps, principal, options.challenge, 'assertion');
  return options;
}

/**
 * Takes what a key signed as the second factor of this sign-in.
 * @throws {GatewayError} `factor_refused`: a challenge answered before, another site, a key that is not theirs, or a counter
 * that went back (a copy of the key).
 */
export async function provePasskey(
  deps: PasskeyDeps,
  principal: WebPrincipal,
  response: AuthenticationResponseJSON,
): Promise<void> {
  const { person } = principal;
  const refusal = await deps.database.inTransaction(async (tx) => {
    const known = await lockPasskey(tx, response.id, person.id);
    if (known === undefined) return await refused(deps, tx, principal, 'not_theirs');
    try {
      await take(deps, tx, { principal, known, response });
      return undefined;
    } catch (thrown) {
      return await refused(deps, tx, principal, asError(thrown).message);
    }
  });
  if (refusal !== undefined) throw new GatewayError('factor_refused');
}

async function take(
  deps: PasskeyDeps,
  tx: Transaction,
  shown: { principal: WebPrincipal; known: PasskeyRecord; response: AuthenticationResponseJSON },
): Promise<void> {
  const { principal, known, response } = shown;
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response,
    expectedChallenge: (challenge) => answersChallenge(deps, tx, { principal, challenge, purpose: 'assertion' }),
    expectedOrigin: deps.relyingParty.origin,
    expectedRPID: deps.relyingParty.id,
    credential: {
      id: known.id,
      publicKey: new Uint8Array(known.publicKey),
      counter: known.counter,
      transports: transportsOf(known.transports),
    },
    requireUserVerification: true,
  });
  if (!verified) throw new Error('its signature is wrong');
  const at = deps.clock.now();
  const { newCounter: counter, credentialBackedUp: backedUp } = authenticationInfo;
  await updatePasskeyUse(tx, { id: known.id, counter, backedUp, at });
  await markFactorShown(tx, principal.session.id, at);
  const body = { kind: 'passkey', factor: known.id, where: 'console' } as const;
  await appendAuditEvent(tx, deps.clock, { type: 'factor.shown', actor: principal.person.id, body });
}

async function refused(deps: IdentityDeps, tx: Transaction, { person }: WebPrincipal, reason: string): Promise<string> {
  const body = { kind: 'passkey', where: 'console', reason: reason.slice(0, 500) } as const;
  await appendAuditEvent(tx, deps.clock, { type: 'factor.refused', actor: person.id, body });
  return reason;
}

function refuse(thrown: unknown): never {
  throw new GatewayError('factor_refused', undefined, { cause: asError(thrown) });
}

function remember(
  deps: PasskeyDeps,
  principal: WebPrincipal,
  challenge: string,
  purpose: 'registration' | 'assertion',
): Promise<void> {
  return deps.database.inTransaction((tx) => rememberChallenge(deps, tx, { principal, challenge, purpose }));
}

function descriptor({ id, transports }: PasskeyRecord) {
  return { id, transports: transportsOf(transports) };
}

function transportsOf(names: readonly string[]): AuthenticatorTransport[] {
  return TRANSPORTS.filter((name) => names.includes(name));
}
