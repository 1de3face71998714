/** Codes of an authenticator app (TOTP, RFC 6238): SHA-1, six digits, 30 seconds, one step of drift either way. */
import { randomBytes } from 'node:crypto';
import { Secret as OtpSecret, TOTP } from 'otpauth';
import { GatewayError, LIMITS, newUuid, type Transaction } from '../../foundation/index.ts';
import type { Person, PersonId } from '../../policy/index.ts';
import { appendAuditEvent, type AuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import {
  insertTotp,
  lockTotp,
  removeTotpRow,
  selectTotp,
  type TotpRecord,
  updateTotpFailure,
  updateTotpUse,
} from './queries.ts';
import type { FactorSeal } from './seal.ts';

export type TotpDeps = IdentityDeps & { readonly factorSeal: FactorSeal };

/** Where a code is shown: at the console, or to a terminal that signs in over SSH. */
export type ShownAt = 'console' | 'ssh';

/**
 * `wrong`: no code of now. `used`: right, but it or a later one was used before. `throttled`: after failures it waits.
 * `none`: the person has no authenticator app.
 */
export type TotpAnswer = 'accepted' | 'wrong' | 'used' | 'throttled' | 'none';

const ISSUER = 'Sekisho';
const SECRET_BYTES = 20; // RFC 4226 §4 R6: as long as the hash.
const PERIOD_SECONDS = 30;
const CODE = /^\d{6}$/;

/**
 * A new secret, of no use until a code of it was shown. An earlier one that was never confirmed goes.
 * @returns the secret in base32 and the address that apps read (`otpauth://`).
 * @throws {GatewayError} `factor_refused` when there is an app already.
 */
export function beginTotp(deps: TotpDeps, person: Person): Promise<{ secret: string; uri: string }> {
  const at = deps.clock.now();
  const secret = randomBytes(SECRET_BYTES);
  return deps.database.inTransaction(async (tx) => {
    await removeTotpRow(tx, person.id, at, true);
    if ((await lockTotp(tx, person.id)) !== undefined) {
      throw new GatewayError('factor_refused', 'You have an authenticator app already; remove it first.');
    }
    const sealedSecret = deps.factorSeal.close(secret, person.id);
    await insertTotp(tx, { id: newUuid(at), personId: person.id, sealedSecret, at });
    const totp = totpOf(secret, person.email ?? person.name);
    return { secret: totp.secret.base32, uri: totp.toString() };
  });
}

/** Whether the person has an authenticator app that was put to use. */
export async function hasAuthenticator(
  { database }: Pick<IdentityDeps, 'database'>,
  personId: PersonId,
): Promise<boolean> {
  const known = await selectTotp(database, personId);
  return known !== undefined && known.confirmedAt !== null;
}

/**
 * Takes a code as a factor of the person. The use of a step is kept in the transaction that looks at it, so of two that
 * show the same code at once one is refused.
 * @param shown `confirms`: the first code of a new secret, which puts it to use.
 */
export function checkTotp(
  deps: TotpDeps,
  personId: PersonId,
  shown: { code: string; where: ShownAt; confirms?: boolean },
): Promise<TotpAnswer> {
  return deps.database.inTransaction(async (tx) => {
    const { code, where, confirms = false } = shown;
    const answer = await judge(deps, tx, { personId, code: code.replaceAll(/\s/g, ''), confirms });
    await appendAuditEvent(tx, deps.clock, eventOf(answer, { personId, where, confirms }));
    return answer;
  });
}

function eventOf(
  answer: TotpAnswer,
  { personId: actor, where, confirms }: { personId: PersonId; where: ShownAt; confirms: boolean },
): AuditEvent {
  const about = { kind: 'totp', where } as const;
  if (answer !== 'accepted') return { type: 'factor.refused', actor, body: { ...about, reason: answer } };
  if (confirms) return { type: 'factor.added', actor, body: { kind: 'totp', factor: 'totp', label: '' } };
  return { type: 'factor.shown', actor, body: { ...about, factor: 'totp' } };
}

async function judge(
  deps: TotpDeps,
  tx: Transaction,
  { personId, code, confirms }: { personId: PersonId; code: string; confirms: boolean },
): Promise<TotpAnswer> {
  const known = await lockTotp(tx, personId);
  if (known === undefined || (known.confirmedAt === null) !== confirms) return 'none';
  const at = deps.clock.now();
  if (waitsUntil(known) > at.getTime()) return 'throttled';
  const step = stepOf(code, deps.factorSeal.open(known.sealedSecret, personId), at);
  if (step !== undefined && step > known.lastStep) {
    await updateTotpUse(tx, { id: known.id, step, at });
    return 'accepted';
  }
  await updateTotpFailure(tx, { id: known.id, at });
  return step === undefined ? 'wrong' : 'used';
}

/** Milliseconds of Unix time before which no code is looked at: six digits must not be tried out. */
function waitsUntil({ failures, failedAt }: TotpRecord): number {
  const beyond = failures - LIMITS.totpFreeFailures;
  if (failedAt === null || beyond < 0) return 0;
  const seconds = Math.min(LIMITS.totpDelaySecondsMax, LIMITS.totpDelaySeconds * 2 ** Math.min(beyond, 20));
  return failedAt.getTime() + seconds * 1_000;
}

/** The 30-second step the code is of; undefined when it is of none near now. */
function stepOf(code: string, secret: Buffer, at: Date): number | undefined {
  if (!CODE.test(code)) return undefined;
  const timestamp = at.getTime();
  const delta = totpOf(secret, '').validate({ token: code, timestamp, window: LIMITS.totpDriftSteps });
  return delta === null ? undefined : Math.floor(timestamp / 1_000 / PERIOD_SECONDS) + delta;
}

function totpOf(secret: Buffer, label: string): TOTP {
  const bytes = new Uint8Array(secret).buffer;
  return new TOTP({
    ...{ issuer: ISSUER, label, algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS },
    secret: new OtpSecret({ buffer: bytes }),
  });
}
