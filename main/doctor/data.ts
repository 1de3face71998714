/** The data directory: whose it is, whether it keeps what is written, and the private keys in it. */
import { createPrivateKey } from 'node:crypto';
import { open, readFile, stat, statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Clock, hasErrno, LIMITS } from '../../foundation/index.ts';
import { rotationOf } from '../../identity/index.ts';
import { holdName } from '../data-directory.ts';
import { type Check, type Finding, ok, problem, warning } from './model.ts';

const MEBIBYTE = 1024 * 1024;
const SYNC_SLOW_MS = 50;
/** Below that many times the bound there is still room, and not for long. */
const SPACE_MARGIN = 16;
const KEYS = ['user_ca_ed25519.pem', 'host_ca_ed25519.pem', 'login_ca_ed25519.pem', 'ssh_host_ed25519_key'];
/** Authorities whose key is exchanged with an overlap. */
const ROTATED = ['user_ca_ed25519.pem', 'login_ca_ed25519.pem'];

export function dataChecks({ root, clock }: { root: string; clock: Clock }): Check[] {
  const inside = (part: string): string => join(root, part);
  return [
    // The root may be passed through: the embedded database of a demo runs as another user below it.
    { name: 'data-directory', run: async () => [await checkDirectory(root, 0o066)] },
    { name: 'recorder-directory', run: async () => [await checkDirectory(inside('recorder'), 0o077)] },
    { name: 'keys-directory', run: async () => [await checkDirectory(inside('keys'), 0o077)] },
    { name: 'space', run: () => ifThere(root, checkSpace) },
    { name: 'sync', run: () => ifThere(root, (path) => checkSync(path, clock)) },
    { name: 'gateway', run: () => ifThere(root, async (path) => ok(await stateOf(path))) },
    ...KEYS.map((key) => ({ name: 'key', run: async () => [await checkKey(join(inside('keys'), key))] })),
    ...ROTATED.map((key) => ({ name: 'key', run: () => checkRotation(join(inside('keys'), key)) })),
  ];
}

/** Whether a gateway holds this data directory now. */
export async function isGatewayRunning(root: string): Promise<boolean> {
  const name = await holdName(root).catch(() => undefined);
  if (name === undefined) return false;
  return new Promise((resolve) => {
    const socket = connect(name);
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function stateOf(root: string): Promise<'doctor.gateway.running' | 'doctor.gateway.stopped'> {
  return (await isGatewayRunning(root)) ? 'doctor.gateway.running' : 'doctor.gateway.stopped';
}

async function ifThere(path: string, check: (path: string) => Promise<Finding>): Promise<Finding[]> {
  return (await statOf(path)) === undefined ? [] : [await check(path)]; // That it is missing is said once.
}

async function checkDirectory(path: string, forbidden: number): Promise<Finding> {
  const found = await statOf(path);
  if (found === undefined) return warning('doctor.directory.missing', 'doctor.directory.missing.next', { path });
  const own = process.getuid?.() ?? found.uid;
  if (found.uid !== own) {
    return problem('doctor.directory.foreign', 'doctor.directory.foreign.next', { path, uid: found.uid, own });
  }
  if ((found.mode & forbidden) === 0) return ok('doctor.directory.ok', { path });
  const values = { path, mode: octal(found.mode), wanted: octal(0o777 & ~forbidden) };
  return problem('doctor.directory.open', 'doctor.directory.open.next', values);
}

async function checkSpace(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(path);
  const bytes = bavail * bsize;
  const wanted = LIMITS.recorderFreeBytesMin;
  const values = { free: Math.floor(bytes / MEBIBYTE), wanted: wanted / MEBIBYTE };
  if (bytes < wanted) return problem('doctor.space.low', 'doctor.space.low.next', values);
  if (bytes < wanted * SPACE_MARGIN) return warning('doctor.space.low', 'doctor.space.low.next', values);
  return ok('doctor.space.ok', values);
}

/** Of the directory itself: it shows whether the file system confirms at all, and writes nothing. */
async function checkSync(path: string, clock: Clock): Promise<Finding> {
  const directory = await open(path, 'r');
  try {
    const begun = clock.micros();
    await directory.sync();
    const milliseconds = Number((clock.micros() - begun) / 1_000n);
    if (milliseconds < SYNC_SLOW_MS) return ok('doctor.sync.ok', { milliseconds });
    return warning('doctor.sync.slow', 'doctor.sync.slow.next', { milliseconds });
  } catch (thrown) {
    return problem('doctor.sync.failed', 'doctor.sync.failed.next', { detail: String(thrown) });
  } finally {
    await directory.close();
  }
}

async function checkKey(path: string): Promise<Finding> {
  const found = await statOf(path);
  if (found === undefined) return warning('doctor.key.missing', 'doctor.key.missing.next', { path });
  if ((found.mode & 0o077) !== 0) {
    return problem('doctor.key.open', 'doctor.key.open.next', { path, mode: octal(found.mode) });
  }
  if (await isEd25519(path)) return ok('doctor.key.ok', { path });
  return problem('doctor.key.unreadable', 'doctor.key.unreadable.next', { path });
}

/** Nothing is said where no exchange is under way. */
async function checkRotation(path: string): Promise<Finding[]> {
  const step = await rotationOf(path);
  return step === 'none' ? [] : [warning(`doctor.key.${step}`, `doctor.key.${step}.next`, { path })];
}

/** PKCS#8, or OpenSSH's own form (PROTOCOL.key) whose first public key is looked at. */
async function isEd25519(path: string): Promise<boolean> {
  try {
    const text = await readFile(path, 'utf8');
    const armoured = /-----BEGIN OPENSSH PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END/.exec(text)?.[1];
    if (armoured === undefined) return createPrivateKey(text).asymmetricKeyType === 'ed25519';
    const bytes = Buffer.from(armoured, 'base64');
    return bytes.subarray(0, 14).toString('latin1') === 'openssh-key-v1' && bytes.includes('ssh-ed25519');
  } catch {
    return false;
  }
}

async function statOf(path: string) {
  return stat(path).catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  });
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0');
}
