/** `sekisho scim-token`: makes, lists and revokes the tokens by which a provider's SCIM client is known. */
import type { Config } from '../config/index.ts';
import { createLog, Database, GatewayError, systemClock } from '../foundation/index.ts';
import { createScimToken, listScimTokens, revokeScimToken } from '../identity/index.ts';

export interface ScimTokenOptions {
  readonly action: 'create' | 'list' | 'revoke';
  /** The provider's name in the configuration, or the id of a token to revoke. */
  readonly subject: string | undefined;
  readonly label: string | undefined;
}

/** @throws {GatewayError} `request_invalid` (no such provider), `not_found` (no such token), `start_refused` (no database). */
export async function runScimToken(config: Config, { action, subject, label }: ScimTokenOptions): Promise<number> {
  const { url } = config.database;
  if (url === null) throw new GatewayError('start_refused', 'This needs DATABASE_URL: the demo has no SCIM client.');
  await using database = new Database({ url, poolSize: 2, log: createLog('silent') });
  const deps = { database, clock: systemClock };
  if (action === 'list') {
    for (const token of await listScimTokens(deps)) {
      const { id, issuer, expiresAt, lastUsedAt, revokedAt } = token;
      const state = revokedAt === null ? `until ${expiresAt.toISOString()}` : 'revoked';
      const used = lastUsedAt === null ? 'never used' : `last used ${lastUsedAt.toISOString()}`;
      process.stdout.write(`${id}  ${issuer}  ${token.label}  ${state}  ${used}\n`);
    }
    return 0;
  }
  if (action === 'revoke') {
    await revokeScimToken(deps, requireText(subject, 'Name the token: sekisho scim-token revoke ID'));
    process.stdout.write('Revoked.\n');
    return 0;
  }
  const name = subject ?? 'default';
  const provider = config.identityProviders.find((one) => one.name === name);
  if (provider === undefined) throw new GatewayError('request_invalid', `No identity provider is named ${name}.`);
  const { id, token, expiresAt } = await createScimToken(deps, { issuer: provider.issuer, label: label ?? name });
  process.stderr.write(
    `Token ${id}, until ${expiresAt.toISOString()}. It is shown once; address: ${config.http.publicUrl}/scim/v2\n`,
  );
  process.stdout.write(`${token.expose()}\n`);
  return 0;
}

function requireText(text: string | undefined, message: string): string {
  if (text === undefined || text === '') throw new GatewayError('request_invalid', message);
  return text;
}
