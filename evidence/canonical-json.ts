/** The one way to write a value (RFC 8785 JSON Canonicalization Scheme), so that equal values have equal hashes. */
import { EvidenceError } from './bytes.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * @throws {EvidenceError} for a number that is no safe integer (the scheme's float form is where implementations
 *   differ) and for a string that is not well-formed Unicode.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new EvidenceError('A number is no safe integer.');
    return String(value === 0 ? 0 : value);
  }
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  // By UTF-16 code units, as the scheme asks: that is how `<` compares strings.
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${quote(key)}:${canonicalJson(member)}`).join(',')}}`;
}

function quote(text: string): string {
  if (/\p{Surrogate}/u.test(text)) throw new EvidenceError('A string is not well-formed Unicode.');
  return JSON.stringify(text);
}

/**
 * The value of a canonical text. Undefined for any other text: a key that stands there twice, a space, a number in
 * another form would let two readers see two things.
 */
export function parseCanonicalJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json; // What JSON.parse gives is Json.
    return JSON.stringify(value) === text && isCanonical(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What `JSON.stringify` leaves open: the order of members, numbers, and strings. */
function isCanonical(value: Json): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (typeof value === 'string') return !/\p{Surrogate}/u.test(value);
  if (typeof value !== 'object' || value === null) return true;
  if (isList(value)) return value.every(isCanonical);
  let before: string | undefined;
  for (const key of Object.keys(value)) {
    if (before !== undefined && before >= key) return false;
    if (!isCanonical(key) || !isCanonical(value[key] ?? null)) return false;
    before = key;
  }
  return true;
}

function isList(value: readonly Json[] | { readonly [key: string]: Json }): value is readonly Json[] {
  return Array.isArray(value);
}
