/** Everything on a line that names a person. */
import type { Features } from '../features.ts';
import { findEmails } from './emails.ts';
import { findJapanese, findRomanAddresses } from './japanese.ts';
import { type Finder, type Found, scan } from './model.ts';
import { findCards, findIbans, findMyNumbers } from './numbers.ts';
import { findPhones } from './phones.ts';

export type { Finder, Found, Shelf } from './model.ts';

/** A key like `C000123` or `CUST-00123`, alone in its field. */
const CUSTOMER = /(?<![^\s,;|"'(\t])[A-Z]{1,6}[-_]?\d{4,10}(?![^\s,;|"')\t])/g;

/**
 * @param line as `plainLine` left it.
 * @param features of the same text: what cannot be there is not looked for.
 * @param rules finders of the administrator's own.
 */
export function findIdentifiers(line: string, features: Features, rules: readonly Finder[]): readonly Found[] {
  const found: Found[] = [];
  const wide = features.high > 0;
  for (const rule of rules) found.push(...rule(line));
  if (line.includes('@')) found.push(...findEmails(line));
  if (features.digits >= 13) found.push(...findCards(line));
  if (features.digits >= 12) found.push(...findMyNumbers(line));
  if (features.iban) found.push(...findIbans(line));
  if (features.phone || features.number) found.push(...findPhones(line, features.phone));
  if (wide) found.push(...findJapanese(line, features));
  if (features.houses) found.push(...findRomanAddresses(line));
  return found.length === 0 ? found : [...withoutOverlaps(found), ...findCustomers(line, found)];
}

/** What is a card is no telephone number: the kinds above are in the order of their proof. */
function withoutOverlaps(found: readonly Found[]): Found[] {
  const kept: Found[] = [];
  for (const one of found) {
    if (!kept.some(({ start, end }) => one.start < end && start < one.end)) kept.push(one);
  }
  return kept;
}

/** A key is a customer's beside something of a person, and says nothing elsewhere. */
function findCustomers(line: string, found: readonly Found[]): Found[] {
  if (!found.some(({ kind }) => kind !== 'custom')) return [];
  const keys = scan(line, CUSTOMER, ([value]) => ({ kind: 'customer_id', shelf: 'customer_id', value, strong: true }));
  return keys.filter(({ start, end }) => !found.some((one) => start < one.end && one.start < end)).slice(0, 1);
}
