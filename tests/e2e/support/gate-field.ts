/** A real sshd with a real bash behind the gate: one account, two modes, a protected directory in its home. Needs root. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanup } from '../../../foundation/index.ts';
import { type InventoryInput, loadCertificateAuthority } from '../../../identity/index.ts';
import type { TargetMode } from '../../../policy/index.ts';
import { freePort } from '../../support/free-port.ts';
import { runToEnd, type SshResult, TestGateway } from '../../support/gateway.ts';
import { partner } from '../../support/partners.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { Terminal } from '../../support/terminal.ts';
import { type Sshd, startSshd } from './sshd.ts';

const LINE = 'gate-line';
export const EXEC = 'gate-exec';

const MODES: Readonly<Record<string, TargetMode>> = { [LINE]: 'guarded-line', [EXEC]: 'exec-only' };

export interface GateField extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly sshd: Sshd;
  /** The account's home directory; `vault` in it is protected. */
  readonly home: string;
  /** Runs as the account's own user on the target, past the gateway. */
  onTarget(command: string): Promise<SshResult>;
  /** An interactive session of chen, at its first prompt. */
  open(options?: { target?: string; size?: { columns: number; rows: number }; prompt?: string }): Promise<Terminal>;
}

export async function startGateField(): Promise<GateField> {
  const cleanup = new Cleanup();
  try {
    return await start(cleanup);
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function start(cleanup: Cleanup): Promise<GateField> {
  const sshd = cleanup.use(await startSshd());
  const onTarget = (command: string): Promise<SshResult> =>
    runToEnd(partner('ssh'), [...sshd.direct(), '127.0.0.1', command]);
  const home = (await onTarget('pwd')).stdout.toString().trim();
  const { path } = cleanup.use(await tempDirectory());
  const inventory = join(path, 'inventory.json');
  const http = await freePort();
  const publicUrl = `http://127.0.0.1:${http}`;
  await writeFile(inventory, JSON.stringify(inventoryOf({ sshd, issuer: `${publicUrl}/oidc`, home })));
  const config = { http: { host: '127.0.0.1', port: http, publicUrl } };
  const gateway = cleanup.use(await TestGateway.start({ inventory, config }));
  const authority = await loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));
  await sshd.trust(authority.publicKeyLine);
  return {
    gateway,
    sshd,
    home,
    onTarget,
    open: async ({ target = LINE, size = { columns: 100, rows: 30 }, prompt = '~$ ' } = {}) => {
      const args = await gateway.sshArguments('chen', target);
      const terminal = new Terminal(partner('ssh'), [...args, '-tt', '127.0.0.1'], size);
      await terminal.sees(prompt);
      return terminal;
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

function inventoryOf({ sshd, issuer, home }: { sshd: Sshd; issuer: string; home: string }): InventoryInput {
  const names = Object.keys(MODES);
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
      ...{ name, mode: MODES[name] ?? 'exec-only', system: 'field' },
      ...{ host: '127.0.0.1', port: sshd.port, hostKey: sshd.hostKey },
    })),
    accounts: names.map((name) => ({ target: name, person: 'chen', account: sshd.account })),
    grants: names.map((name) => ({
      ...{ target: name, person: 'chen', actions: ['shell' as const, 'exec' as const] },
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    })),
  };
}
