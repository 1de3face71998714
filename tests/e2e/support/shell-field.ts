/** A real sshd whose account has a protected directory, and a stub `scp` that logs that it ran. Needs root. */
import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { Cleanup, hasErrno } from '../../../foundation/index.ts';
import { type InventoryInput, loadCertificateAuthority } from '../../../identity/index.ts';
import type { TargetMode } from '../../../policy/index.ts';
import { freePort } from '../../support/free-port.ts';
import { runToEnd, TestGateway } from '../../support/gateway.ts';
import { partner } from '../../support/partners.ts';
import { tempDirectory } from '../../support/temp-directory.ts';
import { Terminal } from '../../support/terminal.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Sshd, startSshd } from './sshd.ts';

export interface ShellField extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly sshd: Sshd;
  readonly home: string;
  /** A protected file of the account. */
  readonly data: string;
  /** The stub's own path. */
  readonly stub: string;
  /** Listens on the target and runs the stub with each line that comes: by a port, and by a socket. */
  readonly door: { readonly port: number; readonly socket: string };
  /** Arguments of the client for this target. */
  clientArguments(): Promise<string[]>;
  /** The file in which each call of the stub leaves its arguments. */
  readonly log: string;
  /** What the stub has been called with since the last call. */
  ran(): Promise<string>;
  /** Puts a file of the account below its home directory; executable where it says `#!`. */
  put(name: string, content: string): Promise<void>;
  /** Waits until the account runs a program with this command line. */
  processes(commandLine: string): Promise<void>;
  open(size?: { columns: number; rows: number }): Promise<Terminal>;
}

const TARGET = 'shell-field';

export async function startShellField(mode: TargetMode, shell = '/bin/bash'): Promise<ShellField> {
  const cleanup = new Cleanup();
  try {
    return await start(cleanup, mode, shell);
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

async function start(cleanup: Cleanup, mode: TargetMode, shell: string): Promise<ShellField> {
  const { path } = cleanup.use(await tempDirectory());
  const tools = join(path, 'tools');
  await mkdir(tools);
  await chmod(path, 0o755);
  const log = join(tools, 'ran.log');
  const stub = join(tools, 'scp');
  await writeFile(stub, `#!/bin/sh\necho "$@" >> ${log}\n`, { mode: 0o755 });
  await writeFile(log, '');
  await chmod(log, 0o666);
  await writeFile(join(tools, 'door'), `#!/bin/sh\nread -r line && exec ${stub} "$line"\n`, { mode: 0o755 });
  const lines = [
    `SetEnv PATH=${tools}:/usr/local/bin:/usr/bin:/bin`,
    `Subsystem door ${join(tools, 'door')}`,
    'X11Forwarding yes',
  ];
  const sshd = cleanup.use(await startSshd({ config: lines }));
  const door = cleanup.use(await startDoor(path, stub));
  if (shell !== '/bin/bash') await runToEnd('usermod', ['--shell', shell, sshd.account]);
  const home = (await runToEnd('getent', ['passwd', sshd.account])).stdout.toString().split(':')[5] ?? '';
  const owner = await stat(home);
  const put = async (name: string, content: string): Promise<void> => {
    const file = join(home, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 });
    await chown(dirname(file), owner.uid, owner.gid);
    await chown(file, owner.uid, owner.gid);
  };
  await put('.bash_profile', `export PATH=${tools}:$PATH\n`); // A login shell's PATH comes from its own files.
  await put('vault/members.csv', '1,Sato\n2,Suzuki\n');
  const inventory = join(path, 'inventory.json');
  const http = await freePort();
  const publicUrl = `http://127.0.0.1:${http}`;
  await writeFile(inventory, JSON.stringify(inventoryOf({ sshd, issuer: `${publicUrl}/oidc`, home, mode })));
  const config = { http: { host: '127.0.0.1', port: http, publicUrl, trustedProxies: [] } };
  const gateway = cleanup.use(await TestGateway.start({ inventory, config }));
  const authority = await loadCertificateAuthority(join(gateway.running.directory.keys, 'user_ca_ed25519.pem'));
  await sshd.trust(authority.publicKeyLine);
  return {
    ...{ gateway, sshd, home, stub, put, log, door, data: `${home}/vault/members.csv` },
    ran: async () => {
      const said = await readFile(log, 'utf8').catch((thrown: unknown) => {
        if (hasErrno(thrown, 'ENOENT')) return '';
        throw thrown;
      });
      await rm(log, { force: true });
      await writeFile(log, '');
      await chmod(log, 0o666);
      return said;
    },
    clientArguments: () => gateway.sshArguments('chen', TARGET),
    processes: async (commandLine) => {
      await waitFor(
        commandLine,
        async () => (await runToEnd('pgrep', ['-u', sshd.account, '-fx', commandLine])).status === 0,
      );
    },
    open: async (size = { columns: 100, rows: 30 }) => {
      const args = [...(await gateway.sshArguments('chen', TARGET)), '-tt', '127.0.0.1'];
      return new Terminal(partner('ssh'), args, size);
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

async function startDoor(directory: string, stub: string): Promise<ShellField['door'] & AsyncDisposable> {
  const socket = join(directory, 'door.sock');
  const serve = (client: Socket): void => {
    client.on('error', () => undefined);
    client.once('data', (bytes) => {
      const line = bytes.toString('latin1').trim();
      // A client that takes it for its agent asks it something else.
      if (!/^[\w:-]+$/.test(line)) client.destroy();
      else void runToEnd(stub, [line]).then(() => client.end());
    });
  };
  const servers = [createServer(serve), createServer(serve)] as const;
  servers[0].listen(0, '127.0.0.1');
  servers[1].listen(socket);
  await Promise.all(servers.map((server) => once(server, 'listening')));
  await chmod(socket, 0o777);
  const address = servers[0].address();
  return {
    ...{ port: typeof address === 'object' && address !== null ? address.port : 0, socket },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(
        servers.map(async (server) => {
          server.close();
          await once(server, 'close');
        }),
      );
    },
  };
}

function inventoryOf(facts: { sshd: Sshd; issuer: string; home: string; mode: TargetMode }): InventoryInput {
  const { sshd, issuer, home, mode } = facts;
  return {
    issuer,
    people: [],
    systems: [
      {
        ...{ name: 'field', titleEn: 'Field', titleJa: '現場', owners: ['tanaka'] },
        assets: [{ kind: 'path', name: `${home}/vault`, dataClass: 'personal', recordCount: 10 }],
      },
    ],
    targets: [{ name: TARGET, mode, system: 'field', host: '127.0.0.1', port: sshd.port, hostKey: sshd.hostKey }],
    accounts: [{ target: TARGET, person: 'chen', account: sshd.account }],
    grants: [
      {
        ...{ target: TARGET, person: 'chen', actions: ['shell', 'exec'] },
        expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
      },
    ],
  };
}
