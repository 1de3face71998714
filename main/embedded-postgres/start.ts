/**
 * A PostgreSQL of our own, from binaries that come with `npm ci`: for the demo, for tests and for a first look.
 * In production `DATABASE_URL` names the operator's.
 */
import { join } from 'node:path';
import { Cleanup, type Log, Secret } from '../../foundation/index.ts';
import { holdDirectory } from '../data-directory.ts';
import { locateBinaries } from './binaries.ts';
import { ensureCluster } from './cluster.ts';
import { type Credentials, loadCredentials, type Role } from './credentials.ts';
import { endOrphan } from './orphan.ts';
import { placePostgres } from './placement.ts';
import { choosePort } from './port.ts';
import { type Postmaster, startPostmaster } from './postmaster.ts';
import { bootstrap, DATABASE_NAME, GATEWAY_LOGIN, OWNER_ROLE } from './queries.ts';

export interface EmbeddedPostgresOptions {
  /** Where the database lives. As root, when `nobody` cannot reach it, the database lives below /var/tmp instead. */
  readonly directory: string;
  readonly log: Log;
  /** Server settings beside our own, e.g. `{ fsync: 'off' }` in tests. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres extends AsyncDisposable {
  /** Owns the schema; runs migrations. */
  readonly ownerUrl: Secret<string>;
  /** The gateway's own database role. */
  readonly gatewayUrl: Secret<string>;
  /** Where the database really lives: `directory`, or the place below /var/tmp. */
  readonly home: string;
  readonly pid: number;
  /** Aborted when the server has ended, asked or not. */
  readonly ended: AbortSignal;
}

/** @throws {GatewayError} `start_refused`: no binaries, directory in use or unusable, server does not start. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cleanup = new Cleanup();
  try {
    const placement = await placePostgres({ directory: options.directory, binaries: await locateBinaries() });
    cleanup.use(await holdDirectory(placement.home));
    await endOrphan(join(placement.home, 'cluster'), options.log);
    const credentials = await loadCredentials(placement.home);
    const cluster = await ensureCluster(placement, credentials);
    const port = await choosePort(placement.home);
    const { log, settings = {} } = options;
    const postmaster = await startPostmaster({ placement, cluster, port, settings, log });
    cleanup.defer(() => postmaster.stop());
    await makeRoles(credentials, port);
    log.info({ event: 'postgres.started', port, pid: postmaster.pid }, 'embedded PostgreSQL started');
    return describe({ credentials, port, home: placement.home, postmaster, cleanup });
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function makeRoles(credentials: Credentials, port: number): Promise<void> {
  await bootstrap({
    superuserUrl: databaseUrl(credentials, 'superuser', port),
    ownerPassword: credentials.owner,
    gatewayPassword: credentials.gateway,
  });
}

interface Started {
  readonly credentials: Credentials;
  readonly port: number;
  readonly home: string;
  readonly postmaster: Postmaster;
  readonly cleanup: Cleanup;
}

function describe({ credentials, port, home, postmaster, cleanup }: Started): EmbeddedPostgres {
  return {
    ownerUrl: databaseUrl(credentials, 'owner', port),
    gatewayUrl: databaseUrl(credentials, 'gateway', port),
    home,
    pid: postmaster.pid,
    ended: postmaster.ended,
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

const LOGINS = {
  superuser: { name: 'postgres', database: 'postgres' },
  owner: { name: OWNER_ROLE, database: DATABASE_NAME },
  gateway: { name: GATEWAY_LOGIN, database: DATABASE_NAME },
} as const satisfies Record<Role, { name: string; database: string }>;

function databaseUrl(credentials: Credentials, role: Role, port: number): Secret<string> {
  const { name, database } = LOGINS[role];
  return new Secret(`postgres://${name}:${credentials[role].expose()}@127.0.0.1:${port}/${database}`);
}
