/** What every file of `routes/` is, and all of them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

interface Common {
  readonly name: string;
  /** Where it was found, or what it was made against. */
  readonly source: string;
  /** Files that stand below the home directory before, name to content. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Typed at the prompt of a session; each entry is sent when what the last one did has stood still. */
export interface TerminalRoute extends Common {
  readonly kind: 'terminal';
  readonly keys: readonly string[];
  /** Keys of one act, or of a program. */
  readonly isRaw?: boolean;
}

/** Asked for as `ssh [options] host words`, with `stdin` behind it. */
export interface CommandRoute extends Common {
  readonly kind: 'command';
  readonly words: readonly string[];
  readonly options?: readonly string[];
  readonly stdin?: string;
  /** Of the client, not of the target. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Asked for as a further channel of a connection that is there already. */
  readonly isSecond?: true;
  /** Not the stub but its own output tells that it went by. */
  readonly isShown?: true;
}

/** A road for others: opened by `ssh -N [options] host`, then taken from `LOCAL`, a port of the loopback. */
export interface ForwardRoute extends Common {
  readonly kind: 'forward';
  readonly options: readonly string[];
}

export type BypassRoute = TerminalRoute | CommandRoute | ForwardRoute;

const DIRECTORY = join(import.meta.dirname, 'routes');

export async function loadRoutes(): Promise<readonly BypassRoute[]> {
  const files = (await readdir(DIRECTORY)).filter((name) => name.endsWith('.ts')).toSorted();
  return Promise.all(
    files.map(async (name) => {
      const module: unknown = await import(join(DIRECTORY, name));
      if (!isRouteModule(module)) throw new Error(`${name} exports no route`);
      return module.route;
    }),
  );
}

function isRouteModule(module: unknown): module is { readonly route: BypassRoute } {
  return typeof module === 'object' && module !== null && 'route' in module;
}

export interface Facts {
  readonly data: string;
  readonly stub: string;
  readonly door: { readonly port: number; readonly socket: string };
  readonly number: number;
  /** A free port of the loopback. */
  readonly local?: number;
}

/** A route's text with the facts of the field in it, and `host:` marked so that its traces are known among others'. */
export function fill(text: string, facts: Facts): string {
  return text
    .replaceAll('DATA', facts.data)
    .replaceAll('STUB', facts.stub)
    .replaceAll('DOOR_SOCKET', facts.door.socket)
    .replaceAll('DOOR', String(facts.door.port))
    .replaceAll('LOCAL', String(facts.local ?? 0))
    .replaceAll('host:', tagOf(facts.number))
    .replaceAll('s.sh', `s${facts.number}.sh`)
    .replace(/B64\((.*?)\)/g, (_, plain: string) => Buffer.from(plain).toString('base64'));
}

/** What the stub is called with, and nobody else. */
export function tagOf(number: number): string {
  return `host-${number}:`;
}
