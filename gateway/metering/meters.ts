/** The meters of one process, each shared by the sessions it is about, and forgotten with the last of them. */
import { asError, type Log } from '../../foundation/index.ts';
import {
  type Budget,
  budgetOf,
  compileRules,
  type ConnectionId,
  type IdentifierRule,
  type ProtectedAsset,
  type RiskSettings,
  Tally,
  type TargetAuthorization,
} from '../../policy/index.ts';
import { PersonMeter, type PersonMeterDeps } from './person-meter.ts';
import type { MeterKey } from './queries.ts';
import { type ConnectionMeter, SessionMeter } from './session-meter.ts';

export interface MetersDeps extends PersonMeterDeps {
  readonly log: Log;
  /** Of the hashes of persons: the same in all processes, and kept as long as the counts are. */
  readonly key: Buffer;
}

export interface MeteredWork extends MeterKey {
  readonly connectionId: ConnectionId;
  readonly budget: Budget;
  /** Of the system, beside the built-in identifiers. */
  readonly rules?: readonly IdentifierRule[];
}

/** A session of any channel, by what it is metered. */
export interface MeteredSession {
  readonly authorization: TargetAuthorization;
  readonly assets: readonly ProtectedAsset[];
  readonly risk: RiskSettings;
}

/** How long what left may be known to this process alone, where no limit asks for more. */
const STORE_MS = 1_000;

interface Shared<Value> {
  readonly value: Value;
  users: number;
}

export interface OpenMeter {
  readonly meter: SessionMeter;
  /** The session has ended: what is pending is stored. Never rejects; what cannot be stored now is tried again. */
  close(): Promise<void>;
}

export class Meters {
  readonly #deps: MetersDeps;
  readonly #persons = new Map<string, Shared<PersonMeter>>();
  readonly #connections = new Map<string, Shared<ConnectionMeter>>();
  readonly #timers = new Map<PersonMeter, NodeJS.Timeout>();

  constructor(deps: MetersDeps) {
    this.#deps = deps;
  }

  /** By its system's settings. @throws {GatewayError} `identifier_rule_invalid`: nothing is shown that nobody could count. */
  openFor({ authorization, assets, risk }: MeteredSession, connectionId: ConnectionId): OpenMeter {
    const { person, target } = authorization;
    return this.open({
      ...{ personId: person.id, systemId: target.systemId, connectionId },
      ...{ budget: budgetOf({ mode: target.mode, assets, risk }), rules: risk.identifiers },
    });
  }

  /** @throws {GatewayError} `identifier_rule_invalid`. */
  open({ personId, systemId, connectionId, budget, rules = [] }: MeteredWork): OpenMeter {
    const identifiers = { key: this.#deps.key, rules: compileRules(rules) };
    const key = { personId, systemId };
    const ofPerson = `${personId} ${systemId}`;
    const ofConnection = `${connectionId} ${systemId}`;
    const person = take(this.#persons, ofPerson, () => new PersonMeter(this.#deps, key));
    const connection = take(this.#connections, ofConnection, newConnection);
    const storeSoon = (): void => this.#storeSoon(person);
    const meter = new SessionMeter({ budget, identifiers, connection, person, storeSoon });
    // Read while the target is dialled, so that the first output need not wait; what fails is tried again by it, and told.
    if (meter.isLimited && !meter.isLoaded) meter.load().catch(() => undefined);
    return {
      meter,
      close: async () => {
        release(this.#connections, ofConnection);
        await this.#store(person);
        release(this.#persons, ofPerson);
      },
    };
  }

  #storeSoon(person: PersonMeter): void {
    if (this.#timers.has(person)) return;
    const due = (): void => void this.#store(person);
    this.#timers.set(person, setTimeout(due, STORE_MS).unref());
  }

  async #store(person: PersonMeter): Promise<void> {
    clearTimeout(this.#timers.get(person));
    this.#timers.delete(person);
    try {
      await person.flush();
    } catch (thrown) {
      this.#deps.log.warn({ event: 'meter.not_stored', err: asError(thrown) }, 'what left is not stored yet');
      this.#storeSoon(person);
    }
  }
}

function newConnection(): ConnectionMeter {
  return { tally: new Tally(), confirmed: false, asking: undefined, told: new Set() };
}

function take<Value>(of: Map<string, Shared<Value>>, key: string, make: () => Value): Value {
  const shared = of.get(key) ?? { value: make(), users: 0 };
  shared.users += 1;
  of.set(key, shared);
  return shared.value;
}

function release<Value>(of: Map<string, Shared<Value>>, key: string): void {
  const shared = of.get(key);
  if (shared === undefined) return;
  shared.users -= 1;
  if (shared.users === 0) of.delete(key);
}
