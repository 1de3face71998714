/** The gateway as it is run: `sekisho serve` in a process of its own, which can be killed, on a directory that stays. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { signInByHttp } from '../../../demo/index.ts';
import { knownHost, openSshClient, sshOptions } from '../../../demo/ssh-client/openssh.ts';
import { loadHostKey } from '../../../gateway/index.ts';
import { freePort } from '../../support/free-port.ts';
import type { ApiAnswer } from '../../support/gateway.ts';
import { ROOT } from '../../support/paths.ts';

const HOST = '127.0.0.1';

export interface Ports {
  readonly http: number;
  readonly ssh: number;
}

export class GatewayProcess implements AsyncDisposable {
  readonly directory: string;
  readonly #ports: Ports;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #cookies = new Map<string, string>();

  private constructor(directory: string, ports: Ports, child: ChildProcess) {
    this.directory = directory;
    this.#ports = ports;
    this.#child = child;
    this.#ended = once(child, 'close');
  }

  /** Starts it on what is in `directory`, with the embedded database; resolves when it serves. */
  static async start(directory: string, ports: Ports): Promise<GatewayProcess> {
    const config = join(directory, 'sekisho.json');
    const { http, ssh } = ports;
    await writeFile(
      config,
      JSON.stringify({ mode: 'demo', http: { port: http }, ssh: { port: ssh }, log_level: 'warn' }),
    );
    const child = spawn(process.execPath, ['bin/sekisho.mjs', 'serve'], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], SEKISHO_CONFIG: config, SEKISHO_DATA: join(directory, 'data') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const gateway = new GatewayProcess(directory, ports, child);
    const log: Buffer[] = [];
    child.stderr.on('data', (bytes: Buffer) => log.push(bytes));
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('sekisho: console')) break;
    }
    child.stdout.resume();
    if (child.exitCode !== null) throw new Error(`the gateway did not start: ${Buffer.concat(log).toString()}`);
    return gateway;
  }

  static async ports(): Promise<Ports> {
    return { http: await freePort(), ssh: await freePort() };
  }

  get recorderDirectory(): string {
    return join(this.directory, 'data', 'recorder');
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
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
    await writeFile(knownHostsPath, knownHost({ host: HOST, port: this.#ports.ssh, hostKeyLine: publicKeyLine }));
    return [...sshOptions({ port: this.#ports.ssh, loginName: 'crm-db', keyPath, knownHostsPath }), HOST];
  }
}
