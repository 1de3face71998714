/** A browser as far as sites see one: it follows the way in through the console and keeps cookies by host. */
import { type IncomingHttpHeaders, request as send } from 'node:http';
import type { TestGateway } from '../../support/gateway.ts';

export interface SiteAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface SiteAsk {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const PAGE = { accept: 'text/html', 'sec-fetch-dest': 'document' };

export class SiteBrowser {
  readonly #gateway: TestGateway;
  readonly #label: string;
  readonly #cookies = new Map<string, string>();

  constructor(gateway: TestGateway, label: string) {
    this.#gateway = gateway;
    this.#label = label;
  }

  /** Signed in at the console as this person, and from there on the site. */
  static async enter(gateway: TestGateway, login: string, label = 'crm-admin'): Promise<SiteBrowser> {
    const browser = new SiteBrowser(gateway, label);
    const answer = await browser.arrive((await gateway.person(login)).cookie);
    if (answer.status !== 303) throw new Error(`not entered: ${answer.status} ${answer.text}`);
    return browser;
  }

  get host(): string {
    return new URL(this.origin).host;
  }

  get origin(): string {
    const { sites } = this.#gateway.running;
    if (sites === undefined) throw new Error('no sites are served');
    return sites.originOf(this.#label);
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Sent to the console with the first request, and back with its code. @returns what the code got. */
  async arrive(consoleCookie: string): Promise<SiteAnswer> {
    return this.follow(await this.codeFor(consoleCookie));
  }

  /** The path with which the console sends the browser back. */
  async codeFor(consoleCookie: string): Promise<string> {
    const sent = await this.get('/');
    const back = await fetch(sent.headers.location ?? '', { headers: { cookie: consoleCookie }, redirect: 'manual' });
    const location = new URL(back.headers.get('location') ?? '', this.#gateway.running.publicUrl);
    return location.pathname + location.search;
  }

  follow(path: string): Promise<SiteAnswer> {
    return this.get(path);
  }

  get(path: string, ask: SiteAsk = {}): Promise<SiteAnswer> {
    return this.ask(path, { ...ask, headers: { ...PAGE, ...ask.headers } });
  }

  ask(path: string, { method = 'GET', headers = {}, body }: SiteAsk = {}): Promise<SiteAnswer> {
    const port = this.#gateway.running.sites?.port ?? 0;
    const all = { host: this.host, ...(this.#cookies.size === 0 ? {} : { cookie: this.cookie }), ...headers };
    return new Promise((resolve, reject) => {
      const request = send({ host: '127.0.0.1', port, method, path, headers: all, agent: false }, (response) => {
        const chunks: Buffer[] = [];
        this.#keep(response.headers['set-cookie'] ?? []);
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const whole = Buffer.concat(chunks);
          const { statusCode = 0, headers: answered } = response;
          resolve({ status: statusCode, headers: answered, body: whole, text: whole.toString('utf8') });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }

  #keep(cookies: readonly string[]): void {
    for (const cookie of cookies) {
      const [pair = ''] = cookie.split(';');
      const at = pair.indexOf('=');
      if (/max-age=0/i.test(cookie)) this.#cookies.delete(pair.slice(0, at));
      else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}
