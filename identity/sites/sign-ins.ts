/** From the console's sign-in to one site: a code that is used once, then a cookie of that host alone. */
import { randomBytes } from 'node:crypto';
import { GatewayError, LIMITS, newUuid, Secret, sha256 } from '../../foundation/index.ts';
import type { ConnectionId, TargetId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { IdentityDeps } from '../rows.ts';
import type { WebPrincipal } from '../web-sessions/web-sessions.ts';
import {
  insertSiteSignIn,
  redeemSiteCode,
  selectSiteSignIn,
  selectSites,
  type Site,
  type SiteSignIn,
} from './queries.ts';

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const LABEL = /^[a-z0-9][a-z0-9-]{0,126}$/;

/** The site of a host name's first label; undefined when there is none, or nobody can say which of two is meant. */
export async function findSite({ database }: Pick<IdentityDeps, 'database'>, label: string): Promise<Site | undefined> {
  if (!LABEL.test(label)) return undefined;
  const sites = await selectSites(database, label);
  return sites.length === 1 ? sites[0] : undefined;
}

/**
 * A code for who is signed in here, good for seconds and for the browser that holds `state`. Whether they may enter is
 * decided where they enter. @throws {GatewayError} `not_found`
 */
export async function handOverToSite(
  deps: IdentityDeps,
  { person, session }: WebPrincipal,
  { label, state, sourceAddress }: { label: string; state: string; sourceAddress: string },
): Promise<{ readonly site: Site; readonly code: Secret<string> }> {
  const site = await findSite(deps, label);
  if (site === undefined || !TOKEN.test(state)) throw new GatewayError('not_found');
  const code = randomBytes(TOKEN_BYTES).toString('base64url');
  const createdAt = deps.clock.now();
  await deps.database.inTransaction((tx) =>
    insertSiteSignIn(tx, {
      ...{ id: newUuid(createdAt), connectionId: newUuid(createdAt), personId: person.id, targetId: site.target.id },
      ...{ webSessionId: session.id, codeHash: sha256(code), stateHash: sha256(state), sourceAddress, createdAt },
      codeExpiresAt: new Date(createdAt.getTime() + LIMITS.siteCodeSeconds * 1_000),
      expiresAt: session.expiresAt,
    }),
  );
  return { site, code: new Secret(code) };
}

/** Uses a code, once; undefined: it is another's, of another site, used or too old. */
export async function enterSite(
  deps: IdentityDeps,
  { code, state, targetId }: { code: string; state: string; targetId: TargetId },
): Promise<{ readonly token: Secret<string>; readonly signIn: SiteSignIn } | undefined> {
  if (!TOKEN.test(code) || !TOKEN.test(state)) return undefined;
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  return deps.database.inTransaction(async (tx) => {
    const now = deps.clock.now();
    const hashes = { codeHash: sha256(code), stateHash: sha256(state), tokenHash: sha256(token) };
    const signIn = await redeemSiteCode(tx, { ...hashes, targetId, now });
    if (signIn === undefined) return undefined;
    await appendAuditEvent(tx, deps.clock, {
      type: 'site.signed_in',
      actor: signIn.personId,
      body: { connection: signIn.connectionId, target: targetId, sourceAddress: signIn.sourceAddress },
    });
    return { token: new Secret(token), signIn };
  });
}

/** Who the cookie of this site signs in now. */
export async function findSiteSignIn(
  deps: IdentityDeps,
  { token, targetId }: { token: string; targetId: TargetId },
): Promise<(SiteSignIn & { readonly connectionId: ConnectionId }) | undefined> {
  if (!TOKEN.test(token)) return undefined;
  const found = await selectSiteSignIn(deps.database, { tokenHash: sha256(token), targetId, now: deps.clock.now() });
  return found === undefined ? undefined : { ...found, connectionId: found.connectionId as ConnectionId };
}
