/** Makes the database and its roles in a new cluster; safe to run again. */
import { Client } from 'pg';
import type { Secret } from '../../foundation/index.ts';

export const DATABASE_NAME = 'sekisho';
export const OWNER_ROLE = 'sekisho_owner';
/** The role that logs in. It has the rights of `sekisho_gateway`, which the migrations grant, and none of its own. */
export const GATEWAY_LOGIN = 'sekisho_app';

export interface BootstrapOptions {
  readonly superuserUrl: Secret<string>;
  readonly ownerPassword: Secret<string>;
  readonly gatewayPassword: Secret<string>;
}

export async function bootstrap(options: BootstrapOptions): Promise<void> {
  const client = new Client({ connectionString: options.superuserUrl.expose() });
  client.on('error', () => undefined); // Every failure surfaces in the awaited calls below.
  await client.connect();
  try {
    await createRole(client, 'sekisho_gateway', 'NOLOGIN');
    await createRole(client, OWNER_ROLE, `LOGIN PASSWORD ${client.escapeLiteral(options.ownerPassword.expose())}`);
    await createRole(
      client,
      GATEWAY_LOGIN,
      `LOGIN INHERIT IN ROLE sekisho_gateway PASSWORD ${client.escapeLiteral(options.gatewayPassword.expose())}`,
    );
    await createDatabase(client);
  } finally {
    await client.end();
  }
}

async function createRole(client: Client, name: string, attributes: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${client.escapeIdentifier(name)} ${attributes}`);
}

async function createDatabase(client: Client): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE_NAME]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE_NAME} OWNER ${OWNER_ROLE}`);
  await client.query(`REVOKE ALL ON DATABASE ${DATABASE_NAME} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${DATABASE_NAME} TO sekisho_gateway`);
}
