/** A real web application with invented data: the site of the demonstration. It knows people by the gateway's token alone. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { asError, type Clock, type Log } from '../../foundation/index.ts';
import { customerRows, type Row } from '../customers/rows.ts';
import { csvOf, listPage, manualPage, recordPage } from './pages.ts';

export interface DemoSite extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

export interface DemoSiteOptions {
  /** Where the gateway publishes the keys of its tokens. */
  readonly jwksUrl: URL;
  /** For whom its tokens have to be: the origin by which browsers reach this site. */
  readonly audience: string;
  readonly clock: Clock;
  readonly log: Log;
}

const HOST = '127.0.0.1';
const Jwks = z.object({
  keys: z.array(z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), kid: z.string() })),
});
const Head = z.object({ alg: z.literal('EdDSA'), kid: z.string() });
const Claims = z.object({ aud: z.string(), exp: z.number(), name: z.string(), preferred_username: z.string() });

export async function startDemoSite(options: DemoSiteOptions): Promise<DemoSite> {
  const rows = [...customerRows()];
  const keys = new Map<string, KeyObject>();
  const server = createServer((request, response) => {
    answer(options, { rows, keys }, { request, response }).catch((thrown: unknown) => {
      options.log.warn({ event: 'demo.site_failed', err: asError(thrown) }, 'the invented site failed');
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return {
    host: HOST,
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  options: DemoSiteOptions,
  { rows, keys }: { rows: readonly Row[]; keys: Map<string, KeyObject> },
  { request, response }: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const who = await whoIs(options, keys, request.headers['x-sekisho-identity']);
  const send = (status: number, type: string, body: string, more: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': type, ...more }).end(body);
  };
  if (who === undefined) {
    send(401, 'text/plain; charset=utf-8', 'この画面はゲートウェイ経由でのみ利用できます。\n');
    return;
  }
  const url = new URL(request.url ?? '/', 'http://site');
  const html = 'text/html; charset=utf-8';
  const record = /^\/customers\/(\d{1,6})$/.exec(url.pathname)?.[1];
  const row = rows.find(([id]) => String(id) === record);
  if (row !== undefined) {
    send(200, html, recordPage(row, who));
    return;
  }
  switch (url.pathname) {
    case '/': {
      send(302, html, '', { location: '/customers' });
      return;
    }
    case '/customers': {
      send(200, html, listPage(rows, Math.max(1, Number(url.searchParams.get('page') ?? '1') || 1), who));
      return;
    }
    case '/customers/export.csv': {
      send(200, 'text/csv; charset=utf-8', csvOf(rows), {
        'content-disposition': 'attachment; filename="customers.csv"',
      });
      return;
    }
    case '/manual': {
      send(200, html, manualPage(who));
      return;
    }
    default: {
      send(404, 'text/plain; charset=utf-8', '見つかりません。\n');
      return;
    }
  }
}

/** The name in the token; undefined when there is none, or none for this site from this gateway now. */
async function whoIs(
  { jwksUrl, audience, clock }: DemoSiteOptions,
  keys: Map<string, KeyObject>,
  token: string | string[] | undefined,
): Promise<string | undefined> {
  const [head = '', body = '', signature = ''] = typeof token === 'string' ? token.split('.') : [];
  const said = Head.safeParse(parsed(head));
  if (!said.success) return undefined;
  if (!keys.has(said.data.kid)) await learn(keys, jwksUrl);
  const key = keys.get(said.data.kid);
  if (key === undefined) return undefined;
  if (!verify(null, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) return undefined;
  const claims = Claims.safeParse(parsed(body));
  const isOurs = claims.success && claims.data.aud === audience && claims.data.exp * 1_000 > clock.now().getTime();
  return isOurs ? `${claims.data.name} (${claims.data.preferred_username})` : undefined;
}

async function learn(keys: Map<string, KeyObject>, url: URL): Promise<void> {
  const found = Jwks.parse(await (await fetch(url)).json());
  for (const { kid, ...key } of found.keys) keys.set(kid, createPublicKey({ key, format: 'jwk' }));
}

function parsed(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
