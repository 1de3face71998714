/** A real sshd behind every guarded mode, on whose account a real SQLite database lies with a protected table. Needs root. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanup } from '../../../foundation/index.ts';
import { type InventoryInput, loadCertificateAuthority } from '../../../identity/index.ts';
import { TARGET_MODES } from '../../../policy/index.ts';
import { freePort } from '../../support/free-port.ts';
import { runToEnd, TestGateway } from '../../support/gateway.ts';
import { partner } from '../../support/partners.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { Terminal } from '../../support/terminal.ts';
import { type Sshd, startSshd } from './sshd.ts';

/** A site is no server that anybody signs in to by SSH. */
const SSH_MODES = TARGET_MODES.filter((mode) => mode !== 'guarded-web');

export interface StatementField extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly account: string;
  /** An interactive session of chen on the target named after `mode`. */
  open(mode: string): Promise<Terminal>;
}

const TABLES = `CREATE TABLE members(name); INSERT INTO members VALUES('Sato Hanako');
CREATE TABLE orders(id); INSERT INTO orders VALUES(4711);`;

export async function startStatementField(): Promise<StatementField> {
  const cleanup = new Cleanup();
  try {
    return await start(cleanup);
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function start(cleanup: Cleanup): Promise<StatementField> {
  const sshd = cleanup.use(await startSshd());
  const { path } = cleanup.use(await tempDirectory());
  const made = await runToEnd(partner('ssh'), [...sshd.direct(), '127.0.0.1', 'sqlite3 shop.db'], TABLES);
  if (made.status !== 0) throw new Error(`no database: ${made.stderr}`);
  const inventory = join(path, 'inventory.json');
  const http = await freePort();
  const publicUrl = `http://127.0.0.1:${http}`;
  await writeFile(inventory, JSON.stringify(inventoryOf(sshd, `${publicUrl}/oidc`)));
  const config = { http: { host: '127.0.0.1', port: http, publicUrl } };
  const gateway = cleanup.use(await TestGateway.start({ inventory, config }));
  const authority = await loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));
  await sshd.trust(authority.publicKeyLine);
  return {
    gateway,
    account: sshd.account,
    open: async (mode) => {
      const args = await gateway.sshArguments('chen', mode);
      return new Terminal(partner('ssh'), [...args, '-tt', '127.0.0.1'], { columns: 160, rows: 40 });
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

function inventoryOf(sshd: Sshd, issuer: string): InventoryInput {
  return {
    issuer,
    people: [],
    systems: [
      {
        ...{ name: 'field', titleEn: 'Field', titleJa: '現場', owners: ['tanaka'] },
        assets: [{ kind: 'table', name: 'shop.members', dataClass: 'personal', recordCount: 10 }],
      },
    ],
    targets: SSH_MODES.map((mode) => ({
      ...{ name: mode, mode, system: 'field' },
      ...{ host: '127.0.0.1', port: sshd.port, hostKey: sshd.hostKey },
    })),
    accounts: SSH_MODES.map((target) => ({ target, person: 'chen', account: sshd.account })),
    grants: SSH_MODES.map((target) => ({
      ...{ target, person: 'chen', actions: ['shell' as const, 'exec' as const] },
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    })),
  };
}
