/** What a person signs in with at a site that cannot be told who they are by a header. The browser never sees it. */
import { GatewayError, isUniqueViolation, Secret } from '../../foundation/index.ts';
import type { Person, TargetId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { FactorSeal } from '../factors/seal.ts';
import type { IdentityDeps } from '../rows.ts';
import { selectCredential, upsertCredential } from './queries.ts';

/** Accounts that mean a role and no person: a shared login is none of anybody's. */
const SHARED =
  /^(?:root|toor|admin|administrator|adm|sysadmin|sysop|system|operator|guest|user|test|support|service|shared|maintenance|backup|webmaster|info|kanri|kanrisha|管理者|共有)\d*$/iu;

/** @throws {GatewayError} `account_shared` when the account is a role's or another person's. */
export async function keepSiteCredential(
  deps: IdentityDeps & { readonly seal: FactorSeal },
  person: Person,
  given: { targetId: TargetId; account: string; secret: Secret<string> },
): Promise<void> {
  const { targetId, account, secret } = given;
  if (SHARED.test(account.normalize('NFKC').trim())) throw new GatewayError('account_shared');
  const sealed = deps.seal.close(Buffer.from(secret.expose()), person.id);
  try {
    await deps.database.inTransaction(async (tx) => {
      await upsertCredential(tx, { targetId, personId: person.id, account, sealed, at: deps.clock.now() });
      await appendAuditEvent(tx, deps.clock, {
        type: 'site.credential_kept',
        actor: person.id,
        body: { target: targetId, account },
      });
    });
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw new GatewayError('account_shared');
    throw thrown;
  }
}

/** The person's own; undefined when they have kept none. */
export async function openSiteCredential(
  deps: Pick<IdentityDeps, 'database'> & { readonly seal: FactorSeal },
  person: Person,
  targetId: TargetId,
): Promise<{ readonly account: string; readonly secret: Secret<string> } | undefined> {
  const kept = await selectCredential(deps.database, { targetId, personId: person.id });
  if (kept === undefined) return undefined;
  return { account: kept.account, secret: new Secret(deps.seal.open(kept.sealed, person.id).toString('utf8')) };
}
