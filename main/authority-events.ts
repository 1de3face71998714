/** Which keys sign certificates and which are trusted: an event whenever that is another than it was. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Database } from '../foundation/index.ts';
import { parsePublicKey, type UserAuthority } from '../identity/index.ts';
import { appendAuditEvent, listAuditEvents } from '../recorder/index.ts';
import type { SshKeys } from './bastion.ts';

/** Beside the key files, while the key lies in an agent: for `sekisho authority`, which reads no configuration. */
export const AGENT_LINE_FILE = 'user_ca_agent.pub';

const AUTHORITIES = ['user', 'host', 'login'] as const;
/** Of each authority the newest is wanted, and there are three. */
const LOOKED_BACK = 50;

/**
 * What is now, beside the newest event of it: an exchange of keys leaves its events with no word from who did it, and so
 * does a key file that somebody put there.
 */
export async function noteAuthorities(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  keys: Pick<SshKeys, 'authority' | 'hostAuthority' | 'loginAuthority'>,
): Promise<void> {
  const known = await listAuditEvents(database, { types: ['authority.keys_changed'], limit: LOOKED_BACK });
  const now = { user: keys.authority, host: keys.hostAuthority, login: keys.loginAuthority };
  for (const authority of AUTHORITIES) {
    const body = { authority, ...keysOf(now[authority]) };
    const last = known.find((event) => isOf(event.body, authority))?.body;
    if (last !== undefined && JSON.stringify(keysIn(last)) === JSON.stringify(keysIn(body))) continue;
    await appendAuditEvent(database, clock, { type: 'authority.keys_changed', actor: null, body });
  }
}

/** At a start: the same, and the line of a key that lies in an agent is left for who asks for it. */
export async function announceAuthorities(
  deps: Parameters<typeof noteAuthorities>[0],
  keys: SshKeys,
  { directory, isInAgent }: { readonly directory: string; readonly isInAgent: boolean },
): Promise<void> {
  await publishAgentLine(directory, isInAgent ? keys.authority.publicKeyLine : undefined);
  await noteAuthorities(deps, keys);
}

/** Leaves the line of a key that lies in an agent where `sekisho authority` finds it, and no other. */
async function publishAgentLine(directory: string, line: string | undefined): Promise<void> {
  const path = join(directory, AGENT_LINE_FILE);
  if (line === undefined) await rm(path, { force: true });
  else await writeFile(path, `${line}\n`, { mode: 0o600 });
}

function keysOf({ publicKeyLine, trustedLines }: UserAuthority) {
  const fingerprint = (line: string): string => parsePublicKey(line).fingerprint;
  return { signs: fingerprint(publicKeyLine), trusted: trustedLines.map(fingerprint) };
}

function isOf(body: unknown, authority: string): boolean {
  return typeof body === 'object' && body !== null && Reflect.get(body, 'authority') === authority;
}

function keysIn(body: unknown): unknown[] {
  return typeof body === 'object' && body !== null ? [Reflect.get(body, 'signs'), Reflect.get(body, 'trusted')] : [];
}
