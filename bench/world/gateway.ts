/** The real gateway: `sekisho serve` in a process of its own, embedded PostgreSQL, strict recording, with keys and people. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { signInByHttp } from '../../demo/index.ts';
import { type InventoryInput, loadCertificateAuthority } from '../../identity/index.ts';
import { freePort } from '../../tests/support/free-port.ts';
import { must, ROOT } from './run.ts';

const HOST = '127.0.0.1';
const START_MS = 90_000;
/** Longer than its own bound on a shutdown. */
const END_MS = 40_000;

export interface GatewayOptions {
  readonly directory: string;
  /** Systems, targets, accounts and grants; the demo's people are there already. */
  readonly inventory: (issuer: string) => InventoryInput;
  /** More of the configuration file's `ssh`. */
  readonly durability: 'strict' | 'buffered';
  readonly ssh?: Readonly<Record<string, unknown>>;
  /** More sections of it. */
  readonly sections?: Readonly<Record<string, unknown>> | undefined;
  /** The core to stay on. */
  readonly core?: number | undefined;
  /** More arguments of node itself, for example a profiler's. */
  readonly nodeArguments?: readonly string[];
}

export class GatewayHouse implements AsyncDisposable {
  readonly sshPort: number;
  /** Sites are `TARGET.localhost` of this port. */
  readonly sitesPort: number;
  readonly directory: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKeyLine: string;
  readonly authorityLine: string;
  readonly #httpPort: number;
  readonly #child: ChildProcess;
  readonly #log: Buffer[];
  readonly #cookies = new Map<string, string>();

  private constructor(parts: {
    ports: { http: number; ssh: number; sites: number };
    directory: string;
    child: ChildProcess;
    log: Buffer[];
    lines: { hostKey: string; authority: string };
  }) {
    this.sshPort = parts.ports.ssh;
    this.sitesPort = parts.ports.sites;
    this.#httpPort = parts.ports.http;
    this.directory = parts.directory;
    this.hostKeyLine = parts.lines.hostKey;
    this.authorityLine = parts.lines.authority;
    this.#child = parts.child;
    this.#log = parts.log;
  }

  static async start(options: GatewayOptions): Promise<GatewayHouse> {
    const { directory, core, nodeArguments = [] } = options;
    const ports = { http: await freePort(), ssh: await freePort(), sites: await freePort() };
    const publicUrl = `http://${HOST}:${ports.http}`;
    await mkdir(directory, { recursive: true });
    const config = join(directory, 'sekisho.json');
    const inventory = join(directory, 'inventory.json');
    await writeFile(inventory, JSON.stringify(options.inventory(`${publicUrl}/oidc`)));
    await writeFile(
      config,
      JSON.stringify({
        mode: 'demo',
        http: { port: ports.http },
        ssh: { port: ports.ssh, ...options.ssh },
        sites: { domain: 'localhost', port: ports.sites },
        log_level: 'warn',
        recorder: { durability: options.durability },
        inventory,
        ...options.sections,
      }),
    );
    const pin = core === undefined ? [] : ['taskset', '-c', String(core)];
    const words = [...pin, process.execPath, ...nodeArguments, join(ROOT, 'bin/sekisho.mjs'), 'serve'];
    const child = spawn(words[0] ?? '', words.slice(1), {
      cwd: directory,
      env: { PATH: process.env['PATH'], SEKISHO_CONFIG: config, SEKISHO_DATA: join(directory, 'data') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log: Buffer[] = [];
    child.stderr.on('data', (bytes: Buffer) => log.push(bytes));
    await serving(child, log);
    const keys = join(directory, 'data', 'keys');
    const { stdout } = await must('ssh-keygen', ['-y', '-f', join(keys, 'ssh_host_ed25519_key')]);
    const authority = await loadCertificateAuthority(join(keys, 'user_ca_ed25519.pem'));
    const hostKey = stdout.toString().trim().split(' ').slice(0, 2).join(' ');
    return new GatewayHouse({
      ports,
      directory,
      child,
      log,
      lines: { hostKey, authority: authority.publicKeyLine },
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the gateway has no process');
    return this.#child.pid;
  }

  /** Whether it still runs. */
  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it wrote to its log. */
  get log(): string {
    return Buffer.concat(this.#log).toString('utf8');
  }

  /** Enrols the key of `path` for this person as the console does. */
  async enrol(login: string, path: string): Promise<void> {
    const { stdout } = await must('ssh-keygen', ['-y', '-f', path]);
    await this.post(login, '/api/ssh-keys', { publicKey: stdout.toString().trim(), label: 'bench' });
  }

  /** @returns its JSON; undefined where it answers with none. */
  async post(login: string, path: string, body: unknown): Promise<unknown> {
    const text = await (await this.#send(login, path, { method: 'POST', body: JSON.stringify(body) })).text();
    return text === '' ? undefined : JSON.parse(text);
  }

  async get(login: string, path: string): Promise<unknown> {
    return (await this.#send(login, path, {})).json();
  }

  /** Signed in at the console as this person. */
  async cookie(login: string): Promise<string> {
    const publicUrl = `http://${HOST}:${this.#httpPort}`;
    const cookie = this.#cookies.get(login) ?? (await signInByHttp({ publicUrl, login, fetch }));
    this.#cookies.set(login, cookie);
    return cookie;
  }

  async #send(login: string, path: string, init: RequestInit): Promise<Response> {
    const publicUrl = `http://${HOST}:${this.#httpPort}`;
    const cookie = await this.cookie(login);
    const headers = { cookie, origin: publicUrl, 'content-type': 'application/json' };
    const response = await fetch(new URL(path, publicUrl), { ...init, headers });
    if (response.status >= 300) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.isAlive) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    const stuck = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
    await ended;
    clearTimeout(stuck);
    if (this.#child.signalCode === 'SIGKILL' && signal !== 'SIGKILL')
      throw new Error(`the gateway did not end on ${signal}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

async function serving(child: ChildProcess, log: readonly Buffer[]): Promise<void> {
  if (child.stdout === null) throw new Error('the gateway has no output');
  const slow = setTimeout(() => child.kill('SIGKILL'), START_MS);
  let isServing = false;
  for await (const line of createInterface({ input: child.stdout })) {
    isServing = line.startsWith('sekisho: console');
    if (isServing) break;
  }
  clearTimeout(slow);
  if (!isServing) throw new Error(`the gateway did not start: ${Buffer.concat(log).toString()}`);
  child.stdout.resume();
}
