/** The gateway as it is run: `sekisho serve` in a process of its own, which can be killed, on a directory that stays. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { signInByHttp } from '../../../demo/index.ts';
import { knownHost, openSshClient, sshOptions } from '../../../demo/ssh-client/openssh.ts';
import { loadHostKey } from '../../../gateway/index.ts';
import { freePort } from '../../support/free-port.ts';
import { type ApiAnswer, runToEnd, type SshResult } from '../../support/gateway.ts';
import { ROOT } from '../../support/paths.ts';
import { replaceFile } from '../../support/replace-file.ts';

const HOST = '127.0.0.1';

export interface Ports {
  readonly http: number;
  readonly ssh: number;
  readonly sites: number;
}

/** `workers` is `ssh.workers`; other keys go into the configuration as they are. */
export type ConfigChange = Readonly<Record<string, unknown>> & { readonly workers?: number };

export interface WorkerChild {
  readonly pid: number;
  readonly residentBytes: number;
}

export class GatewayProcess implements AsyncDisposable {
  readonly directory: string;
  readonly #ports: Ports;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #cookies = new Map<string, string>();
  readonly #log: Buffer[] = [];
  #startLine = '';

  private constructor(directory: string, ports: Ports, child: ChildProcess) {
    this.directory = directory;
    this.#ports = ports;
    this.#child = child;
    this.#ended = once(child, 'close');
  }

  /** Starts it on what is in `directory`, with the embedded database; resolves when it serves. */
  static async start(directory: string, ports: Ports, options: ConfigChange = {}): Promise<GatewayProcess> {
    const config = join(directory, 'sekisho.json');
    await writeConfig(config, ports, options);
    const child = spawn(process.execPath, ['bin/sekisho.mjs', 'serve'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], SEKISHO_CONFIG: config, SEKISHO_DATA: join(directory, 'data') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const gateway = new GatewayProcess(directory, ports, child);
    child.stderr.on('data', (bytes: Buffer) => gateway.#log.push(bytes));
    for await (const line of createInterface({ input: child.stdout })) {
      gateway.#startLine = line;
      if (line.startsWith('sekisho: console')) break;
    }
    child.stdout.resume();
    if (child.exitCode !== null) throw new Error(`the gateway did not start: ${gateway.log}`);
    return gateway;
  }

  static async ports(): Promise<Ports> {
    return { http: await freePort(), ssh: await freePort(), sites: await freePort() };
  }

  get recorderDirectory(): string {
    return join(this.directory, 'data', 'recorder');
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** What it said when it served. */
  get startLine(): string {
    return this.#startLine;
  }

  /** The operator log so far, of it and its workers. */
  get log(): string {
    return Buffer.concat(this.#log).toString();
  }

  /** Its worker processes, by pid. */
  async workers(): Promise<WorkerChild[]> {
    const children = await readFile(`/proc/${this.#child.pid}/task/${this.#child.pid}/children`, 'utf8').catch(
      () => '',
    );
    const found = children
      .split(' ')
      .filter((pid) => pid !== '')
      .map(readWorker);
    return (await Promise.all(found)).filter((worker) => worker !== undefined);
  }

  /** Puts another configuration in the place of that it was started with; it is read at the next start or reload. */
  async configure(options: ConfigChange): Promise<void> {
    await writeConfig(join(this.directory, 'sekisho.json'), this.#ports, options);
  }

  /** Runs the command `sekisho` on the same configuration and data. */
  run(...words: string[]): Promise<SshResult> {
    const environment = [
      `SEKISHO_CONFIG=${join(this.directory, 'sekisho.json')}`,
      `SEKISHO_DATA=${join(this.directory, 'data')}`,
    ];
    return runToEnd('env', [...environment, process.execPath, join(ROOT, 'bin', 'sekisho.mjs'), ...words]);
  }

  /** Sends the signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.end('SIGTERM');
  }

  async send(login: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const publicUrl = `http://${HOST}:${this.#ports.http}`;
    const cookie = this.#cookies.get(login) ?? (await signInByHttp({ publicUrl, login, fetch }));
    this.#cookies.set(login, cookie);
    const headers = { cookie, origin: publicUrl, 'content-type': 'application/json' };
    const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) };
    const response = await fetch(new URL(path, publicUrl), init);
    const text = await response.text();
    return { status: response.status, json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  /** Arguments of ssh for this person, whose key is enrolled at the first call. */
  async sshArguments(login: string): Promise<string[]> {
    const keyPath = join(this.directory, `${login}_ed25519`);
    const publicKey = await openSshClient.createKey(keyPath);
    const { status, json } = await this.send(login, '/api/ssh-keys', { publicKey, label: 'test' });
    if (status !== 201 && status !== 409) throw new Error(JSON.stringify(json));
    const { publicKeyLine } = await loadHostKey(join(this.directory, 'data', 'keys', 'ssh_host_ed25519_key'));
    const knownHostsPath = join(this.directory, 'known_hosts');
    await replaceFile(knownHostsPath, knownHost({ host: HOST, port: this.#ports.ssh, hostKeyLine: publicKeyLine }));
    return [...sshOptions({ port: this.#ports.ssh, loginName: 'crm-db', keyPath, knownHostsPath }), HOST];
  }
}

function writeConfig(path: string, ports: Ports, { workers = 0, ...more }: ConfigChange): Promise<void> {
  const config = {
    ...{ mode: 'demo', log_level: 'warn' },
    ...{ http: { port: ports.http }, ssh: { port: ports.ssh, workers } },
    sites: { domain: 'localhost', port: ports.sites },
    ...more,
  };
  return writeFile(path, JSON.stringify(config));
}

async function readWorker(pid: string): Promise<WorkerChild | undefined> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!command.includes('/main/workers/entry.js')) return undefined;
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return { pid: Number(pid), residentBytes: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024 };
}
