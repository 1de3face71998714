/**
 * Who runs PostgreSQL and from where. PostgreSQL refuses to run as root, so root runs it as `nobody`; what `nobody`
 * cannot reach (a checkout below /root, say) is placed below /var/tmp instead.
 */
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asError, GatewayError, sha256, hasErrno } from '../../foundation/index.ts';
import { type Binaries, repairLinks } from './binaries.ts';

export interface Placement {
  readonly native: string;
  /** Everything of this database: cluster, credentials, port. Mode 0700. */
  readonly home: string;
  /** The user to run as; undefined = this process's own. */
  readonly runAs: RunAs | undefined;
}

export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const NOBODY: RunAs = { uid: 65534, gid: 65534 };
const SHARED_ROOT = '/var/tmp';

export interface PlacementOptions {
  readonly directory: string;
  readonly binaries: Binaries;
  /** Where everybody may reach what they are let to. */
  readonly sharedRoot?: string;
}

/** @throws {GatewayError} `start_refused` when no place can be made. */
export async function placePostgres({
  directory,
  binaries,
  sharedRoot = SHARED_ROOT,
}: PlacementOptions): Promise<Placement> {
  const root = process.getuid?.() === 0;
  try {
    const native = await placeNative(binaries, root, sharedRoot);
    return root ? await placeAsNobody(directory, native, sharedRoot) : await placeAsSelf(directory, native);
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    const cause = asError(thrown);
    throw new GatewayError('start_refused', `The embedded PostgreSQL has no place: ${cause.message}`, { cause });
  }
}

async function placeAsSelf(directory: string, native: string): Promise<Placement> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return { native, home: await realpath(directory), runAs: undefined };
}

async function placeAsNobody(directory: string, native: string, sharedRoot: string): Promise<Placement> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const wanted = await realpath(directory);
  const home = (await reachableByAll(dirname(wanted)))
    ? wanted
    : join(await sharedDirectory(sharedRoot, 'data'), sha256(wanted).toString('hex').slice(0, 32));
  await mkdir(home, { recursive: true, mode: 0o700 });
  await chown(home, NOBODY.uid, NOBODY.gid);
  await chmod(home, 0o700);
  return { native, home, runAs: NOBODY };
}

async function placeNative(binaries: Binaries, root: boolean, sharedRoot: string): Promise<string> {
  const linked = await repairLinks(binaries.native);
  if (linked && (!root || (await reachableByAll(binaries.native)))) return binaries.native;
  return copyNative(binaries, sharedRoot);
}

/** One copy a version, made aside and renamed, so that a half copy is never used. */
async function copyNative({ native, version }: Binaries, sharedRoot: string): Promise<string> {
  const shared = await sharedDirectory(sharedRoot, 'postgres');
  const place = join(shared, version);
  if (await isOurs(place)) return place;
  const aside = await mkdtemp(join(shared, '.copy-'));
  await cp(native, join(aside, 'native'), { recursive: true, verbatimSymlinks: true });
  await repairLinks(join(aside, 'native'));
  await letAllRead(join(aside, 'native'));
  await rename(join(aside, 'native'), place).catch(async (thrown: unknown) => {
    if (!(await isOurs(place))) throw thrown;
  });
  await rm(aside, { recursive: true, force: true });
  return place;
}

async function letAllRead(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const place = join(directory, entry.name);
    if (entry.isDirectory()) await letAllRead(place);
    else if (entry.isFile()) await chmod(place, ((await stat(place)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

/**
 * A directory below `sharedRoot` that is ours alone to write. Everybody may create names there, so one that somebody else
 * made first (to have us run their binaries) is refused, a symbolic link included.
 */
async function sharedDirectory(sharedRoot: string, part: string): Promise<string> {
  const base = join(sharedRoot, `sekisho-${process.getuid?.() ?? 0}`);
  const place = join(base, part);
  for (const directory of [base, place]) {
    await mkdir(directory, { mode: 0o755 }).catch(ignoreExisting);
    if (!(await isOurs(directory))) {
      throw new GatewayError('start_refused', `${directory} belongs to somebody else; remove it.`);
    }
    await chmod(directory, 0o755); // Whatever our umask is.
  }
  return place;
}

async function isOurs(place: string): Promise<boolean> {
  const found = await lstat(place).catch(() => undefined);
  return found !== undefined && found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

function ignoreExisting(thrown: unknown): void {
  if (!hasErrno(thrown, 'EEXIST')) throw thrown;
}

/** Reports whether any user may pass through `directory` and everything above it. */
async function reachableByAll(directory: string): Promise<boolean> {
  const { mode } = await stat(directory);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(directory);
  return parent === directory || reachableByAll(parent);
}
