/** A migrated database for one test. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { Cleanup, createLog, Database, invariant, type Log, type Secret } from '../../foundation/index.ts';
import { TEMPLATE, TEST_URLS } from './postgres.ts';
import { withDatabase } from './urls.ts';

export interface FreshDatabase extends AsyncDisposable {
  /** As the gateway's own database role. */
  readonly database: Database;
  /** As the role that owns the schema; not a superuser. */
  readonly owner: Database;
  readonly url: Secret<string>;
  readonly ownerUrl: Secret<string>;
  /** The server's superuser, in this database. */
  readonly adminUrl: Secret<string>;
}

interface Options {
  readonly log?: Log;
  readonly poolSize?: number;
}

/**
 * Clones the migrated template; closes both pools and drops the clone when disposed of.
 * `await using db = await freshDatabase();`
 */
export function freshDatabase(options: Options = {}): Promise<FreshDatabase> {
  return makeDatabase(`TEMPLATE ${TEMPLATE}`, options);
}

/** A database without any table of ours, for what migrates it. */
export function emptyDatabase(options: Options = {}): Promise<FreshDatabase> {
  return makeDatabase('TEMPLATE template0', options);
}

async function makeDatabase(template: string, options: Options): Promise<FreshDatabase> {
  const { log = createLog('silent'), poolSize = 5 } = options;
  const cleanup = new Cleanup();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${name} ${template} STRATEGY file_copy OWNER sekisho_owner`);
  cleanup.defer(() => asAdmin(`DROP DATABASE ${name} WITH (FORCE)`));
  const url = withDatabase(testUrl('gateway'), name);
  const ownerUrl = withDatabase(testUrl('owner'), name);
  return {
    database: cleanup.use(new Database({ url, poolSize, log })),
    owner: cleanup.use(new Database({ url: ownerUrl, poolSize, log })),
    url,
    ownerUrl,
    adminUrl: withDatabase(testUrl('admin'), name),
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

/** Runs one statement as the server's superuser. */
async function asAdmin(text: string): Promise<void> {
  const client = new Client({ connectionString: testUrl('admin') });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function testUrl(role: keyof typeof TEST_URLS): string {
  const url = process.env[TEST_URLS[role]];
  invariant(url, 'the global set-up has not run');
  return url;
}
