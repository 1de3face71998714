/** Which roles may read what over HTTP. What somebody may *do* is decided in the rooms below, not here. */
import { GatewayError } from '../../foundation/index.ts';
import type { Person, Role } from '../../policy/index.ts';

const READERS = {
  /** Every session and recording, whoever owns the system. */
  everySession: ['auditor', 'security_officer'],
  /** That sessions go on, and whose: to be able to end them. */
  liveSessions: ['administrator'],
  auditEvents: ['auditor', 'security_officer'],
  /** What was shown, typed and executed in every recording. */
  search: ['auditor', 'security_officer'],
  /** What was typed and not shown. */
  keystrokes: ['auditor'],
  persons: ['security_officer', 'administrator'],
  /** Which accounts exist on targets: to have it looked at; owners read of their systems. */
  accountInventory: ['security_officer', 'administrator'],
  /** To have the road to a target checked. */
  targetChecks: ['security_officer', 'administrator'],
  /** To pin the key by which a target is known. */
  hostKeys: ['administrator'],
  /** What the running process goes by. */
  configuration: ['auditor', 'security_officer', 'administrator'],
  /** How recordings are kept from change. */
  protection: ['auditor', 'security_officer', 'administrator'],
} as const satisfies Record<string, readonly Role[]>;

export function mayRead(person: Person, what: keyof typeof READERS): boolean {
  const readers: readonly Role[] = READERS[what];
  return person.roles.some((role) => readers.includes(role));
}

/** @throws {GatewayError} `not_permitted`. */
export function requireReader(person: Person, what: keyof typeof READERS): void {
  if (!mayRead(person, what)) throw new GatewayError('not_permitted');
}
