/** The same setup from the other side: a maintainer's machine, and whether the bastion can be used from it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asError, type Clock, hasErrno } from '../../foundation/index.ts';
import { createAddressPolicy, lookAtHost } from '../../gateway/index.ts';
import { decodeCertificate, fingerprintOf } from '../../identity/index.ts';
import { includeLine } from '../login/include.ts';
import { placeOf, sshDirectory } from '../login/login.ts';
import { FILES } from '../login/place.ts';
import { type Check, type Finding, ok, problem, warning } from './model.ts';
import { reasonOf } from './services.ts';
import { checkKeys, checkKnownHosts, checkSshClient } from './ssh-client.ts';

export interface MaintainerOptions {
  /** `https://console`, `host`, `host:port` or `[address]:port`. */
  readonly place: string;
  /** Where `sekisho login` keeps its files; its own default when undefined. */
  readonly directory: string | undefined;
  readonly clock: Clock;
  /** Default: the user's. */
  readonly home?: string;
}

const ANSWER_MS = 10_000;
const SSH_PORT = 22;
/** A client dials what its user names; the rules of a gateway are not its own. */
const ANYWHERE = createAddressPolicy({
  allowed: ['0.0.0.0/0', '::/0', '127.0.0.0/8', '::1'],
  denied: [],
  loopback: true,
});

export function maintainerChecks(options: MaintainerOptions): Check[] {
  const { place, clock } = options;
  const directory = placeOf(options.directory);
  const ssh = options.home === undefined ? sshDirectory() : join(options.home, '.ssh');
  const url = /^https?:\/\//i.test(place) && URL.canParse(place) ? new URL(place) : undefined;
  const bastion = bastionOf(place, url, directory);
  const shown = bastion.then((at) => lookAtHost({ addresses: ANYWHERE }, at));
  shown.catch(() => undefined); // Told by its own check; the others leave it out.
  const checks: Check[] = [
    { name: 'bastion', run: async () => [await checkBastion(await bastion, shown)] },
    { name: 'ssh-client', run: checkSshClient },
    { name: 'own-key', run: async () => [await checkKeys([ssh, directory])] },
    { name: 'certificate', run: async () => [await checkCertificate(directory, clock)] },
    {
      name: 'known-hosts',
      run: async () => {
        const { key } = await shown.catch(() => ({ key: undefined }));
        const files = [join(ssh, 'known_hosts'), join(directory, FILES.knownHosts)];
        return key === undefined ? [] : [await checkKnownHosts(await bastion, key, files)];
      },
    },
    { name: 'include', run: () => checkInclude(directory, ssh) },
  ];
  return url === undefined ? checks : [{ name: 'console', run: async () => [await checkConsole(url)] }, ...checks];
}

interface Bastion {
  readonly host: string;
  readonly port: number;
}

/** Where the bastion is: as typed, or as the files of `sekisho login` have it for this console. */
async function bastionOf(place: string, url: URL | undefined, directory: string): Promise<Bastion> {
  if (url === undefined) {
    const [, address, name, port] = /^(?:\[([^\]]+)\]|([^:]+|[^:]*:[^:]*:.*?))(?::(\d{1,5}))?$/.exec(place) ?? [];
    return { host: address ?? name ?? place, port: port === undefined ? SSH_PORT : Number(port) };
  }
  const text = await readText(join(directory, FILES.config));
  const [, host] = /^ {2}HostName (\S+)$/m.exec(text) ?? [];
  const [, port] = /^ {2}Port (\d+)$/m.exec(text) ?? [];
  const known = (await readText(join(directory, FILES.gateway))).trim() === url.origin;
  if (known && host !== undefined && port !== undefined) return { host, port: Number(port) };
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port: SSH_PORT };
}

async function checkConsole({ href: url }: URL): Promise<Finding> {
  try {
    await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'manual' });
    return ok('doctor.console.ok', { url });
  } catch (thrown) {
    const detail = reasonOf(asError(thrown));
    return problem('doctor.console.unreachable', 'doctor.console.unreachable.next', { url, detail });
  }
}

async function checkBastion({ host, port }: Bastion, shown: ReturnType<typeof lookAtHost>): Promise<Finding> {
  try {
    const { ident, key } = await shown;
    const values = { host, port, ident, fingerprint: fingerprintOf(key) };
    if (/^SSH-2\.0-OpenSSH_compatible_Sekisho\b/.test(ident))
      return ok('doctor.bastion.ok', values, 'doctor.bastion.ok.next');
    return warning('doctor.bastion.foreign', 'doctor.bastion.foreign.next', values);
  } catch (thrown) {
    const detail = asError(asError(thrown).cause ?? thrown).message;
    return problem('doctor.bastion.unreachable', 'doctor.bastion.unreachable.next', { host, port, detail });
  }
}

async function checkCertificate(directory: string, clock: Clock): Promise<Finding> {
  const line = (await readText(join(directory, FILES.certificate))).trim();
  if (line === '') return warning('doctor.certificate.none', 'doctor.certificate.none.next');
  try {
    const { validAfter, validBefore } = decodeCertificate(Buffer.from(line.split(' ')[1] ?? '', 'base64'));
    const until = new Date(Number(validBefore) * 1_000).toISOString();
    const now = BigInt(Math.floor(clock.now().getTime() / 1_000));
    if (now >= validAfter && now < validBefore) return ok('doctor.certificate.ok', { until });
    return problem('doctor.certificate.over', 'doctor.certificate.over.next', { until });
  } catch (thrown) {
    const detail = asError(thrown).message;
    return problem('doctor.certificate.unreadable', 'doctor.certificate.unreadable.next', { detail });
  }
}

/** Only where `sekisho login` has written something: without it there is nothing to include. */
async function checkInclude(directory: string, ssh: string): Promise<Finding[]> {
  if ((await readText(join(directory, FILES.config))) === '') return [];
  const line = includeLine(directory, ssh);
  const lines = (await readText(join(ssh, 'config'))).split(/\r?\n/).map((text) => text.trim());
  if (lines.includes(line)) return [ok('doctor.include.ok')];
  return [warning('doctor.include.missing', 'doctor.include.missing.next', { line })];
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((thrown: unknown) => {
    if (hasErrno(thrown, 'ENOENT')) return '';
    throw thrown;
  });
}
