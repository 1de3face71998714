import type { TargetPolicy, VerdictName } from './model.ts';

/**
 * Whether anything is guarded here. On a recorded target, or where nothing is protected, findings are kept and refuse
 * nothing. Only the mode that says so is unguarded: one this function does not know is guarded.
 */
export function guards(policy: TargetPolicy): boolean {
  return policy.mode !== 'recorded' && policy.assets.length > 0;
}

/** The strictest verdict wins: one command that no ticket can make safe spoils the line it stands in. */
export function verdictOf(found: readonly { readonly verdict: VerdictName }[]): VerdictName {
  if (found.some(({ verdict }) => verdict === 'deny')) return 'deny';
  return found.some(({ verdict }) => verdict === 'needs_ticket') ? 'needs_ticket' : 'allow';
}
