/** `sekisho doctor`: looks, says what it means and what to do next, and changes nothing. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/index.ts';
import { asError, createLog, Database, hasCode, systemClock } from '../../foundation/index.ts';
import { loadUserAuthority } from '../bastion.ts';
import type { Locale } from '../../policy/index.ts';
import { addressesOf } from '../addresses.ts';
import { migrationsDirectory } from '../storage.ts';
import { dataChecks, isGatewayRunning } from './data.ts';
import { databaseChecks } from './database.ts';
import { maintainerChecks } from './maintainer.ts';
import { type Check, type CheckResult, ok, problem, warning } from './model.ts';
import { countLevels, jsonReport, wordReport } from './report.ts';
import { runChecks } from './run.ts';
import { runtimeChecks } from './runtime.ts';
import { serviceChecks } from './services.ts';
import { checkSignIns, checkTargets, type TargetDeps } from './targets.ts';

export interface DoctorOptions {
  readonly json: boolean;
  readonly locale: Locale;
  /** Sign in as this person at every target open to them. */
  readonly person: string | undefined;
  /** The bastion to look at from a maintainer's machine: `https://…` or `host:port`. */
  readonly asMaintainer: string | undefined;
  /** Default: `~/.ssh/sekisho`. */
  readonly directory: string | undefined;
}

/** @returns the exit status: 1 when there is a problem. */
export async function runDoctor(options: DoctorOptions, load: () => Promise<Config>): Promise<number> {
  const { asMaintainer: place, directory, json, locale } = options;
  const results = await (place === undefined
    ? checkAsAdministrator(options, load)
    : runChecks([...runtimeChecks('demo'), ...maintainerChecks({ place, directory, clock: systemClock })]));
  process.stdout.write((json ? jsonReport : wordReport)(results, locale));
  return countLevels(results).problem > 0 ? 1 : 0;
}

async function checkAsAdministrator(options: DoctorOptions, load: () => Promise<Config>): Promise<CheckResult[]> {
  const config = await load().catch((thrown: unknown) => {
    if (hasCode(thrown, 'config_invalid')) return thrown;
    throw thrown;
  });
  if (config instanceof Error) {
    const detail = config.message;
    const invalid = problem('doctor.config.invalid', 'doctor.config.invalid.next', { detail });
    return runChecks([...runtimeChecks(), { name: 'configuration', run: () => Promise.resolve([invalid]) }]);
  }
  const { mode, dataDirectory: root } = config;
  const running = isGatewayRunning(root);
  const house: Check[] = [
    ...runtimeChecks(mode),
    { name: 'configuration', run: () => Promise.resolve([configurationOf(mode)]) },
    ...dataChecks({ root, clock: systemClock }),
    ...serviceChecks(config, () => running),
  ];
  const results = await runChecks(house);
  return [...results, ...(await checkWithDatabase(config, options))];
}

function configurationOf(mode: Config['mode']) {
  return mode === 'production' ? ok('doctor.config.ok') : warning('doctor.config.demo', 'doctor.config.demo.next');
}

async function checkWithDatabase(config: Config, { person, locale }: DoctorOptions): Promise<CheckResult[]> {
  const { url } = config.database;
  if (url === null) return [{ check: 'database', ...ok('doctor.database.embedded') }];
  const log = createLog('silent');
  await using database = new Database({ url, poolSize: 2, log });
  const checks = databaseChecks({ database, clock: systemClock, migrations: migrationsDirectory() });
  const results = await runChecks(checks);
  // Without a current database every target would fail for the same reason, told already.
  if (countLevels(results).problem > 0) return results;
  const deps: TargetDeps = { database, clock: systemClock, log, addresses: addressesOf(config), locale };
  const targets = await checkTargets(deps).catch(broken);
  const signIns = person === undefined ? [] : await signInsOf(deps, config, person).catch(broken);
  return [...results, ...targets, ...signIns];
}

async function signInsOf(deps: TargetDeps, config: Config, person: string): Promise<CheckResult[]> {
  const directory = join(config.dataDirectory, 'keys');
  // Loading would make a key where none is, and nothing is made here.
  if (config.ssh.userAuthority === undefined) await access(join(directory, 'user_ca_ed25519.pem'));
  return checkSignIns({ ...deps, authority: await loadUserAuthority(directory, config.ssh) }, person);
}

function broken(thrown: unknown): CheckResult[] {
  const values = { check: 'target', detail: asError(thrown).message };
  return [{ check: 'target', ...problem('doctor.failed', 'doctor.failed.next', values) }];
}
