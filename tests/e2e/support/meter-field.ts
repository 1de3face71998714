/** A real sshd behind a gateway that meters it, and a file of six hundred invented persons on it. Needs root. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { customers, PERSONS } from '../../../bench/gate/metered/customers.ts';
import { Cleanup } from '../../../foundation/index.ts';
import { type InventoryInput, loadCertificateAuthority } from '../../../identity/index.ts';
import { freePort } from '../../support/free-port.ts';
import { type SshResult, TestGateway } from '../../support/gateway.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { type Sshd, startSshd } from './sshd.ts';

/** Recorded, so that every program runs; its system's risk settings have the meter on. */
export const METERED = 'metered';
/** Guarded, with the limits as shipped. */
export const GUARDED = 'metered-guarded';

type Risk = InventoryInput['systems'][number]['risk'];

export interface MeterField extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly sshd: Sshd;
  /** A directory that the account may read; `customers.csv` is in it. */
  readonly there: string;
  ssh(command: string, options?: { target?: string; extra?: readonly string[]; stdin?: string }): Promise<SshResult>;
}

export async function startMeterField({ risk = null }: { readonly risk?: Risk } = {}): Promise<MeterField> {
  const cleanup = new Cleanup();
  try {
    const sshd = cleanup.use(await startSshd({ config: ['Subsystem sftp internal-sftp', 'MaxStartups 100'] }));
    const { path } = cleanup.use(await tempDirectory());
    const there = join(path, 'there');
    await mkdir(there);
    await chmod(path, 0o755);
    await writeFile(join(there, 'customers.csv'), customers(PERSONS));
    const inventory = join(path, 'inventory.json');
    const http = await freePort();
    const publicUrl = `http://127.0.0.1:${http}`;
    await writeFile(inventory, JSON.stringify(inventoryOf({ sshd, issuer: `${publicUrl}/oidc`, risk })));
    const config = { http: { host: '127.0.0.1', port: http, publicUrl, trustedProxies: [] } };
    const gateway = cleanup.use(await TestGateway.start({ inventory, config }));
    const authority = await loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));
    await sshd.trust(authority.publicKeyLine);
    return {
      gateway,
      sshd,
      there,
      ssh: (command, { target = METERED, ...options } = {}) =>
        gateway.ssh('chen', command, { loginName: target, ...options }),
      [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

function inventoryOf({ sshd, issuer, risk }: { sshd: Sshd; issuer: string; risk: Risk }): InventoryInput {
  const names = [METERED, GUARDED];
  return {
    issuer,
    people: [],
    systems: names.map((name) => ({
      ...{ name, titleEn: name, titleJa: name, owners: ['tanaka'] },
      assets: [{ kind: 'path', name: '/srv/members', dataClass: 'personal', recordCount: PERSONS }],
      risk: name === METERED ? risk : null,
    })),
    targets: names.map((name) => ({
      ...{ name, mode: name === GUARDED ? ('guarded-line' as const) : ('recorded' as const), system: name },
      ...{ host: '127.0.0.1', port: sshd.port, hostKey: sshd.hostKey },
    })),
    accounts: names.map((name) => ({ target: name, person: 'chen', account: sshd.account })),
    grants: names.map((name) => ({
      ...{ target: name, person: 'chen', actions: ['shell', 'exec', 'upload', 'download'] },
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    })),
  };
}
