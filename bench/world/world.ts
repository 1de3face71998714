/** Everything a bench of SSH needs at once: a target, two bastions of OpenSSH, the gateway, keys, and roads of any length. */
import { chmod, chown, copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Cleanup } from '../../foundation/index.ts';
import { findNewestOpenSsh, type OpenSsh } from '../../scripts/openssh-newest.mjs';
import { freePort } from '../../tests/support/free-port.ts';
import { type Account, makeAccount } from './accounts.ts';
import { GatewayHouse } from './gateway.ts';
import { inventory, type InventoryTarget } from './inventory.ts';
import { endChild, must, type Ran, ROOT, run, type RunOptions, startChild } from './run.ts';
import { type Host, sshConfig } from './ssh-config.ts';
import { type RunningSshd, startSshd } from './sshd.ts';

/** The two maintainers of the demonstration. */
const PEOPLE = ['chen', 'aoki'] as const;
/** Milliseconds of round trip: client to bastion, bastion to target. */
export const WAN = [
  { name: '40-10', near: 40, far: 10 },
  { name: '10-40', near: 10, far: 40 },
] as const;

export interface WorldOptions {
  /** More targets, for example a cheap one. */
  readonly targets?: readonly InventoryTarget[];
  /** More of the gateway's configuration of `ssh`. */
  readonly gatewaySsh?: Readonly<Record<string, unknown>>;
  /** More sections of the gateway's configuration. */
  readonly gatewaySections?: Readonly<Record<string, unknown>>;
  /** Default `strict`. */
  readonly durability?: 'strict' | 'buffered';
  readonly gatewayCore?: number | undefined;
  readonly nodeArguments?: readonly string[];
  readonly withWan?: boolean;
  /** More lines of the target's sshd_config. */
  readonly targetLines?: readonly string[];
}

interface Parts {
  readonly openSsh: OpenSsh;
  readonly directory: string;
  readonly account: Account;
  readonly target: RunningSshd;
  readonly jump: RunningSshd;
  readonly force: RunningSshd;
  readonly gateway: GatewayHouse;
  readonly configPath: string;
}

export class World implements AsyncDisposable {
  readonly openSsh: OpenSsh;
  readonly directory: string;
  readonly account: Account;
  readonly target: RunningSshd;
  readonly jump: RunningSshd;
  readonly force: RunningSshd;
  readonly gateway: GatewayHouse;
  readonly configPath: string;
  readonly #cleanup: Cleanup;

  private constructor(parts: Parts, cleanup: Cleanup) {
    this.openSsh = parts.openSsh;
    this.directory = parts.directory;
    this.account = parts.account;
    this.target = parts.target;
    this.jump = parts.jump;
    this.force = parts.force;
    this.gateway = parts.gateway;
    this.configPath = parts.configPath;
    this.#cleanup = cleanup;
  }

  /** @throws when the newest OpenSSH is not there, or this process is not root. */
  static async start(options: WorldOptions = {}): Promise<World> {
    const openSsh = findNewestOpenSsh();
    if ('missing' in openSsh) throw new Error(`the newest OpenSSH is ${openSsh.missing}`);
    const cleanup = new Cleanup();
    try {
      return new World(await build(openSsh, options, cleanup), cleanup);
    } catch (thrown) {
      await cleanup[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  /** Runs the newest ssh by the road `alias`: `direct`, `jump`, `force`, `gateway` (person chen), `gateway-aoki`, … */
  ssh(alias: string, words: readonly string[], options: RunOptions & { extra?: readonly string[] } = {}): Promise<Ran> {
    const { extra = [], ...rest } = options;
    return run(this.openSsh.ssh, ['-F', this.configPath, ...extra, alias, ...words], rest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup[Symbol.asyncDispose]();
  }
}

async function build(openSsh: OpenSsh, options: WorldOptions, cleanup: Cleanup): Promise<Parts> {
  // Beside the data of a gateway on the same disk; what lies in memory would flatter the recorder.
  const directory = await mkdtemp('/var/tmp/sekisho-bench-');
  cleanup.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
  await chmod(directory, 0o711);
  const at = (name: string): string => join(directory, name);
  const account = await makeAccount(directory, cleanup);
  const second = await makeAccount(directory, cleanup); // One account is one person.
  const keys = ['host', 'direct', ...PEOPLE];
  await Promise.all(keys.map((name) => must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)])));
  const hostKey = (await readFile(at('host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  await writeFile(at('authority.pub'), '');
  const common = { openSsh, directory, hostKey: at('host') };
  const target = await startSshd(
    { ...common, name: 'target', lines: [`TrustedUserCAKeys ${at('authority.pub')}`, ...(options.targetLines ?? [])] },
    cleanup,
  );
  const jump = await startSshd({ ...common, name: 'jump', lines: ['AllowTcpForwarding yes'] }, cleanup);
  const hop = await doubleHop({ openSsh, directory, account, targetPort: target.port, hostKey });
  const force = await startSshd({ ...common, name: 'force', lines: [`ForceCommand ${hop}`] }, cleanup);
  const relays = options.withWan === true ? await wanRelays(target.port, jump.port) : [];
  const gateway = cleanup.use(
    await startGateway({
      options,
      directory,
      accounts: { chen: account.name, aoki: second.name },
      target,
      hostKey,
      relays,
    }),
  );
  await writeFile(at('authority.pub'), `${gateway.authorityLine}\n`);
  for (const login of PEOPLE) await gateway.enrol(login, at(login));
  await startRelays(relays, gateway.sshPort, cleanup);
  const configPath = at('ssh_config');
  const hosts = [
    ...plainHosts({ directory, account, target, jump, force, gateway }),
    ...wanHosts(relays, { directory, account }),
  ];
  await writeFile(at('known_hosts'), knownHosts(hosts, { hostKey, gateway, relays }));
  await writeFile(configPath, sshConfig(hosts, at('known_hosts')));
  return { openSsh, directory, account, target, jump, force, gateway, configPath };
}

interface Relay {
  readonly role: 'bastion' | 'target' | 'direct' | 'gateway';
  readonly wan: string;
  readonly listen: number;
  readonly to: number;
  readonly rttMs: number;
}

async function wanRelays(targetPort: number, jumpPort: number): Promise<Relay[]> {
  const relays: Relay[] = [];
  for (const { name, near, far } of WAN) {
    relays.push(
      { role: 'bastion', wan: name, listen: await freePort(), to: jumpPort, rttMs: near },
      { role: 'gateway', wan: name, listen: await freePort(), to: 0, rttMs: near },
      { role: 'target', wan: name, listen: await freePort(), to: targetPort, rttMs: far },
      { role: 'direct', wan: name, listen: await freePort(), to: targetPort, rttMs: near + far },
    );
  }
  return relays;
}

async function startRelays(relays: readonly Relay[], gatewayPort: number, cleanup: Cleanup): Promise<void> {
  if (relays.length === 0) return;
  const list = relays.map((relay) => ({ ...relay, to: relay.role === 'gateway' ? gatewayPort : relay.to }));
  const child = await startChild(`${ROOT}/bench/world/relay-child.ts`, list);
  cleanup.defer(() => endChild(child));
}

function startGateway(parts: {
  options: WorldOptions;
  directory: string;
  accounts: Record<(typeof PEOPLE)[number], string>;
  target: RunningSshd;
  hostKey: string;
  relays: readonly Relay[];
}): Promise<GatewayHouse> {
  const { options, directory, accounts, target, hostKey, relays } = parts;
  const targets: InventoryTarget[] = [
    { name: 'bench-recorded', port: target.port, hostKey, mode: 'recorded' },
    { name: 'bench-guarded', port: target.port, hostKey, mode: 'guarded-line' },
    ...relays
      .filter(({ role }) => role === 'target')
      .map(({ wan, listen }) => ({ name: `bench-${wan}`, port: listen, hostKey, mode: 'recorded' as const })),
    ...(options.targets ?? []),
  ];
  return GatewayHouse.start({
    directory: join(directory, 'gateway'),
    inventory: (issuer) => inventory(issuer, targets, accounts),
    ssh: options.gatewaySsh ?? {},
    sections: options.gatewaySections,
    durability: options.durability ?? 'strict',
    core: options.gatewayCore,
    nodeArguments: options.nodeArguments ?? [],
  });
}

/** The other usual bastion: sshd whose every session is an ssh of its own to the target. */
async function doubleHop(parts: {
  openSsh: OpenSsh;
  directory: string;
  account: Account;
  targetPort: number;
  hostKey: string;
}): Promise<string> {
  const { openSsh, directory, account, targetPort, hostKey } = parts;
  const at = (name: string): string => join(directory, name);
  const { uid, gid } = await stat(account.home);
  await copyFile(openSsh.ssh, at('hop-ssh')); // The account may not pass through a root's cache directory.
  await chmod(at('hop-ssh'), 0o755);
  await copyFile(at('direct'), at('hop-key'));
  await chown(at('hop-key'), uid, gid);
  await writeFile(at('hop-known_hosts'), `[127.0.0.1]:${targetPort} ${hostKey}\n`);
  const host = { alias: 'target', port: targetPort, user: account.name, key: at('hop-key') };
  await writeFile(at('hop-config'), sshConfig([host], at('hop-known_hosts')));
  await writeFile(
    at('hop'),
    `#!/bin/sh\nif [ -t 0 ]; then t=-tt; fi\nexec ${at('hop-ssh')} $t -F ${at('hop-config')} target "$SSH_ORIGINAL_COMMAND"\n`,
  );
  await chmod(at('hop'), 0o755);
  return at('hop');
}

function plainHosts(parts: {
  directory: string;
  account: Account;
  target: RunningSshd;
  jump: RunningSshd;
  force: RunningSshd;
  gateway: GatewayHouse;
}): Host[] {
  const { directory, account, target, jump, force, gateway } = parts;
  const own = { user: account.name, key: join(directory, 'direct') };
  const through = (alias: string, person: string, user: string): Host => ({
    ...{ alias, user, port: gateway.sshPort, key: join(directory, person) },
  });
  return [
    { ...own, alias: 'direct', port: target.port },
    { ...own, alias: 'bastion', port: jump.port },
    { ...own, alias: 'jump', port: target.port, jump: 'bastion' },
    { ...own, alias: 'force', port: force.port },
    through('gateway', 'chen', 'bench-recorded'),
    through('gateway-guarded', 'chen', 'bench-guarded'),
    through('gateway-aoki', 'aoki', 'bench-recorded'),
  ];
}

function wanHosts(relays: readonly Relay[], parts: { directory: string; account: Account }): Host[] {
  const own = { user: parts.account.name, key: join(parts.directory, 'direct') };
  return WAN.flatMap(({ name }) => {
    const port = (role: Relay['role']): number | undefined =>
      relays.find((relay) => relay.wan === name && relay.role === role)?.listen;
    const [direct, bastion, target, gateway] = [port('direct'), port('bastion'), port('target'), port('gateway')];
    if (direct === undefined || bastion === undefined || target === undefined || gateway === undefined) return [];
    return [
      { ...own, alias: `direct-${name}`, port: direct },
      { ...own, alias: `bastion-${name}`, port: bastion },
      { ...own, alias: `jump-${name}`, port: target, jump: `bastion-${name}` },
      { alias: `gateway-${name}`, user: `bench-${name}`, port: gateway, key: join(parts.directory, 'chen') },
    ];
  });
}

function knownHosts(
  hosts: readonly Host[],
  { hostKey, gateway, relays }: { hostKey: string; gateway: GatewayHouse; relays: readonly Relay[] },
): string {
  const ofGateway = new Set([
    gateway.sshPort,
    ...relays.filter(({ role }) => role === 'gateway').map(({ listen }) => listen),
  ]);
  return hosts
    .map(({ port }) => `[127.0.0.1]:${port} ${ofGateway.has(port) ? gateway.hostKeyLine : hostKey}\n`)
    .join('');
}
