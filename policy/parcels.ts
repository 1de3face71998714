/** The states of a parcel, what a transfer promises beside what was found, and who may let a held one go. */
import { GatewayError } from '../foundation/index.ts';
import type { PersonId, SystemId } from './model.ts';

export const PARCEL_STATES = [
  'filling',
  'sealed',
  'scanning',
  'held',
  'released',
  'picked_up',
  'expired',
  'revoked',
  'destroyed',
  'discarded',
] as const;
export type ParcelState = (typeof PARCEL_STATES)[number];

export const PARCEL_EVENTS = [
  'seal',
  'discard',
  'scan',
  'pass',
  'hold',
  'release',
  'pick_up',
  'expire',
  'revoke',
  'destroy',
] as const;
export type ParcelEvent = (typeof PARCEL_EVENTS)[number];

/** What lies in the vault may always be taken back or run out, until somebody has it. */
const ENDS = { expire: 'expired', revoke: 'revoked' } as const;

// biome-ignore format: a table reads best in columns.
const NEXT: Readonly<Record<ParcelState, Readonly<Partial<Record<ParcelEvent, ParcelState>>>>> = {
  filling:   { seal: 'sealed', discard: 'discarded' },
  sealed:    { ...ENDS, scan: 'scanning' },
  scanning:  { ...ENDS, pass: 'released', hold: 'held' },
  held:      { ...ENDS, release: 'released' },
  released:  { ...ENDS, hold: 'held', pick_up: 'picked_up' },
  picked_up: { destroy: 'destroyed' },
  expired:   { destroy: 'destroyed' },
  revoked:   { destroy: 'destroyed' },
  destroyed: {},
  discarded: {},
};

/** The state that `event` leads to; undefined where the table has no arrow. Pure and total. */
export function parcelStep(state: ParcelState, event: ParcelEvent): ParcelState | undefined {
  return NEXT[state][event];
}

/** The same for whom no arrow is a failure. @throws {GatewayError} `parcel_unavailable`. */
export function nextParcelState(state: ParcelState, event: ParcelEvent): ParcelState {
  const next = parcelStep(state, event);
  if (next === undefined) throw new GatewayError('parcel_unavailable', `A parcel that is ${state} cannot ${event}.`);
  return next;
}

/** What a ticket says that travels; null: it does not say. */
export interface ParcelPromise {
  readonly rows: number | null;
  readonly people: number | null;
  /** Names of columns; null: any. */
  readonly fields: readonly string[] | null;
}

/** What the inspection counted. */
export interface ParcelContents {
  readonly rows: number;
  readonly people: number;
  /** Names in the first line of tables, each once. */
  readonly fields: readonly string[];
}

export const DIFFERENCE_KINDS = ['rows', 'people', 'fields', 'malware', 'scanner', 'archive', 'name'] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** Why a parcel is held: what was promised beside what was found. */
export interface Difference {
  readonly kind: DifferenceKind;
  readonly promised: string;
  readonly found: string;
}

/** What a parcel carries beyond what was asked for. Less than promised is no difference. */
export function differencesOf(promise: ParcelPromise, contents: ParcelContents): readonly Difference[] {
  const over = (kind: 'rows' | 'people'): Difference[] => {
    const promised = promise[kind];
    const found = contents[kind];
    return promised === null || found <= promised ? [] : [{ kind, promised: String(promised), found: String(found) }];
  };
  const { fields } = promise;
  const other = fields === null ? [] : contents.fields.filter((field) => !fields.includes(field));
  const named = fields === null ? '' : fields.join(', ');
  return [
    ...over('rows'),
    ...over('people'),
    ...(other.length === 0 ? [] : [{ kind: 'fields' as const, promised: named, found: other.join(', ') }]),
  ];
}

/** Protection classes from 1 (open) to 4 (strictest): data never go where they are protected less. */
export function mayReceive(fromClass: number, toClass: number): boolean {
  return toClass >= fromClass;
}

export interface HoldDecision {
  readonly person: PersonId;
  readonly systems: readonly SystemId[];
}

/** The systems of which nobody has said yes yet. One person speaks for one system: two sides are two people. */
export function systemsUndecided(
  systems: readonly SystemId[],
  decisions: readonly HoldDecision[],
): readonly SystemId[] {
  const taken = new Map<SystemId, PersonId>();
  const assign = (system: SystemId, tried: Set<SystemId>): boolean => {
    for (const { person, systems: owned } of decisions) {
      if (!owned.includes(system)) continue;
      const other = [...taken].find(([, who]) => who === person)?.[0];
      if (other === undefined) {
        taken.set(system, person);
        return true;
      }
      if (other === system || tried.has(other)) continue;
      taken.set(system, person);
      taken.delete(other);
      if (assign(other, tried.add(other))) return true;
      taken.set(other, person);
      taken.delete(system);
    }
    return false;
  };
  return systems.filter((system) => !assign(system, new Set([system])));
}
