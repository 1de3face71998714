import { type Finding, type TargetPolicy, VERDICTS, type VerdictName } from './model.ts';

/**
 * Whether anything is guarded here. On a recorded target, or where nothing is protected, findings are kept and refuse
 * nothing. Only the mode that says so is unguarded: one this function does not know is guarded.
 */
export function guards(policy: TargetPolicy): boolean {
  return policy.mode !== 'recorded' && policy.assets.length > 0;
}

/** The strictest verdict wins: one command that no ticket can make safe spoils the line it stands in. */
export function verdictOf(found: readonly { readonly verdict: VerdictName }[]): VerdictName {
  return VERDICTS.findLast((name) => found.some(({ verdict }) => verdict === name)) ?? 'allow';
}

/** The protected things that `findings` name, each once. */
export function objectsOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.flatMap(({ assets }) => assets))];
}

/** Whether a ticket about the very act can open it. */
export function opensByTicket(verdict: VerdictName): boolean {
  return verdict === 'needs_ticket' || verdict === 'ask';
}
