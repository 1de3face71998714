/** A whole gateway in this process, with the demo's people and server, on a database and a directory of its own. */
import { join } from 'node:path';
import type { Config } from '../../config/index.ts';
import { signInByHttp } from '../../demo/index.ts';
import { knownHost, openSshClient, sshOptions } from '../../demo/ssh-client/openssh.ts';
import { Cleanup, type Clock, createLog, type Database, systemClock } from '../../foundation/index.ts';
import { type Running, startAll } from '../../main/all.ts';
import { findFreePort } from '../../main/free-port.ts';
import { type FreshDatabase, freshDatabase } from './database.ts';
import { replaceFile } from './replace-file.ts';
import { runToEnd, type SshResult } from './run-to-end.ts';
import { tempDirectory } from './temp-directory.ts';

export { runToEnd, type SshResult };

export interface ApiAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

export interface TestPerson {
  readonly login: string;
  readonly cookie: string;
  get(path: string): Promise<ApiAnswer>;
  post(path: string, body: unknown): Promise<ApiAnswer>;
}

const LOOPBACK = '127.0.0.1';

export interface TestGatewayOptions {
  readonly clock?: Clock;
  /** JSON file of more systems and targets. */
  readonly inventory?: string;
  readonly config?: Partial<Config>;
  /** Of the configuration's `ssh`, what differs. */
  readonly ssh?: Partial<Config['ssh']>;
  /** Null: no site is served. */
  readonly sites?: Config['sites'];
  /** Of the signed log, what differs. */
  readonly log?: Partial<Config['recorder']['log']>;
}

/** Closed with the suite by its environment, when the suite did not. */
function leftovers(): (() => Promise<void>)[] {
  const name = Symbol.for('sekisho.test.leftovers');
  const known: unknown = Reflect.get(globalThis, name);
  if (Array.isArray(known)) return known as (() => Promise<void>)[];
  const none: (() => Promise<void>)[] = [];
  Reflect.set(globalThis, name, none);
  return none;
}

export class TestGateway implements AsyncDisposable {
  readonly running: Running;
  readonly db: FreshDatabase;
  readonly directory: string;
  readonly #cleanup: Cleanup;
  readonly #people = new Map<string, Promise<TestPerson>>();
  readonly #keys = new Map<string, Promise<string>>();

  private constructor(running: Running, db: FreshDatabase, directory: string, cleanup: Cleanup) {
    this.running = running;
    this.db = db;
    this.directory = directory;
    this.#cleanup = cleanup;
  }

  static start(options: TestGatewayOptions = {}): Promise<TestGateway> {
    const starting = TestGateway.#start(options);
    leftovers().push(async () => (await starting)[Symbol.asyncDispose]());
    return starting;
  }

  static async #start(options: TestGatewayOptions): Promise<TestGateway> {
    const cleanup = new Cleanup();
    try {
      const db = cleanup.use(await freshDatabase());
      const { path } = cleanup.use(await tempDirectory());
      const config = { ...(await testConfig(db, path, options)), ...options.config };
      const running = cleanup.use(await startAll(config, createLog('silent'), options.clock ?? systemClock));
      return new TestGateway(running, db, path, cleanup);
    } catch (thrown) {
      await cleanup[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  get database(): Database {
    return this.db.database;
  }

  get sshPort(): number {
    return this.running.ssh.port;
  }

  /** Signs in through the real pages; one sign-in a person and gateway. */
  person(login: string): Promise<TestPerson> {
    const known = this.#people.get(login);
    if (known !== undefined) return known;
    const signedIn = this.#signIn(login);
    this.#people.set(login, signedIn);
    return signedIn;
  }

  /** The path of this person's enrolled key. */
  key(login: string): Promise<string> {
    const known = this.#keys.get(login);
    if (known !== undefined) return known;
    const enrolled = this.#enrol(login);
    this.#keys.set(login, enrolled);
    return enrolled;
  }

  /** Arguments for the real ssh, scp or sftp as this person: `ssh …options host command`. */
  async sshArguments(login: string, loginName = 'crm-db'): Promise<string[]> {
    const knownHostsPath = join(this.directory, 'known_hosts');
    await replaceFile(
      knownHostsPath,
      knownHost({ host: LOOPBACK, port: this.sshPort, hostKeyLine: this.running.ssh.hostKeyLine }),
    );
    return sshOptions({ port: this.sshPort, loginName, keyPath: await this.key(login), knownHostsPath });
  }

  /** Runs the real ssh client to its end. */
  async ssh(
    login: string,
    command: string | readonly string[],
    options: { loginName?: string; stdin?: string | Buffer; extra?: readonly string[] } = {},
  ): Promise<SshResult> {
    const base = await this.sshArguments(login, options.loginName);
    const words = typeof command === 'string' ? [command] : command;
    return runToEnd('ssh', [...(options.extra ?? []), ...base, LOOPBACK, ...words], options.stdin);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup[Symbol.asyncDispose]();
  }

  async #signIn(login: string): Promise<TestPerson> {
    const { publicUrl } = this.running;
    const cookie = await signInByHttp({ publicUrl: publicUrl.href, login, fetch });
    const send = async (path: string, init: RequestInit): Promise<ApiAnswer> => {
      const headers = { cookie, origin: publicUrl.origin, 'content-type': 'application/json' };
      const response = await fetch(new URL(path, publicUrl), { ...init, headers, redirect: 'manual' });
      const text = await response.text();
      return {
        status: response.status,
        json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text },
      };
    };
    return {
      login,
      cookie,
      get: (path) => send(path, {}),
      post: (path, body) => send(path, { method: 'POST', body: JSON.stringify(body) }),
    };
  }

  async #enrol(login: string): Promise<string> {
    const path = join(this.directory, `${login}_ed25519`);
    const publicKey = await openSshClient.createKey(path);
    const person = await this.person(login);
    const answer = await person.post('/api/ssh-keys', { publicKey, label: 'test' });
    if (answer.status !== 201) throw new Error(`not enrolled: ${JSON.stringify(answer.json)}`);
    return path;
  }
}

async function testConfig(
  db: FreshDatabase,
  directory: string,
  { inventory, ssh: sshSettings, log, sites }: TestGatewayOptions,
): Promise<Config> {
  const http = await findFreePort(LOOPBACK, 0);
  const ssh = await findFreePort(LOOPBACK, 0);
  return {
    mode: 'demo',
    dataDirectory: join(directory, 'data'),
    http: { host: LOOPBACK, port: http, publicUrl: `http://${LOOPBACK}:${http}` },
    ssh: {
      ...{ host: LOOPBACK, port: ssh, advertisedHost: LOOPBACK, advertisedPort: ssh, workers: 0 },
      keepaliveSeconds: 15,
      timeLimits: { idleMinutes: 30, hoursMax: 12 },
      sessionLimits: { perPerson: 200, perTarget: 1_000 },
      signIn: { secondFactor: 'none', secondFactorMinutes: 0, userVerification: false, banner: '' },
      proxyProtocolFrom: [],
      ...sshSettings,
    },
    sites: sites === undefined ? await testSites() : sites,
    targets: { allowedNetworks: [], deniedNetworks: [] },
    recorder: testRecorder(join(directory, 'data'), log),
    database: { url: db.url, ownerUrl: null, poolSize: 5 },
    storageCredentials: null,
    redis: null,
    identityProviders: [],
    secondFactor: { web: 'off', webMinutes: 15 },
    flow: {
      ...{
        zone: 'Asia/Tokyo',
        opensMinutes: 9 * 60,
        closesMinutes: 18 * 60,
        japaneseHolidays: true,
        holidaysFile: null,
      },
      ...{ ladder: { remind: 120, substitutes: 240, second_line: 540 }, ladders: {} },
      upkeepSeconds: 30,
    },
    notifications: { mail: null, webhooks: [], allowedNetworks: [], linkHours: 72 },
    emergency: { hoursMax: 4, review: { zone: 'Asia/Tokyo', dueMinutes: 18 * 60 }, lockAfterHours: 24 },
    inventory: inventory ?? null,
    logLevel: 'silent',
  };
}

async function testSites(): Promise<NonNullable<Config['sites']>> {
  const port = await findFreePort(LOOPBACK, 0);
  return {
    ...{ domain: 'localhost', host: LOOPBACK, port, publicScheme: 'http', publicPort: port },
    ...{ tls: null, clientCertificates: {} },
  };
}

/** As the configuration of a demo says; no sign of life, which would come between the leaves of a test. */
export function testRecorder(dataDirectory: string, log: Partial<Config['recorder']['log']> = {}): Config['recorder'] {
  const keys = join(dataDirectory, 'keys');
  return {
    durability: 'strict',
    recipients: { screen: [], keystrokes: [] },
    replayIdentity: join(keys, 'replay_identity.age.txt'),
    storage: { kind: 'file', immutable: false },
    log: {
      ...{ origin: 'sekisho.local/audit', headFile: join(keys, 'log-head'), witnesses: [], policyFile: null },
      ...{ heartbeatSeconds: 0, witnessGraceMinutes: 60 },
      ...log,
    },
  };
}
