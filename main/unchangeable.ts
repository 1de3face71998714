import type { Config } from '../config/index.ts';
import type { Secret } from '../foundation/index.ts';

/** What new workers may have otherwise than the process that starts them; everything else is in use there too. */
const CHANGEABLE = [
  'ssh.workers',
  'ssh.signIn',
  'ssh.sessionLimits',
  'recorder',
  'targets',
  'database.poolSize',
  'logLevel',
];

/** Of those, what only the process that starts them has. */
const FIXED = ['recorder.log', 'recorder.replayIdentity', 'recorder.storage'];

/** Names what differs between two configurations and takes a stop and a start of the gateway. */
export function unchangeable(before: Config, after: Config): string[] {
  const old = flatten(before);
  const now = flatten(after);
  const names = [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
  const within = (name: string, parts: readonly string[]): boolean =>
    parts.some((part) => name === part || name.startsWith(`${part}.`));
  return names.filter((name) => !within(name, CHANGEABLE) || within(name, FIXED));
}

/** Every leaf by its path. A secret is compared by its value and told by its name alone. */
function flatten(value: unknown, path: readonly string[] = []): Map<string, string> {
  if (isSecret(value)) return new Map([[path.join('.'), JSON.stringify(value.expose())]]);
  if (typeof value !== 'object' || value === null) return new Map([[path.join('.'), JSON.stringify(value)]]);
  return new Map(Object.entries(value).flatMap(([name, part]) => [...flatten(part, [...path, name])]));
}

function isSecret(value: unknown): value is Secret<unknown> {
  return typeof value === 'object' && value !== null && 'expose' in value && typeof value.expose === 'function';
}
