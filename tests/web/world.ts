/** The web API over real HTTP on top of the approvals' world; sign-in by a provider that is never asked. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import type { Express } from 'express';
import supertest from 'supertest';
import { z } from 'zod';
import { Cleanup, createLog, GatewayError, Secret } from '../../foundation/index.ts';
import { controlSession } from '../../gateway/live-control/command.ts';
import { type Derived, followSession, inProcess, openRecordingReader, startDerived } from '../../recorder/index.ts';
import { TerminalDesk, type TerminalPlace } from '../../gateway/terminal/index.ts';
import {
  type LoginDeps,
  loadCertificateAuthority,
  loadFactorSeal,
  loadSecretSeal,
  openWebSession,
} from '../../identity/index.ts';
import { parseConfig } from '../../config/index.ts';
import { createAdministration } from '../../main/administration.ts';
import { loadSshKeys } from '../../main/bastion.ts';
import { parcelsDoor } from '../../main/relay.ts';
import { filePieces } from '../../relay/index.ts';
import { createOidcClient, createWebApi, type WebApiDeps } from '../../web/api/index.ts';
import { ISSUER, type Name, type World, world } from '../approvals/world.ts';
import { rootOf } from '../recorder/support/recordings.ts';
import { testRecordings } from '../support/recordings.ts';
import { tempDirectory } from '../support/temp-directory.ts';

const PUBLIC_URL = new URL('http://127.0.0.1:8080/');
export const HOST_KEY = `ssh-ed25519 ${Buffer.from('\0\0\0\x0bssh-ed25519\0\0\0 '.padEnd(51, 'k')).toString('base64')}`;
export const PAGE = '<!doctype html><title>console</title>';

/** As the recorder of the tests has it. */
const WAL_KEY = Buffer.alloc(32, 1);

export interface Web extends AsyncDisposable {
  readonly house: World;
  readonly app: Express;
  /** Holds the recorder's directory. */
  readonly home: string;
  readonly derived: Derived;
  readonly loginAuthority: LoginDeps['loginAuthority'];
  /** Stands for NOTIFY sekisho_sign_in_decided. */
  readonly signInDecided: EventTarget;
  /** A browser of this person, on our own pages. */
  readonly as: (name: Name) => Promise<Browser>;
  readonly cookieOf: (name: Name) => Promise<string>;
}

/** What came back, with the JSON body as it is: unknown. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: unknown;
  /** The part of the body at this path; undefined when there is none. */
  readonly at: (...path: (string | number)[]) => unknown;
  /** The code of the refusal. */
  readonly code: unknown;
}

export interface Browser {
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body?: object) => Promise<Answer>;
  readonly patch: (path: string, body: object) => Promise<Answer>;
  readonly remove: (path: string) => Promise<Answer>;
  /** The same with a body as it stands. */
  readonly raw: (path: string, body: string, type: string) => Promise<Answer>;
}

export async function web(change: Partial<WebApiDeps> = {}): Promise<Web> {
  const cleanup = new Cleanup();
  const house = cleanup.use(await world());
  const { path } = cleanup.use(await tempDirectory());
  const uiDirectory = join(path, 'ui');
  await mkdir(join(uiDirectory, 'assets'), { recursive: true });
  await writeFile(join(uiDirectory, 'index.html'), PAGE);
  await writeFile(join(uiDirectory, 'assets', 'app-0a1b2c.js'), 'export {};');
  const { database, clock } = house;
  const recordings = testRecordings(rootOf(path));
  const loginAuthority = await loadCertificateAuthority(join(path, 'login_ca_ed25519.pem'));
  const signInDecided = new EventTarget();
  const place = { directory: join(path, 'derived'), key: Buffer.alloc(32, 7) };
  const derived = cleanup.use(
    await startDerived({
      ...{ database, clock, place, log: createLog('silent') },
      framesOf: (sessionId, options) => openRecordingReader(recordings).frames(sessionId, options),
      connect: inProcess(place, clock),
    }),
  );
  const config = parseConfig({ mode: 'demo' }, { directory: path, demoDataDirectory: path });
  const app = createWebApi({
    ...{ database, clock, uiDirectory, recordings, derived },
    followSession: (id, signal) => followSession({ ...recordings, walKey: WAL_KEY }, id, signal),
    log: createLog('silent'),
    publicUrl: PUBLIC_URL,
    mode: 'demo',
    trustedProxies: [],
    ssh: {
      ...{ host: '127.0.0.1', port: 2222, hostKeyFingerprint: 'SHA256:abc' },
      ...{ hostKeyLine: HOST_KEY, hostCaLine: null },
    },
    ...{ loginAuthority, signInDecided },
    parcels: parcelsDoor({ ...house, store: filePieces(join(path, 'vault')), identities: [] }),
    controlSession: (principal, request) => controlSession(house, principal, request),
    workers: () => ({ wanted: 2, serving: 1 }),
    witnessDelay: () => undefined,
    protection: () => Promise.resolve({ mode: 'detected', detail: 'files_read_only' }),
    sites: undefined,
    factorRules: { web: 'off', webMinutes: 15 },
    factorSeal: await loadFactorSeal(join(path, 'factor_key')),
    secretSeal: await loadSecretSeal(join(path, 'target_secret_key')),
    askAccountInventory: () => Promise.resolve(),
    askSecretRotation: () => Promise.resolve(),
    administration: createAdministration({
      ...{ clock, log: createLog('silent'), directory: path, keys: await loadSshKeys(path, config), config },
    }),
    terminals: new TerminalDesk({ database, clock, place: NOWHERE }),
    providers: [
      createOidcClient({
        name: 'default',
        title: 'Test',
        issuer: new URL('http://127.0.0.1:9/oidc'),
        clientId: 'sekisho',
        clientSecret: new Secret('not used'),
        publicUrl: PUBLIC_URL,
        roleOfGroup: {},
        allowInsecure: true,
      }),
    ],
    ...change,
  });
  const cookieOf = async (name: Name): Promise<string> => {
    const { person } = house.people[name];
    const { token } = await openWebSession(house, {
      person,
      issuer: ISSUER,
      idToken: null,
      sourceAddress: '127.0.0.1',
    });
    return `sekisho=${token.expose()}`;
  };
  return {
    ...{ house, app, derived, home: path, cookieOf, loginAuthority, signInDecided },
    as: async (name) => browser(app, await cookieOf(name)),
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

/** No process with sessions stands behind these routes. */
const NOWHERE: TerminalPlace = {
  size: 0,
  open: () => {
    throw new GatewayError('too_many_terminals');
  },
  resume: () => false,
};

export function browser(app: Express, cookie: string, origin: string | null = PUBLIC_URL.origin): Browser {
  const own = (test: supertest.Test): supertest.Test => {
    test.set('cookie', cookie);
    return origin === null ? test : test.set('origin', origin);
  };
  const agent = supertest(app);
  return {
    get: (path) => answer(agent.get(path).set('cookie', cookie)),
    post: (path, body) => answer(own(agent.post(path)).send(body ?? {})),
    patch: (path, body) => answer(own(agent.patch(path)).send(body)),
    remove: (path) => answer(own(agent.delete(path))),
    raw: (path, body, type) => answer(own(agent.patch(path)).type(type).send(body)),
  };
}

async function answer(test: supertest.Test): Promise<Answer> {
  const response = await test.buffer(true).parse(asText);
  const text = z.string().parse(response.body);
  const body = parsed(text);
  const at = (...path: (string | number)[]): unknown =>
    path.reduce<unknown>((part, key) => (part instanceof Object ? Reflect.get(part, key) : undefined), body);
  const headers = z.record(z.string(), z.coerce.string()).parse(response.headers);
  return { status: response.status, headers, text, body, at, code: at('error', 'code') };
}

/** The answer's bytes as text, whatever its type. */
function asText(response: supertest.Response, done: (error: Error | null, body: unknown) => void): void {
  // The types say Response; what a parser is given is the stream of the answer.
  readText(response as unknown as Readable).then(
    (whole) => done(null, whole),
    (thrown: unknown) => done(thrown as Error, undefined),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** This property of every element of a list. */
export function each(list: unknown, key: string): unknown[] {
  return z
    .array(z.looseObject({}))
    .parse(list)
    .map((element) => element[key]);
}
