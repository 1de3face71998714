/** A site, nginx's plain reverse proxy before it and the gateway before it: two roads to the same bytes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { Cleanup } from '../../foundation/index.ts';
import type { InventoryInput } from '../../identity/index.ts';
import { freePort } from '../../tests/support/free-port.ts';
import { GatewayHouse } from '../world/gateway.ts';
import { startNginx } from './nginx.ts';

const LOGIN = 'aoki';
/** `plain`: recorded alone. `metered`: people are counted against budgets that nobody reaches. `guarded`: judged too. */
const SITES = ['plain', 'metered', 'guarded'] as const;
export type SiteName = (typeof SITES)[number];

export interface HttpWorld extends AsyncDisposable {
  /** What the site serves. */
  readonly documents: string;
  readonly proxy: { readonly port: number; readonly pid: number };
  readonly gateway: GatewayHouse;
  /** Headers with which a request of the person is one of a living visit. */
  enter(site: SiteName): Promise<Readonly<Record<string, string>>>;
}

export async function startHttpWorld(nodeArguments: readonly string[]): Promise<HttpWorld> {
  const cleanup = new Cleanup();
  try {
    // Beside the data of a gateway on the same disk; what lies in memory would flatter the recorder.
    const directory = await mkdtemp('/var/tmp/sekisho-bench-');
    cleanup.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));
    const site = cleanup.use(await startNginx(join(directory, 'site'), { kind: 'site', port: await freePort() }));
    const proxy = cleanup.use(
      await startNginx(join(directory, 'proxy'), { kind: 'proxy', port: await freePort(), to: site.port }),
    );
    await writeFile(join(site.documents, 'small.html'), smallPage());
    const gateway = cleanup.use(
      await GatewayHouse.start({
        directory: join(directory, 'gateway'),
        inventory: (issuer) => inventory(issuer, site.port),
        durability: 'strict',
        nodeArguments,
      }),
    );
    return {
      ...{ documents: site.documents, proxy, gateway },
      enter: (name) => enter(gateway, name),
      [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
    };
  } catch (thrown) {
    await cleanup[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** As small as nginx's own first page: 600 bytes. */
function smallPage(): string {
  const rows = Array.from({ length: 6 }, (_, at) => `<tr><td>${at}</td><td>処理中</td><td>受注 ${at * 97}</td></tr>`);
  return `<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>受注一覧</title></head><body><table>${rows.join('\n')}</table></body></html>\n`;
}

function inventory(issuer: string, port: number): InventoryInput {
  const expiresAt = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const assets: InventoryInput['systems'][number]['assets'] = [
    { kind: 'table', name: 'crm.customers', dataClass: 'personal', recordCount: 10 },
  ];
  const many = { persons: { command: 100_000_000, session: 100_000_000 }, softRatio: 1 };
  return {
    issuer,
    people: [],
    systems: [
      { name: 'plain', titleEn: 'Plain', titleJa: '素通し', owners: ['tanaka'] },
      { name: 'metered', titleEn: 'Metered', titleJa: '計量', owners: ['tanaka'], assets, risk: many },
      { name: 'guarded', titleEn: 'Guarded', titleJa: '判定', owners: ['tanaka'], assets, risk: many },
    ],
    targets: SITES.map((name) => ({
      ...{ name, system: name, host: '127.0.0.1', port },
      ...{ mode: name === 'guarded' ? ('guarded-web' as const) : ('recorded' as const), web: { scheme: 'http' } },
    })),
    accounts: SITES.map((target) => ({ target, person: LOGIN, account: LOGIN })),
    grants: SITES.map((target) => ({ target, person: LOGIN, actions: ['web'], expiresAt })),
  };
}

/** As a browser does: sent to the console, back with a code, and then with a cookie of the site's host. */
async function enter(gateway: GatewayHouse, name: SiteName): Promise<Record<string, string>> {
  const host = `${name}.localhost:${gateway.sitesPort}`;
  const page = { host, accept: 'text/html' };
  const first = await head(gateway.sitesPort, '/', page);
  const back = await fetch(first.location, {
    headers: { cookie: await gateway.cookie(LOGIN) },
    redirect: 'manual',
  });
  const { pathname, search } = new URL(back.headers.get('location') ?? '', first.location);
  const entered = await head(gateway.sitesPort, pathname + search, { ...page, cookie: first.cookie });
  // Written large: wrk would add one of its own.
  return { Host: host, cookie: entered.cookie };
}

function head(port: number, path: string, headers: Record<string, string>) {
  return new Promise<{ location: string; cookie: string }>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      response.resume();
      const { location = '', 'set-cookie': cookies = [] } = response.headers;
      const pair = cookies[0]?.split(';')[0] ?? '';
      if (pair === '') reject(new Error(`not entered: ${response.statusCode ?? 0}`));
      else resolve({ location, cookie: pair });
    });
    asked.on('error', reject);
    asked.end();
  });
}
