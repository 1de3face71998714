/** The web API over real HTTP on top of the approvals' world; sign-in by a provider that is never asked. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Express } from 'express';
import supertest from 'supertest';
import { Cleanup, createLog, Secret } from '../../foundation/index.ts';
import { openWebSession } from '../../identity/index.ts';
import { createOidcClient, createWebApi, type WebApiDeps } from '../../web/api/index.ts';
import { ISSUER, type Name, type World, world } from '../approvals/world.ts';
import { tempDirectory } from '../support/temp-directory.ts';

export const PUBLIC_URL = new URL('http://127.0.0.1:8080/');
export const PAGE = '<!doctype html><title>console</title>';

export interface Web extends AsyncDisposable {
  readonly house: World;
  readonly app: Express;
  readonly recorderDirectory: string;
  /** A browser of this person, on our own pages. */
  readonly as: (name: Name) => Promise<Browser>;
  readonly cookieOf: (name: Name) => Promise<string>;
}

export interface Browser {
  readonly get: (path: string) => supertest.Test;
  readonly post: (path: string, body?: object) => supertest.Test;
  readonly patch: (path: string, body: object) => supertest.Test;
  readonly remove: (path: string) => supertest.Test;
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
  const recorderDirectory = join(path, 'recorder');
  const app = createWebApi({
    ...{ database, clock, uiDirectory, recorderDirectory },
    log: createLog('silent'),
    publicUrl: PUBLIC_URL,
    mode: 'demo',
    ssh: { host: '127.0.0.1', port: 2222, hostKeyFingerprint: 'SHA256:abc' },
    oidc: createOidcClient({
      issuer: new URL('http://127.0.0.1:9/oidc'),
      clientId: 'sekisho',
      clientSecret: new Secret('not used'),
      publicUrl: PUBLIC_URL,
      roleOfGroup: {},
      allowInsecure: true,
    }),
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
    ...{ house, app, recorderDirectory, cookieOf },
    as: async (name) => browser(app, await cookieOf(name)),
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

export function browser(app: Express, cookie: string): Browser {
  const own = (test: supertest.Test): supertest.Test => test.set('cookie', cookie).set('origin', PUBLIC_URL.origin);
  return {
    get: (path) => supertest(app).get(path).set('cookie', cookie),
    post: (path, body) => own(supertest(app).post(path)).send(body ?? {}),
    patch: (path, body) => own(supertest(app).patch(path)).send(body),
    remove: (path) => own(supertest(app).delete(path)),
  };
}
