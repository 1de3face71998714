import type { Finding } from '../model.ts';
import type { Found, FindingClass, Span } from './model.ts';

/** Characters of a finding's subject: enough to recognise it, whatever somebody typed. */
const SUBJECT_MAX = 200;

/** A finding that refuses outright: no ticket makes it safe. */
export function denied(rule: string, name: FindingClass, span: Span, subject: string): Found {
  return { verdict: 'deny', finding: finding(rule, name, span, subject) };
}

/** A finding that a ticket can allow once. */
export function asked(rule: string, name: FindingClass, span: Span, subject: string): Found {
  return { verdict: 'needs_ticket', finding: finding(rule, name, span, subject) };
}

/** The same finding with the assets it touches. */
export function touching(found: Found, assets: readonly string[]): Found {
  return { ...found, finding: { ...found.finding, assets: [...new Set(assets)] } };
}

function finding(rule: string, name: FindingClass, span: Span, subject: string): Finding {
  return { rule, class: name, span, subject: subject.slice(0, SUBJECT_MAX), assets: [] };
}
