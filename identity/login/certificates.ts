/** The certificates of `sekisho login`: made once, known by serial, believed only while they stand in the database. */
import { randomBytes } from 'node:crypto';
import {
  ByteReader,
  GatewayError,
  hasCode,
  invariant,
  LIMITS,
  sshString,
  type Transaction,
  uint64,
} from '../../foundation/index.ts';
import type { Person, PersonId, Principal } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { CertificateAuthority } from '../certificates/authority.ts';
import { type Certificate, decodeCertificate } from '../certificates/certificate.ts';
import { verifyUserCertificate } from '../certificates/verify.ts';
import { fingerprintOf, parsePublicKey } from '../keys/public-key.ts';
import { verifySshSignature } from '../keys/signature.ts';
import { lockOnKey } from '../locks/standing.ts';
import { findPerson } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import {
  findCertificateHolder,
  insertCertificate,
  type LoginRecord,
  revokeCertificate,
  updateCertificateUsed,
} from './queries.ts';

export interface LoginDeps extends IdentityDeps {
  /** Signs and is believed for sign-ins at this gateway; never the authority that targets believe. */
  readonly loginAuthority: CertificateAuthority;
}

export interface IssuedCertificate {
  /** `ssh-ed25519-cert-v01@openssh.com AAAA…` */
  readonly line: string;
  readonly serial: bigint;
  readonly expiresAt: Date;
}

/** Who a certificate signs in, and what of it the caller still has to prove. */
export interface CertificateHolder {
  readonly person: Person;
  /** Of the plain key. */
  readonly fingerprint: string;
  /** SSH blob of the plain key: the one whose signature must follow. */
  readonly publicKey: Buffer;
  readonly serial: bigint;
}

const HOUR_MS = 3_600_000;
const CLOCK_SKEW_MS = 60_000;
const CERTIFICATE_NAME = 'ssh-ed25519-cert-v01@openssh.com';
const SERIAL_TEXT = /^[1-9]\d{0,18}$/;
const SERIAL_MAX = 2n ** 63n - 1n;
/** What a login certificate may be used for; forwarding and the like are refused by the gateway whoever asks. */
const EXTENSIONS = ['permit-pty'];
const PERSON_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Makes the one certificate of an approved login, with its row and event. Its principal is the person's id. */
export async function issueLoginCertificate(
  deps: LoginDeps,
  tx: Transaction,
  login: LoginRecord,
): Promise<IssuedCertificate> {
  const { decidedBy: personId, publicKey, fingerprint, sourceAddress } = login;
  invariant(personId !== null && login.state === 'approved', 'a certificate is made for who approved it');
  const issuedAt = deps.clock.now();
  const expiresAt = new Date(issuedAt.getTime() + LIMITS.loginCertificateHours * HOUR_MS);
  const serial = (randomBytes(8).readBigUInt64BE() >> 1n) | 1n;
  await insertCertificate(tx, {
    ...{ serial, loginId: login.id, personId, publicKey, fingerprint, sourceAddress, issuedAt, expiresAt },
  });
  await appendAuditEvent(tx, deps.clock, {
    type: 'login.certificate_issued',
    actor: personId,
    body: {
      ...{ login: login.id, fingerprint, sourceAddress },
      serial: String(serial),
      until: expiresAt.toISOString(),
    },
  });
  const blob = await deps.loginAuthority.issueUserCertificate({
    publicKey: rawEd25519(publicKey),
    principal: personId,
    keyId: `login-${login.id}`,
    serial,
    validAfter: new Date(issuedAt.getTime() - CLOCK_SKEW_MS),
    validBefore: expiresAt,
    extensions: EXTENSIONS,
  });
  return { line: `${CERTIFICATE_NAME} ${blob.toString('base64')}`, serial, expiresAt };
}

/**
 * Whose certificate an SSH client showed; undefined when it is not ours, not for a user, out of its hours, bound to
 * another address, unknown, revoked, or its key or address locked. Showing is not proving: the caller checks the signature by `publicKey`. A locked
 * person is found too: `authorizeTarget` says no to them, and says why.
 */
export async function findPersonByCertificate(
  deps: LoginDeps,
  blob: Buffer,
  { sourceAddress }: { readonly sourceAddress: string },
): Promise<CertificateHolder | undefined> {
  const principal = principalOf(decodedOrNone(blob));
  if (principal === undefined) return undefined;
  try {
    const authorities = authorityBlobs(deps.loginAuthority);
    const verified = verifyUserCertificate(blob, { authorities, principal, now: deps.clock.now(), sourceAddress });
    const lock = await lockOnKey(deps.database, { fingerprint: fingerprintOf(verified.publicKey), sourceAddress });
    return lock === undefined ? await findHolder(deps, { ...verified, principal }) : undefined;
  } catch (thrown) {
    if (hasCode(thrown, 'key_invalid')) return undefined;
    throw thrown;
  }
}

/**
 * Whether a certificate that signed this person in has not been revoked since. Its hours do not end what it began: a
 * session has limits of its own.
 */
export async function isCertificateUnrevoked(deps: IdentityDeps, blob: Buffer, personId: PersonId): Promise<boolean> {
  const certificate = decodedOrNone(blob);
  if (certificate === undefined) return false;
  return (await findCertificateHolder(deps.database, certificate)) === personId;
}

/**
 * The same within its hours too: what a connection may still begin, which may live longer than the certificate that
 * signed it in.
 */
export async function isCertificateInForce(deps: IdentityDeps, blob: Buffer, personId: PersonId): Promise<boolean> {
  const certificate = decodedOrNone(blob);
  if (certificate === undefined) return false;
  return (await findCertificateHolder(deps.database, certificate, deps.clock.now())) === personId;
}

/** Whether a certificate line is for this public line and valid now: what its receiver can see of it. */
export function certificateIsFor(line: string, publicKeyLine: string, now: Date): boolean {
  const certificate = decodedOrNone(Buffer.from(line.split(' ')[1] ?? '', 'base64'));
  const seconds = BigInt(Math.floor(now.getTime() / 1000));
  return (
    certificate?.publicKey.equals(parsePublicKey(publicKeyLine).blob) === true && certificate.validBefore > seconds
  );
}

/** The fingerprint of the key inside a certificate. @throws {GatewayError} `key_invalid`. */
export function certifiedKeyFingerprint(blob: Buffer): string {
  return fingerprintOf(decodeCertificate(blob).publicKey);
}

/** The serial in a certificate's base64. @throws {GatewayError} `key_invalid`. */
export function certificateSerial(base64: string): bigint {
  return decodeCertificate(Buffer.from(base64, 'base64')).serial;
}

/** Notes that a signature with this certificate just succeeded. */
export function noteCertificateUsed(deps: IdentityDeps, serial: bigint): Promise<void> {
  return updateCertificateUsed(deps.database, serial, deps.clock.now());
}

/** Revokes a certificate of one's own, for good; what it signed in ends. @throws {GatewayError} `not_found` */
export async function revokeLoginCertificate(deps: IdentityDeps, principal: Principal, serial: string): Promise<void> {
  if (!SERIAL_TEXT.test(serial) || BigInt(serial) > SERIAL_MAX) throw new GatewayError('not_found');
  await revoke(deps, { serial: BigInt(serial), personId: principal.person.id });
}

/** What the holder signs to revoke a certificate without a browser: it can be used for nothing else, and again for nothing. */
export function revocationText(serial: bigint): Buffer {
  return Buffer.concat([sshString('sekisho-revoke-login-v1'), uint64(serial)]);
}

/**
 * Revokes the certificate for who proves to hold its key, whatever its hours.
 * @throws {GatewayError} `not_found`: unknown, revoked already, or not proven; the answer is the same.
 */
export async function revokeHeldCertificate(
  deps: LoginDeps,
  { blob, signature }: { readonly blob: Buffer; readonly signature: Buffer },
): Promise<void> {
  const certificate = decodedOrNone(blob);
  const isOurs = authorityBlobs(deps.loginAuthority).some((blob) => certificate?.authority.equals(blob) === true);
  if (certificate === undefined || !isOurs) throw new GatewayError('not_found');
  const proven = verifySshSignature(certificate.publicKey, revocationText(certificate.serial), signature);
  const personId = proven ? await findCertificateHolder(deps.database, certificate) : undefined;
  if (personId === undefined) throw new GatewayError('not_found');
  await revoke(deps, { serial: certificate.serial, personId });
}

async function revoke(deps: IdentityDeps, { serial, personId }: { serial: bigint; personId: PersonId }): Promise<void> {
  await deps.database.inTransaction(async (tx) => {
    if ((await revokeCertificate(tx, { serial, personId, at: deps.clock.now() })) === 0) {
      throw new GatewayError('not_found');
    }
    await appendAuditEvent(tx, deps.clock, {
      type: 'login.certificate_revoked',
      actor: personId,
      body: { serial: String(serial) },
    });
  });
}

async function findHolder(
  deps: IdentityDeps,
  { serial, publicKey, principal }: { serial: bigint; publicKey: Buffer; principal: PersonId },
): Promise<CertificateHolder | undefined> {
  const personId = await findCertificateHolder(deps.database, { serial, publicKey });
  // The row and the principal say the same, or one of them was not written by us.
  if (personId !== principal) return undefined;
  const person = await findPerson(deps.database, personId);
  return person === undefined ? undefined : { person, fingerprint: fingerprintOf(publicKey), publicKey, serial };
}

function decodedOrNone(blob: Buffer): Certificate | undefined {
  try {
    const certificate = decodeCertificate(blob);
    return certificate.serial <= SERIAL_MAX ? certificate : undefined;
  } catch (thrown) {
    if (hasCode(thrown, 'key_invalid')) return undefined;
    throw thrown;
  }
}

/** The one person it is for: a certificate for several, or for a name that is no id, is none of ours. */
function principalOf(certificate: Certificate | undefined): PersonId | undefined {
  const [principal = '', ...more] = certificate?.principals ?? [];
  return more.length === 0 && PERSON_ID.test(principal) ? (principal as PersonId) : undefined;
}

/** While the key is exchanged, what the former one signed counts to its end. */
function authorityBlobs({ trustedLines }: CertificateAuthority): readonly Buffer[] {
  return trustedLines.map((line) => Buffer.from(line.split(' ')[1] ?? '', 'base64'));
}

function rawEd25519(blob: Buffer): Buffer {
  const reader = new ByteReader(blob);
  reader.sshString(); // The kind, checked when the key was read.
  return reader.sshString();
}
