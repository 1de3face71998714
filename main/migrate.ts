/** Brings the schema up to date, forward only, and checks what the gateway's own database role may do. */
import { readdir } from 'node:fs/promises';
import { runner } from 'node-pg-migrate';
import {
  asError,
  type Database,
  GatewayError,
  type Log,
  migrateQueue,
  type Secret,
  sqlState,
} from '../foundation/index.ts';
import {
  type AppliedMigrations,
  findAppliedMigrations,
  findDangerousRights,
  letGatewayReadMigrations,
  MIGRATIONS_TABLE,
  whileOnlyMigrating,
} from './schema/queries.ts';

export interface MigrateOptions {
  /** Owns the schema and may create roles, or the role `sekisho_gateway` exists already. */
  readonly ownerUrl: Secret<string>;
  /** The directory of `0001_….sql` files. */
  readonly directory: string;
  readonly log: Log;
}

/** The role the migrations grant to; the gateway logs in as a member of it. */
const GATEWAY_ROLE = 'sekisho_gateway';

/**
 * Runs every migration that has not run, in one transaction: of several processes starting at once one runs them and
 * the others wait.
 * @throws {GatewayError} `start_refused` with the database's own words; nothing of ours has changed then.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  try {
    await whileOnlyMigrating(options.ownerUrl, async () => {
      await runMigrations(options);
      await letGatewayReadMigrations(options.ownerUrl, GATEWAY_ROLE);
      await migrateQueue(options.ownerUrl, GATEWAY_ROLE);
    });
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    const cause = asError(thrown);
    throw new GatewayError('start_refused', `The database schema cannot be brought up to date: ${cause.message}`, {
      cause,
    });
  }
}

async function runMigrations({ ownerUrl, directory, log }: MigrateOptions): Promise<void> {
  const say = (message: string): void => log.debug({ event: 'migrations.log' }, message);
  const ran = await runner({
    databaseUrl: ownerUrl.expose(),
    dir: directory,
    direction: 'up',
    migrationsTable: MIGRATIONS_TABLE,
    checkOrder: true,
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: { debug: say, info: say, warn: say, error: say },
  });
  for (const { name } of ran) log.info({ event: 'migrations.ran', name }, 'migration ran');
}

/**
 * For a start without the owner's URL: refuses when a migration has not run, or when one ran that we do not have (a
 * newer release was here).
 * @throws {GatewayError} `start_refused` naming the migrations and what to run.
 */
export async function checkSchema(database: Database, directory: string): Promise<void> {
  const wanted = await migrationNames(directory);
  const applied = await appliedMigrations(database);
  const missing = wanted.filter((name) => !applied.includes(name));
  const unknown = applied.filter((name) => !wanted.includes(name));
  if (missing.length > 0) {
    throw new GatewayError(
      'start_refused',
      `The database lacks ${missing.join(', ')}: start once with DATABASE_OWNER_URL set to the owner of the schema.`,
    );
  }
  if (unknown.length > 0) {
    throw new GatewayError('start_refused', `The database is of a newer release: it has ${unknown.join(', ')}.`);
  }
}

async function appliedMigrations(database: Database): Promise<AppliedMigrations> {
  try {
    return await findAppliedMigrations(database);
  } catch (thrown) {
    const state = sqlState(thrown);
    if (state === '42P01' || state === '42501') return []; // No such table yet, or not migrated to the end.
    throw thrown;
  }
}

async function migrationNames(directory: string): Promise<string[]> {
  const files = await readdir(directory);
  return files
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -'.sql'.length))
    .sort();
}

/**
 * Refuses a database role that could rewrite evidence: a superuser, an owner of it, or one with UPDATE or DELETE.
 * @throws {GatewayError} `start_refused` naming every such right.
 */
export async function checkDatabaseRole(database: Database): Promise<void> {
  const rights = await findDangerousRights(database);
  if (rights.length === 0) return;
  throw new GatewayError(
    'start_refused',
    `The gateway's database role could rewrite evidence (${rights.join(', ')}): log in as a member of ${GATEWAY_ROLE}.`,
  );
}
