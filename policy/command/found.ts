import type { Finding } from '../model.ts';
import type { Found, FindingClass, Span } from './model.ts';

/** Characters of a finding's subject: enough to recognise it, whatever somebody typed. */
const SUBJECT_MAX = 200;

/** What is known of the place a finding stands in. */
export type About = readonly [rule: string, name: FindingClass, span: Span, subject: string];

/** A finding that refuses outright: no ticket makes it safe. */
export function denied(...about: About): Found {
  return { verdict: 'deny', finding: finding(...about) };
}

/** A finding that a ticket about this very act can allow once: a recognised export. */
export function ticketed(...about: About): Found {
  return { verdict: 'needs_ticket', finding: finding(...about) };
}

/** A finding of something not recognised: a second person is asked before it runs. */
export function asked(...about: About): Found {
  return { verdict: 'ask', finding: finding(...about) };
}

/** A finding with a verdict known only now. */
export function foundWith(verdict: Found['verdict'], ...about: About): Found {
  return { verdict, finding: finding(...about) };
}

/** The same finding with the assets it touches. */
export function touching(found: Found, assets: readonly string[]): Found {
  return { ...found, finding: { ...found.finding, assets: [...new Set(assets)] } };
}

const OUTWARD = new Set<FindingClass>(['offhost', 'dbdump', 'tunnel', 'listen', 'bulk_read']);

/** Whether something protected or a road out stands in it: then what hides it is no mere oversight. */
export function isOutward({ verdict, finding: { assets, class: name } }: Found): boolean {
  return verdict !== 'ask' && (assets.length > 0 || OUTWARD.has(name));
}

/**
 * The verdict about a text that runs later, out of sight: allowed when the text is, asked when it is not recognised, and
 * denied when it would need a ticket now, for a ticket is about one run.
 */
export function verdictOfLater(inside: readonly Found[]): Found['verdict'] | 'allow' {
  if (inside.length === 0) return 'allow';
  return inside.every(({ verdict }) => verdict === 'ask') ? 'ask' : 'deny';
}

function finding(rule: string, name: FindingClass, span: Span, subject: string): Finding {
  return { rule, class: name, span, subject: subject.slice(0, SUBJECT_MAX), assets: [] };
}
