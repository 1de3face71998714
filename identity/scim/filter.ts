/** Filters of SCIM (RFC 7644 §3.4.2.2): comparisons with `eq`, joined by `and`; nothing else, and that is said. */
import { LIMITS } from '../../foundation/index.ts';
import { ScimFault } from './fault.ts';

export interface Comparison {
  /** Lower case, without the schema before it. */
  readonly attribute: string;
  readonly value: string | boolean;
}

const ONE = /^\s*([A-Za-z][A-Za-z0-9:.$_-]*)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*/i;
const AND = /^and\s+/i;

/** @throws {ScimFault} `invalidFilter`; `tooMany` comparisons. */
export function parseFilter(filter: string | undefined): readonly Comparison[] {
  if (filter === undefined) return [];
  if (filter.length > LIMITS.scimFilterCharactersMax) throw invalid();
  const found: Comparison[] = [];
  for (let rest = filter; ; ) {
    const [whole, name = '', literal = ''] = ONE.exec(rest) ?? [];
    if (whole === undefined || found.length >= LIMITS.scimComparisonsMax) throw invalid();
    found.push({ attribute: attributeOf(name), value: valueOf(literal) });
    rest = rest.slice(whole.length);
    if (rest === '') return found;
    const and = AND.exec(rest)?.[0];
    if (and === undefined) throw invalid();
    rest = rest.slice(and.length);
  }
}

/** `urn:…:User:userName` and `userName` are one attribute; names are compared without case (RFC 7643 §2.1). */
function attributeOf(name: string): string {
  return name.slice(name.toLowerCase().startsWith('urn:') ? name.lastIndexOf(':') + 1 : 0).toLowerCase();
}

function valueOf(literal: string): string | boolean {
  if (!literal.startsWith('"')) return literal.toLowerCase() === 'true';
  try {
    return String(JSON.parse(literal));
  } catch {
    throw invalid();
  }
}

function invalid(): ScimFault {
  return new ScimFault(400, 'A filter is one or more comparisons with eq, joined by and.', 'invalidFilter');
}
