/** The signed form of a link: 16 bytes that name it, 32 that prove it. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { formatUuid, parseUuid } from '../../foundation/index.ts';
import type { Link } from './queries.ts';

const CONTEXT = 'sekisho ticket link v1';
const ID_BYTES = 16;
const TOKEN = /^[A-Za-z0-9_-]{64}$/;

type Signed = Pick<Link, 'id' | 'ticket' | 'person' | 'purpose' | 'expiresAt'>;

/** 64 characters of base64url (RFC 4648 §5). */
export function signLink(key: Buffer, link: Signed): string {
  return Buffer.concat([parseUuid(link.id), macOf(key, link)]).toString('base64url');
}

/** The link a token speaks of, unproven; undefined when it is none. */
export function linkIdOf(token: string): string | undefined {
  return TOKEN.test(token) ? formatUuid(Buffer.from(token, 'base64url').subarray(0, ID_BYTES)) : undefined;
}

/**
 * Whether the token was made for this very row. The row is what is signed: one that was changed to another person, ticket
 * or time in the database has no token any more.
 */
export function isSignedFor(key: Buffer, token: string, link: Signed): boolean {
  const mac = Buffer.from(token, 'base64url').subarray(ID_BYTES);
  const own = macOf(key, link);
  return mac.length === own.length && timingSafeEqual(mac, own);
}

function macOf(key: Buffer, { id, ticket, person, purpose, expiresAt }: Signed): Buffer {
  const text = [CONTEXT, id, ticket, person, purpose, expiresAt.toISOString()].join('\n');
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
