/** A real sshd with four faces: each a target whose grant or mode lets other files pass. Needs root. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanup } from '../../../foundation/index.ts';
import { type InventoryInput, loadCertificateAuthority } from '../../../identity/index.ts';
import type { GrantAction } from '../../../policy/index.ts';
import { freePort } from '../../support/free-port.ts';
import { runToEnd, type SshResult, TestGateway } from '../../support/gateway.ts';
import { partner } from '../../support/partners.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { type Sshd, startSshd } from './sshd.ts';

/** Recorded; both directions. */
export const OPEN = 'files-open';
/** Recorded; downloads only. */
export const DOWN = 'files-down';
/** Recorded; no files at all. */
export const SHUT = 'files-shut';
/** Guarded; both directions; `vault` below the home directory is protected. */
export const GUARDED = 'files-guarded';

const ACTIONS: Record<string, readonly GrantAction[]> = {
  [OPEN]: ['shell', 'exec', 'upload', 'download'],
  [DOWN]: ['shell', 'exec', 'download'],
  [SHUT]: ['shell', 'exec'],
  [GUARDED]: ['shell', 'exec', 'upload', 'download'],
};

export interface FilesField extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly sshd: Sshd;
  /** The account's home directory on the target. */
  readonly home: string;
  /** A directory of the maintainer's own machine. */
  readonly here: string;
  /** Runs as the account's own user on the target, past the gateway. */
  onTarget(command: string): Promise<SshResult>;
  /** `-F file` for the real clients; the host is called `target`. */
  settings(target: string): Promise<string[]>;
  /** The real sftp with these lines of a batch. */
  sftp(target: string, batch: readonly string[], extra?: readonly string[]): Promise<SshResult>;
  scp(target: string, args: readonly string[]): Promise<SshResult>;
}

export async function startFilesField(options: { readonly keepaliveSeconds?: number } = {}): Promise<FilesField> {
  const cleanup = new Cleanup();
  try {
    return await start(cleanup, options);
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function start(cleanup: Cleanup, options: { readonly keepaliveSeconds?: number }): Promise<FilesField> {
  const sshd = cleanup.use(await startSshd({ config: ['Subsystem sftp internal-sftp'] }));
  const onTarget = (command: string): Promise<SshResult> =>
    runToEnd(partner('ssh'), [...sshd.direct(), '127.0.0.1', command]);
  const home = (await onTarget('pwd')).stdout.toString().trim();
  const { path } = cleanup.use(await tempDirectory());
  const inventory = join(path, 'inventory.json');
  const http = await freePort();
  const publicUrl = `http://127.0.0.1:${http}`;
  await writeFile(inventory, JSON.stringify(inventoryOf({ sshd, issuer: `${publicUrl}/oidc`, home })));
  const config = { http: { host: '127.0.0.1', port: http, publicUrl, trustedProxies: [] } };
  const gateway = cleanup.use(await TestGateway.start({ inventory, config, ssh: options }));
  const authority = await loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));
  await sshd.trust(authority.publicKeyLine);
  const settings = async (target: string): Promise<string[]> => {
    const file = join(path, `${target}.config`);
    await writeFile(file, configOf(await gateway.sshArguments('chen', target)));
    return ['-F', file];
  };
  return {
    gateway,
    sshd,
    home,
    here: path,
    onTarget,
    settings,
    sftp: async (target, batch, extra = []) =>
      runToEnd(partner('sftp'), [...(await settings(target)), ...extra, '-b', '-', 'target'], `${batch.join('\n')}\n`),
    scp: async (target, args) => runToEnd(partner('scp'), [...(await settings(target)), ...args]),
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

/** The options of ssh as a file: sftp, scp, rsync and git name their own differently. */
function configOf(args: readonly string[]): string {
  const lines = ['Host target', 'HostName 127.0.0.1'];
  for (const [at, word] of args.entries()) {
    const next = args[at + 1] ?? '';
    if (word === '-p') lines.push(`Port ${next}`);
    else if (word === '-o') lines.push(next.replace('=', ' '));
  }
  return `${lines.join('\n')}\n`;
}

function inventoryOf({ sshd, issuer, home }: { sshd: Sshd; issuer: string; home: string }): InventoryInput {
  const names = Object.keys(ACTIONS);
  return {
    issuer,
    people: [],
    systems: [
      {
        name: 'field',
        titleEn: 'Field',
        titleJa: '現場',
        owners: ['tanaka'],
        assets: [{ kind: 'path', name: `${home}/vault`, dataClass: 'personal', recordCount: 10 }],
      },
    ],
    targets: names.map((name) => ({
      ...{ name, mode: name === GUARDED ? ('guarded-line' as const) : ('recorded' as const), system: 'field' },
      ...{ host: '127.0.0.1', port: sshd.port, hostKey: sshd.hostKey },
    })),
    accounts: names.map((name) => ({ target: name, person: 'chen', account: sshd.account })),
    grants: names.map((name) => ({
      ...{ target: name, person: 'chen', actions: [...(ACTIONS[name] ?? [])] },
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    })),
  };
}
