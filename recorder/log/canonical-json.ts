import { invariant } from '../../foundation/index.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * The one way to write a value (RFC 8785 JSON Canonicalization Scheme), so that equal values have equal hashes.
 * Numbers are safe integers only: the scheme's float form is where implementations differ.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number') {
    invariant(Number.isSafeInteger(value), 'a number in a leaf is a safe integer');
    return String(value === 0 ? 0 : value);
  }
  if (typeof value === 'string') {
    invariant(!/\p{Surrogate}/u.test(value), 'a string in a leaf is well-formed Unicode');
    return JSON.stringify(value);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

function isList(value: readonly Json[] | { readonly [key: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}
