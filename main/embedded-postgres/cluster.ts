/** Makes a new cluster with initdb, aside and then renamed: a half-made one is never started. */
import { execFile } from 'node:child_process';
import { access, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asError, GatewayError } from '../../foundation/index.ts';
import { type Credentials, writeSecretFile } from './credentials.ts';
import type { Placement } from './placement.ts';

const run = promisify(execFile);

/** The directory of the cluster, made when missing. @throws {GatewayError} `start_refused`. */
export async function ensureCluster(placement: Placement, credentials: Credentials): Promise<string> {
  const cluster = join(placement.home, 'cluster');
  const made = await access(cluster).then(
    () => true,
    () => false,
  );
  if (!made) await makeCluster(placement, credentials, cluster);
  return cluster;
}

async function makeCluster(placement: Placement, credentials: Credentials, cluster: string): Promise<void> {
  const aside = `${cluster}.new`;
  const passwordFile = join(placement.home, 'initdb.password');
  await rm(aside, { recursive: true, force: true });
  try {
    await writeSecretFile(passwordFile, `${credentials.superuser.expose()}\n`, placement.runAs);
    await run(join(placement.native, 'bin', 'initdb'), initdbArguments(aside, passwordFile), {
      cwd: placement.home,
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      ...placement.runAs,
    });
    await rename(aside, cluster);
  } catch (thrown) {
    const cause = asError(thrown);
    throw new GatewayError('start_refused', `The embedded PostgreSQL cannot be set up: ${cause.message}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** The builtin locale provider does not depend on which locales the host has. */
function initdbArguments(directory: string, passwordFile: string): string[] {
  return [
    `--pgdata=${directory}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
  ];
}
