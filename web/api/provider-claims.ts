/** What an identity provider says of a person, and what it means here. */
import { z } from 'zod';
import type { Assurance, Claims } from '../../identity/index.ts';
import type { Role } from '../../policy/index.ts';

const GROUPS_MAX = 2_000;
const text = z.string().max(2_048);

export const ProviderClaims = z.looseObject({
  sub: z.string().max(255),
  name: text.optional(),
  preferred_username: text.optional(),
  email: text.optional(),
  employer: text.optional(),
  locale: text.optional(),
  groups: z.array(text).max(GROUPS_MAX).optional(),
  sid: z.string().min(1).max(255).optional(),
  acr: text.optional(),
  amr: z.array(text).max(20).optional(),
  auth_time: z.number().int().nonnegative().optional(),
});
export type ConfirmedClaims = z.output<typeof ProviderClaims>;

/** `issuer` is the provider's own name for itself, which discovery compared with ours: people are known by it. */
export function toClaims(issuer: string, roleOfGroup: Readonly<Record<string, Role>>, claims: ConfirmedClaims): Claims {
  return {
    issuer,
    subject: claims.sub,
    name: claims.name ?? claims.preferred_username ?? claims.sub,
    email: claims.email ?? null,
    employer: claims.employer ?? '',
    locale: /^ja\b/i.test(claims.locale ?? '') ? 'ja' : 'en',
    roles: rolesOfGroups(roleOfGroup, claims.groups ?? []),
  };
}

/** Groups not named give no role; each role once. */
export function rolesOfGroups(roleOfGroup: Readonly<Record<string, Role>>, groups: readonly string[]): Role[] {
  const roles = groups.flatMap((group) => {
    const role = Object.hasOwn(roleOfGroup, group) ? roleOfGroup[group] : undefined;
    return role === undefined ? [] : [role];
  });
  return [...new Set(roles)];
}

export interface SignInAssurance {
  readonly assurance: Assurance;
  /** When the provider asked for its factors; null when it did not say, or asked for one only. */
  readonly factorAt: Date | null;
}

type AssuranceTable = Readonly<Record<string, Assurance>>;

/**
 * What `acr` and `amr` mean by the tables of the configuration. Without `auth_time` nobody knows when the provider asked:
 * a session there may be a day old, so it counts as no factor of now.
 */
export function toAssurance(
  tables: { readonly assuranceOfAcr?: AssuranceTable; readonly assuranceOfAmr?: AssuranceTable },
  { acr, amr = [], auth_time }: ConfirmedClaims,
): SignInAssurance {
  const says = (table: AssuranceTable | undefined, value: string): boolean =>
    table !== undefined && Object.hasOwn(table, value) && table[value] === 'multi';
  const isMulti =
    (acr !== undefined && says(tables.assuranceOfAcr, acr)) || amr.some((one) => says(tables.assuranceOfAmr, one));
  if (!isMulti) return { assurance: 'single', factorAt: null };
  return { assurance: 'multi', factorAt: auth_time === undefined ? null : new Date(auth_time * 1_000) };
}
