/** Reads the configuration file and the environment. The only place that looks at `process.env`. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { asError, GatewayError, hasErrno } from '../foundation/index.ts';
import { type Config, parseConfig } from './config.ts';

export interface LoadOptions {
  /** Where the program is installed; demo mode keeps its data in `var` there. */
  readonly programDirectory: string;
  /** Default: this process's. */
  readonly environment?: Environment;
  /** Default: this process's. */
  readonly workingDirectory?: string;
}

/** The file used when `SEKISHO_CONFIG` names none. It may be absent: then the mode is demo. */
const DEFAULT_FILE = 'sekisho.json';

/** Keys the environment may set; it wins over the file. An empty variable counts as not set. */
const VARIABLES: readonly { name: string; path: readonly [string, ...string[]] }[] = [
  { name: 'SEKISHO_DATA', path: ['data_directory'] },
  { name: 'DATABASE_URL', path: ['database', 'url'] },
  { name: 'DATABASE_OWNER_URL', path: ['database', 'owner_url'] },
  { name: 'REDIS_URL', path: ['redis', 'url'] },
  { name: 'OIDC_CLIENT_SECRET', path: ['oidc', 'client_secret'] },
  { name: 'SMTP_PASSWORD', path: ['notifications', 'mail', 'password'] },
  { name: 'AWS_ACCESS_KEY_ID', path: ['storage_credentials', 'access_key_id'] },
  { name: 'AWS_SECRET_ACCESS_KEY', path: ['storage_credentials', 'secret_access_key'] },
  { name: 'AWS_SESSION_TOKEN', path: ['storage_credentials', 'session_token'] },
];

/**
 * What the gateway's own child processes may see of the environment: no key of ours, some of which are secrets.
 * They are told what they need, and read no configuration.
 */
export function workerEnvironment(environment: Environment = process.env): Record<string, string | undefined> {
  const ours = new Set(VARIABLES.map(({ name }) => name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.has(name)));
}

type Environment = Readonly<Record<string, string | undefined>>;

const Section = z.record(z.string(), z.unknown());

/** @throws {GatewayError} `config_invalid` naming every fault by its key. */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const { environment = process.env, workingDirectory = process.cwd(), programDirectory } = options;
  const named = environment['SEKISHO_CONFIG'] ?? '';
  const file = resolve(workingDirectory, named === '' ? DEFAULT_FILE : named);
  const raw = await readConfigFile(file, named !== '');
  return parseConfig(
    mergeEnvironment(raw === undefined ? { mode: 'demo' } : raw, {
      ...environment,
      SEKISHO_DATA: data(environment, workingDirectory),
    }),
    {
      directory: dirname(file),
      demoDataDirectory: join(programDirectory, 'var'),
    },
  );
}

/** Relative to where the command was typed, and not to the file like the keys in it. */
function data(environment: Environment, workingDirectory: string): string | undefined {
  const named = environment['SEKISHO_DATA'] ?? '';
  return named === '' ? undefined : resolve(workingDirectory, named);
}

function mergeEnvironment(raw: unknown, environment: Environment): unknown {
  const file = Section.safeParse(raw);
  if (!file.success) return raw; // The strict schema says what is wrong with it.
  const all: Record<string, unknown> = { ...file.data };
  // With them in the file its backups could remove what is not locked yet.
  if (all['storage_credentials'] !== undefined) {
    throw new GatewayError('config_invalid', 'storage_credentials: they are taken from the environment only');
  }
  for (const { name, path } of VARIABLES) {
    const value = environment[name] ?? '';
    if (value !== '' && isWanted(path[0], all)) put(all, path, value);
  }
  return all;
}

const MailServer = z.looseObject({ mail: z.looseObject({ user: z.string() }) });
const ObjectStorage = z.looseObject({ storage: z.looseObject({ kind: z.literal('s3') }) });

/** A client secret alone makes no identity provider, a password no mail server, and the keys of somebody's other storage make none of ours. */
function isWanted(section: string, all: Readonly<Record<string, unknown>>): boolean {
  if (section === 'oidc') return all['oidc'] !== undefined;
  if (section === 'notifications') return MailServer.safeParse(all['notifications']).success;
  return section !== 'storage_credentials' || ObjectStorage.safeParse(all['recorder']).success;
}

function put(all: Record<string, unknown>, path: readonly string[], value: string): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (rest.length === 0) {
    all[first] = value;
    return;
  }
  const section = Section.safeParse(all[first] ?? {});
  if (!section.success) return; // The strict schema says what is wrong with it.
  const inside = { ...section.data };
  put(inside, rest, value);
  all[first] = inside;
}

async function readConfigFile(file: string, mustExist: boolean): Promise<unknown> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    return parsed;
  } catch (thrown) {
    const cause = asError(thrown);
    if (!mustExist && hasErrno(cause, 'ENOENT')) return undefined;
    // A JSON syntax error quotes the text around it, which may be a password: only its kind is told.
    const why = cause instanceof SyntaxError ? 'it is not valid JSON' : cause.message;
    throw new GatewayError('config_invalid', `The configuration file ${file} cannot be read: ${why}`);
  }
}
