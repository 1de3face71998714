/** What the end-to-end tests ask of a gateway's database and of what a person was told. */
import { expect } from '@jest/globals';
import type { Database } from '../../../foundation/index.ts';
import { type AuditEventType, listAuditEvents, type StoredAuditEvent } from '../../../recorder/index.ts';

/** Whatever has the database of a gateway: the gateway under test, or the test itself. */
export interface House {
  readonly db: { readonly owner: Database };
}

/** Runs SQL as the role that owns the schema: what an administrator of the database would do. */
export async function asOwner(
  gateway: House,
  text: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const { rows } = await gateway.db.owner.pool.query<Record<string, unknown>>(text, [...values]);
  return rows;
}

export async function personId(gateway: House, subject: string): Promise<string> {
  const [row] = await asOwner(gateway, 'SELECT person_id FROM identities WHERE subject = $1', [subject]);
  return String(row?.['person_id']);
}

/** Newest first. */
export function events(database: Database, ...types: AuditEventType[]): Promise<StoredAuditEvent[]> {
  return listAuditEvents(database, { types, limit: 200 });
}

/** The newest event of a type. @throws when there is none. */
export async function newest(database: Database, type: AuditEventType): Promise<StoredAuditEvent> {
  const [event] = await events(database, type);
  if (event === undefined) throw new Error(`no event ${type}`);
  return event;
}

/** One line, from the gateway, with this code; nothing else on standard error. */
export function expectOneLine(stderr: string, code: string): void {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line !== '');
  expect(lines).toEqual([expect.stringMatching(/^sekisho: \S.*\S \[\w+\]$/)]);
  expect(lines[0]).toContain(`[${code}]`);
}

/** The newest session of a person, as the database has it. */
export async function lastSession(gateway: House, subject: string) {
  const [row] = await asOwner(
    gateway,
    `SELECT s.id, s.closed_at, s.close_reason, s.exit_status, s.command, r.session_id IS NOT NULL AS sealed
     FROM sessions s JOIN identities i ON i.person_id = s.person_id LEFT JOIN recordings r ON r.session_id = s.id
     WHERE i.subject = $1 ORDER BY s.opened_at DESC LIMIT 1`,
    [subject],
  );
  if (row === undefined) throw new Error(`${subject} had no session`);
  return {
    id: String(row['id']),
    isOpen: row['closed_at'] === null,
    reason: row['close_reason'],
    status: row['exit_status'],
    command: row['command'],
    isSealed: row['sealed'] === true,
  };
}

/** The places of the two words that the terminal shows of this sign-in. */
export async function wordsShown(gateway: House, code: string): Promise<number[]> {
  const [row] = await asOwner(gateway, 'SELECT words FROM ssh_sign_ins WHERE code = $1', [code]);
  const words: unknown = row?.['words'];
  return Array.isArray(words) ? words.map(Number) : [];
}
