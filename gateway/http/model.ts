/** The shapes that the steps of a request to a site hand on to one another. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Vault } from '../../approvals/index.ts';
import type { FactorSeal, Site, SiteSignIn } from '../../identity/index.ts';
import type { ConnectionId, WebAct } from '../../policy/index.ts';
import type { ExportIntents } from '../../recorder/index.ts';
import type { Meters, SessionMeter } from '../metering/index.ts';
import type { GatewaySession, SessionDeps } from '../session.ts';
import type { AddressPolicy } from '../address-policy.ts';
import type { RecentToken } from './identity/recent-token.ts';
import type { SiteKey } from './identity/site-key.ts';
import type { SitePlace } from './place.ts';
import type { ExchangeRecord } from './record/exchange-record.ts';
import type { SiteConnections } from './upstream/connections.ts';

export interface HttpDeps extends SessionDeps {
  /** The console's origin, where people sign in and ask. */
  readonly publicUrl: URL;
  readonly place: SitePlace;
  /** Which addresses sites may stand at. */
  readonly addresses: AddressPolicy;
  readonly exports: ExportIntents;
  readonly vault: Vault;
  readonly meters: Meters;
  readonly witnessesLateSince: () => Date | undefined;
  readonly witnessGraceMinutes: number;
  /** Events named by a sign-in's id, fired when it was decided. */
  readonly signInDecided: EventTarget;
  /** Signs who somebody is, towards sites. */
  readonly siteKey: SiteKey;
  readonly seal: FactorSeal;
  /** What the gateway shows sites of itself, by the name in the inventory. */
  readonly certificates: ReadonlyMap<string, { readonly certificate: string; readonly key: string }>;
  /** CIDRs of the proxies before the listener whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

/** What of HTTP/1.1 and HTTP/2 requests is used here; both libraries' requests are one. */
export interface BrowserRequest extends AsyncIterable<Buffer> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly httpVersionMajor: number;
  readonly socket: { readonly remoteAddress?: string | undefined };
  readonly complete: boolean;
  resume(): unknown;
  destroy(error?: Error): unknown;
}

export interface BrowserResponse {
  readonly headersSent: boolean;
  readonly writableEnded: boolean;
  readonly destroyed?: boolean;
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown;
  flushHeaders(): void;
  write(chunk: Buffer): boolean;
  end(chunk?: string | Buffer): unknown;
  destroy(error?: Error): unknown;
  on(event: 'close' | 'drain' | 'error', listener: () => void): unknown;
  off(event: 'close' | 'drain' | 'error', listener: () => void): unknown;
}

/** One browser's work on one site, from its first request to its end: one session, one recording. */
export interface Visit {
  readonly site: Site;
  readonly signIn: SiteSignIn & { readonly connectionId: ConnectionId };
  readonly session: GatewaySession;
  readonly meter: SessionMeter;
  readonly connections: SiteConnections;
  readonly tokens: RecentToken;
  /** The number of the next exchange. */
  nextExchange(): number;
  /** What goes on in it: the session is not closed before this has ended, or a moment has passed. */
  readonly running: Set<Promise<void>>;
}

/** One request and its answer. */
export interface Work {
  readonly deps: HttpDeps;
  readonly visit: Visit;
  readonly request: BrowserRequest;
  readonly response: BrowserResponse;
  readonly record: ExchangeRecord;
  readonly act: WebAct;
  readonly sourceAddress: string;
  /** Aborted when the session has ended or the browser is gone. */
  readonly signal: AbortSignal;
}
