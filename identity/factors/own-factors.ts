/** What a person sees of their own second factors, what removing one needs, and when one has to be shown again. */
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import { markFactorShown } from '../web-sessions/queries.ts';
import type { WebPrincipal } from '../web-sessions/web-sessions.ts';
import { hasFactor, type Passkey, removePasskeyRow, removeTotpRow, selectPasskeys, selectTotp } from './queries.ts';
import { checkTotp, type TotpDeps } from './totp.ts';

/** What the console asks of who decides, locks or ends. */
export interface FactorRules {
  readonly web: 'off' | 'required';
  /** How long one second factor serves. */
  readonly webMinutes: number;
}

export interface OwnFactors {
  readonly passkeys: readonly Passkey[];
  readonly totp: { readonly addedAt: Date; readonly lastUsedAt: Date | null } | null;
}

const MINUTE_MS = 60_000;

export async function listFactors({ database }: IdentityDeps, { person }: WebPrincipal): Promise<OwnFactors> {
  const [passkeys, totp] = await Promise.all([selectPasskeys(database, person.id), selectTotp(database, person.id)]);
  return {
    passkeys: passkeys.map(({ id, label, backedUp, registeredAt, lastUsedAt }) => ({
      ...{ id, label, backedUp, registeredAt, lastUsedAt },
    })),
    totp:
      totp === undefined || totp.confirmedAt === null
        ? null
        : { addedAt: totp.confirmedAt, lastUsedAt: totp.lastUsedAt },
  };
}

/** Until when the second factor of this sign-in serves; null when none was shown, or too long ago. */
export function factorServesUntil({ session }: WebPrincipal, rules: FactorRules, now: Date): Date | null {
  if (session.factorAt === null) return null;
  const until = new Date(session.factorAt.getTime() + rules.webMinutes * MINUTE_MS);
  return until > now ? until : null;
}

/** @throws {GatewayError} `step_up_required` where one is required and none serves. */
export function requireFactor(deps: IdentityDeps, principal: WebPrincipal, rules: FactorRules): void {
  if (rules.web === 'off') return;
  if (factorServesUntil(principal, rules, deps.clock.now()) === null) throw new GatewayError('step_up_required');
}

/**
 * Who changes factors shows one. The first one has nothing before it, so it is taken only soon after the sign-in itself:
 * a cookie stolen later adds nothing.
 * @throws {GatewayError} `step_up_required`
 */
export async function requireFactorForChange(
  deps: IdentityDeps,
  principal: WebPrincipal,
  rules: FactorRules,
): Promise<void> {
  const now = deps.clock.now();
  if (factorServesUntil(principal, rules, now) !== null) return;
  const isFirst = !(await hasFactor(deps.database, principal.person.id));
  const signedInFor = now.getTime() - principal.session.createdAt.getTime();
  if (isFirst && signedInFor < LIMITS.firstFactorMinutes * MINUTE_MS) return;
  throw new GatewayError('step_up_required');
}

/**
 * Removes a passkey, or the authenticator app where `id` is null.
 * @throws {GatewayError} `not_found`; `factor_required` when it is the last one and one is required.
 */
export async function removeFactor(
  deps: IdentityDeps,
  { person }: WebPrincipal,
  { id, rules }: { id: string | null; rules: FactorRules },
): Promise<void> {
  const at = deps.clock.now();
  await deps.database.inTransaction(async (tx) => {
    const removed =
      id === null ? await removeTotpRow(tx, person.id, at) : await removePasskeyRow(tx, id, person.id, at);
    if (removed === 0) throw new GatewayError('not_found');
    if (rules.web === 'required' && !(await hasFactor(tx, person.id))) throw new GatewayError('factor_required');
    const body = id === null ? ({ kind: 'totp', factor: 'totp' } as const) : ({ kind: 'passkey', factor: id } as const);
    await appendAuditEvent(tx, deps.clock, { type: 'factor.removed', actor: person.id, body });
  });
}

/**
 * Takes a code of the authenticator app as the second factor of this sign-in.
 * @param confirms the first code of a new app, which puts it to use.
 * @throws {GatewayError} `factor_refused` (wrong, or used before), `too_many_requests`, `factor_missing`.
 */
export async function proveTotp(
  deps: TotpDeps,
  { person, session }: WebPrincipal,
  { code, confirms }: { code: string; confirms: boolean },
): Promise<void> {
  const answer = await checkTotp(deps, person.id, { code, where: 'console', confirms });
  if (answer === 'none') throw new GatewayError('factor_missing');
  if (answer === 'throttled') throw new GatewayError('too_many_requests');
  if (answer !== 'accepted') throw new GatewayError('factor_refused');
  await deps.database.inTransaction((tx) => markFactorShown(tx, session.id, deps.clock.now()));
}
