/** The visits of this process: which cookie is in which session, from the first request to the end. */
import { asError, GatewayError, LIMITS, newUuid, sha256 } from '../../foundation/index.ts';
import { endSiteSignIns, findPerson, findSiteSignIn, type Site, type SiteSignIn } from '../../identity/index.ts';
import type { ConnectionId, Person } from '../../policy/index.ts';
import { witnessDelay } from '../../recorder/index.ts';
import { admit, type AdmissionRefusal } from '../admission.ts';
import type { GatewaySession } from '../session.ts';
import { RecentToken } from './identity/recent-token.ts';
import type { HttpDeps, Visit } from './model.ts';
import { connectToSite } from './upstream/connections.ts';

export interface FoundSite {
  readonly site: Site;
  /** Of the host name. */
  readonly label: string;
}

export type Arrival =
  | { readonly kind: 'visit'; readonly visit: Visit }
  /** Nobody is known by this cookie: they come through the console. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly person: Person; readonly reason: AdmissionRefusal };

const LAST_WORDS_MS = 1_000;
/** The owner ended it, or its time is over: who wants to go on comes through the console again. */
const FINAL: ReadonlySet<string> = new Set(['ended', 'too_long', 'revoked', 'locked', 'expired', 'closed']);

export class Visits implements AsyncDisposable {
  readonly #deps: HttpDeps;
  readonly #open = new Map<string, Promise<Arrival>>();
  /** By host label and cookie: what a living visit needs of a request without asking the database. */
  readonly #known = new Map<string, Visit>();
  readonly #live = new Set<Visit>();
  readonly #closing = new Set<Promise<void>>();

  constructor(deps: HttpDeps) {
    this.#deps = deps;
  }

  /** The visit that goes on under this cookie on this host. Whatever ends its session takes it from here at once. */
  known(label: string, token: string): Visit | undefined {
    return this.#known.get(keyOf(label, token));
  }

  /** The visit of this cookie; the first request of it opens the session. @throws {GatewayError} nothing is opened. */
  of({ site, label }: FoundSite, token: string, sourceAddress: string): Promise<Arrival> {
    const key = keyOf(label, token);
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const opening = this.#arrive(site, token, { key, sourceAddress });
    this.#open.set(key, opening);
    const forget = (arrival?: Arrival): void => {
      if (arrival?.kind !== 'visit') this.#open.delete(key);
    };
    opening.then(forget, () => forget());
    return opening;
  }

  async #arrive(site: Site, token: string, from: { key: string; sourceAddress: string }): Promise<Arrival> {
    const { deps, signIn, person } = { deps: this.#deps, ...(await this.#signedIn(site, token)) };
    if (signIn === undefined || person === undefined) return { kind: 'unknown' };
    if (this.#live.size >= LIMITS.siteVisitsMax) throw new GatewayError('too_many_requests');
    const delay = witnessDelay(deps.witnessesLateSince(), deps.clock.now(), deps.witnessGraceMinutes);
    if (delay?.minutesLeft === 0) throw new GatewayError('witness_unreachable');
    const { name, systemName } = site.target;
    const admission = await admit(deps, person, `${name}%${systemName}`, {
      ...{ connectionId: signIn.connectionId, kind: 'web', command: null, sourceAddress: from.sourceAddress },
      ...{ signedInBy: 'browser', keyBlob: null, terminal: undefined },
    });
    if (!admission.admitted) return { kind: 'refused', person, reason: admission.reason };
    return { kind: 'visit', visit: this.#begin(site, signIn, admission.session, from.key) };
  }

  async #signedIn(site: Site, token: string) {
    const signIn = await findSiteSignIn(this.#deps, { token, targetId: site.target.id });
    const person = signIn === undefined ? undefined : await findPerson(this.#deps.database, signIn.personId);
    return { signIn, person };
  }

  #begin(
    site: Site,
    signIn: SiteSignIn & { readonly connectionId: ConnectionId },
    session: GatewaySession,
    key: string,
  ): Visit {
    const metered = this.#deps.meters.openFor(session, signIn.connectionId);
    let exchanges = 0;
    const connections = connectToSite(this.#deps, site);
    const running = new Set<Promise<void>>();
    const visit: Visit = {
      ...{ site, signIn, session, meter: metered.meter, connections, running, tokens: new RecentToken() },
      nextExchange: () => (exchanges += 1),
    };
    this.#live.add(visit);
    this.#known.set(key, visit);
    const signInEnds = setTimeout(() => session.end('expired'), this.#until(signIn.expiresAt)).unref();
    const end = (): void => {
      clearTimeout(signInEnds);
      this.#open.delete(key);
      this.#known.delete(key);
      this.#live.delete(visit);
      const closing = this.#close(visit, metered).finally(() => this.#closing.delete(closing));
      this.#closing.add(closing);
    };
    if (session.signal.aborted) end();
    else session.signal.addEventListener('abort', end, { once: true });
    return visit;
  }

  #until(moment: Date): number {
    return Math.min(Math.max(moment.getTime() - this.#deps.clock.now().getTime(), 0), 2 ** 31 - 1);
  }

  /** What was going on tells of its end before the recording is sealed. */
  async #close({ connections, running, session, signIn }: Visit, metered: { close(): Promise<void> }): Promise<void> {
    const { clock, database, log } = this.#deps;
    let timer: NodeJS.Timeout | undefined;
    const moment = new Promise((resolve) => {
      timer = setTimeout(resolve, LAST_WORDS_MS);
    });
    await Promise.race([Promise.allSettled(running), moment]);
    clearTimeout(timer);
    try {
      await connections[Symbol.asyncDispose]();
      if (FINAL.has(session.endReason)) {
        await endSiteSignIns(database, { connectionId: signIn.connectionId }, clock.now());
      }
    } catch (thrown) {
      log.warn(
        { event: 'site.visit_not_closed', sessionId: session.id, err: asError(thrown) },
        'a visit ended in disorder',
      );
    }
    await metered.close();
    await session.close(null);
  }

  /** Ends every visit and waits until each is sealed. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { session } of [...this.#live]) session.end('shutdown');
    await Promise.all(this.#closing);
  }
}

/** A cookie is one host's; the token itself is not kept. */
function keyOf(label: string, token: string): string {
  return `${label} ${sha256(token).toString('base64url')}`;
}

/** A name for one exchange in the operator's log. */
export function referenceOf(deps: Pick<HttpDeps, 'clock'>): string {
  return newUuid(deps.clock.now()).slice(-8);
}
