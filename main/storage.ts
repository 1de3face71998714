/** The database of one gateway: the operator's by URL, or the embedded one; migrated and checked before anybody uses it. */
import type { Config } from '../config/index.ts';
import { type Cleanup, Database, GatewayError, type Log, type QueueBackend, type Secret } from '../foundation/index.ts';
import { startEmbeddedPostgres } from './embedded-postgres/index.ts';
import { checkDatabaseRole, checkSchema, migrate } from './migrate.ts';

export interface Storage {
  readonly database: Database;
  readonly queue: QueueBackend;
  /** Of `database`, for the workers. */
  readonly url: Secret<string>;
}

const MIGRATIONS = new URL('../migrations/', import.meta.url);
const MIGRATIONS_BESIDE_DIST = new URL('../../migrations/', import.meta.url);

/** @throws {GatewayError} `start_refused` with what to do about it. */
export async function openStorage(
  config: Config,
  postgresDirectory: string,
  log: Log,
  cleanup: Cleanup,
): Promise<Storage> {
  const { url, ownerUrl } = await findUrls(config, postgresDirectory, log, cleanup);
  const directory = migrationsDirectory();
  if (ownerUrl !== null) await migrate({ ownerUrl, directory, log });
  const database = cleanup.use(new Database({ url, poolSize: config.database.poolSize, log }));
  if (ownerUrl === null) await checkSchema(database, directory);
  await checkDatabaseRole(database);
  const queue: QueueBackend =
    config.redis === null ? { kind: 'postgres', url } : { kind: 'redis', url: config.redis.url };
  return { database, queue, url };
}

/** For a process that comes later: the schema is of this release and the role can rewrite nothing. @throws {GatewayError} */
export async function checkStorage(database: Database): Promise<void> {
  await checkSchema(database, migrationsDirectory());
  await checkDatabaseRole(database);
}

/** Beside the sources, or beside `dist/` when this runs compiled. */
export function migrationsDirectory(): string {
  return (import.meta.url.includes('/dist/main/') ? MIGRATIONS_BESIDE_DIST : MIGRATIONS).pathname;
}

async function findUrls(
  config: Config,
  directory: string,
  log: Log,
  cleanup: Cleanup,
): Promise<{ url: Secret<string>; ownerUrl: Secret<string> | null }> {
  const { url, ownerUrl } = config.database;
  if (url !== null) return { url, ownerUrl };
  if (config.mode === 'production') throw new GatewayError('start_refused', 'Production needs DATABASE_URL.');
  const embedded = cleanup.use(await startEmbeddedPostgres({ directory, log }));
  return { url: embedded.gatewayUrl, ownerUrl: embedded.ownerUrl };
}
