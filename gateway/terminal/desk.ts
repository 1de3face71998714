/**
 * Where terminals in the browser are asked for. An opener is good once, for half a minute, for the sign-in that asked and
 * the terminal it asked for: a page of another site, or a copy of the address, opens nothing.
 */
import { randomBytes } from 'node:crypto';
import { type Clock, type Database, GatewayError, LIMITS, newUuid, sha256 } from '../../foundation/index.ts';
import { openTerminalConnection, type WebPrincipal } from '../../identity/index.ts';
import type { ConnectionId, Person } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { Upgrade } from './host.ts';
import type { Window } from './wire.ts';

/** Who sits before it and what they asked for; plain data, because it may be served in another process. */
export interface TerminalSeat {
  readonly id: string;
  readonly person: Person;
  readonly connectionId: ConnectionId;
  readonly loginName: string;
  readonly window: Window;
  readonly sourceAddress: string;
  readonly factorShown: boolean;
  /** When the sign-in that opened it ends. */
  readonly until: Date;
}

export interface TerminalAsked {
  readonly loginName: string;
  readonly window: Window;
  readonly sourceAddress: string;
  readonly factorShown: boolean;
}

/** Where terminals are served. */
export interface TerminalPlace {
  /** Terminals served there now. */
  readonly size: number;
  /** @throws {GatewayError} `too_many_terminals`; nothing was answered then. */
  open(asked: TerminalSeat, upgrade: Upgrade, over: () => void): void;
  /** @returns false when it is over. */
  resume(id: string, since: number | null, upgrade: Upgrade): boolean;
}

export interface TerminalShown {
  readonly id: string;
  readonly loginName: string;
  readonly openedAt: Date;
}

export interface Opener {
  readonly id: string;
  /** Known to the browser alone; kept here as its SHA-256. */
  readonly opener: string;
}

interface Known extends TerminalShown {
  readonly personId: Person['id'];
  readonly webSession: string;
  readonly connectionId: ConnectionId;
}

interface Promised {
  readonly webSession: string;
  readonly until: number;
  readonly what:
    | { readonly kind: 'new'; readonly id: string; readonly asked: TerminalAsked }
    | { readonly kind: 'back'; readonly id: string; readonly since: number | null; readonly sourceAddress: string };
}

interface DeskDeps {
  readonly clock: Clock;
  readonly database: Database;
  readonly place: TerminalPlace;
}

const OPENER_BYTES = 32;

export class TerminalDesk {
  readonly #deps: DeskDeps;
  readonly #openers = new Map<string, Promised>();
  readonly #terminals = new Map<string, Known>();

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  /** @throws {GatewayError} `too_many_terminals` */
  ask({ person, session }: WebPrincipal, asked: TerminalAsked): Opener {
    this.#requireRoom(person.id);
    const id = newUuid(this.#deps.clock.now());
    return this.#promise({ kind: 'new', id, asked }, session.id);
  }

  /** For one's own terminal, by the very sign-in that opened it. @throws {GatewayError} `not_found` */
  askBack(
    { person, session }: WebPrincipal,
    { id, since, sourceAddress }: { id: string; since: number | null; sourceAddress: string },
  ): Opener {
    const known = this.#terminals.get(id);
    if (known?.personId !== person.id || known.webSession !== session.id) throw new GatewayError('not_found');
    return this.#promise({ kind: 'back', id, since, sourceAddress }, session.id);
  }

  /** Those one can come back to, oldest first. */
  list({ person, session }: WebPrincipal): readonly TerminalShown[] {
    return [...this.#terminals.values()]
      .filter((one) => one.personId === person.id && one.webSession === session.id)
      .map(({ id, loginName, openedAt }) => ({ id, loginName, openedAt }));
  }

  /**
   * Answers a handshake whose origin and sign-in were checked. The opener is used up by the try, whatever comes of it.
   * @throws {GatewayError} `not_found`, `not_authenticated`, `too_many_terminals`; nothing was answered then.
   */
  async connect(principal: WebPrincipal, opener: string, upgrade: Upgrade): Promise<void> {
    const promised = this.#redeem(opener);
    if (promised?.webSession !== principal.session.id) {
      await this.refused(principal, 'opener');
      throw new GatewayError('not_found');
    }
    const { what } = promised;
    if (what.kind === 'new') await this.#open(principal, what, upgrade);
    else await this.#resume(principal, what, upgrade);
  }

  /** Writes the event of a handshake that nothing came of. */
  refused({ person, session }: WebPrincipal, reason: 'origin' | 'opener'): Promise<void> {
    const { clock, database } = this.#deps;
    const body = { webSession: session.id, reason };
    return appendAuditEvent(database, clock, { type: 'terminal.refused', actor: person.id, body });
  }

  async #open(
    { person, session }: WebPrincipal,
    { id, asked }: Extract<Promised['what'], { kind: 'new' }>,
    upgrade: Upgrade,
  ): Promise<void> {
    this.#requireRoom(person.id);
    const openedAt = this.#deps.clock.now();
    const connectionId = newUuid(openedAt) as ConnectionId;
    const { loginName } = asked;
    const seat: TerminalSeat = { ...asked, id, person, connectionId, until: session.expiresAt };
    const known = { id, loginName, openedAt, personId: person.id, webSession: session.id, connectionId };
    this.#terminals.set(id, known); // It counts from here on: two at once must not both be the last one.
    const over = (): void => void this.#terminals.delete(id);
    try {
      await openTerminalConnection(this.#deps, session, { ...seat, personId: person.id });
      this.#deps.place.open(seat, upgrade, over);
    } catch (thrown) {
      over();
      throw thrown;
    }
  }

  async #resume(
    { person }: WebPrincipal,
    { id, since, sourceAddress }: Extract<Promised['what'], { kind: 'back' }>,
    upgrade: Upgrade,
  ): Promise<void> {
    const known = this.#terminals.get(id);
    if (known === undefined) throw new GatewayError('not_found');
    const { clock, database, place } = this.#deps;
    const body = { connection: known.connectionId, sourceAddress };
    await appendAuditEvent(database, clock, { type: 'terminal.resumed', actor: person.id, body });
    if (!place.resume(id, since, upgrade)) throw new GatewayError('not_found');
  }

  #requireRoom(personId: Person['id']): void {
    const own = [...this.#terminals.values()].filter((one) => one.personId === personId).length;
    if (own >= LIMITS.terminalsPerPersonMax) throw new GatewayError('too_many_terminals');
  }

  #promise(what: Promised['what'], webSession: string): Opener {
    const now = this.#deps.clock.now().getTime();
    for (const [hash, { until }] of this.#openers) if (until <= now) this.#openers.delete(hash);
    if (this.#openers.size >= LIMITS.terminalOpenersMax) throw new GatewayError('too_many_terminals');
    const opener = randomBytes(OPENER_BYTES).toString('base64url');
    this.#openers.set(hashOf(opener), { what, webSession, until: now + LIMITS.terminalOpenerSeconds * 1_000 });
    return { id: what.id, opener };
  }

  #redeem(opener: string): Promised | undefined {
    const hash = hashOf(opener);
    const promised = this.#openers.get(hash);
    this.#openers.delete(hash);
    return promised !== undefined && this.#deps.clock.now().getTime() < promised.until ? promised : undefined;
  }
}

/** Looked up by its hash, so that the time it takes tells nothing of an opener that exists. */
function hashOf(opener: string): string {
  return sha256(opener).toString('hex');
}
