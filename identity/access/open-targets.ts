import type { GrantAction, PersonId, ProtectedAsset, TargetMode } from '../../policy/index.ts';
import { findPerson, isLocked } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import { listAssets, listGrantedTargets } from './queries.ts';

/** A target a person may enter now, as the list of targets shows it. */
export interface OpenTarget {
  readonly name: string;
  readonly systemName: string;
  /** What to type before the @: the name, with its system where the person has two targets of that name. */
  readonly loginName: string;
  readonly host: string;
  readonly port: number;
  readonly systemTitle: { readonly en: string; readonly ja: string };
  readonly account: string;
  readonly actions: readonly GrantAction[];
  /** When the way in closes: the end of the grant or of the contract, whichever is earlier. */
  readonly expiresAt: Date;
  readonly mode: TargetMode;
  readonly legacyAlgorithms: boolean;
  readonly assets: readonly ProtectedAsset[];
}

/** The targets `authorizeTarget` would let the person into now; empty for who is locked, gone or no maintainer. */
export async function listOpenTargets(deps: IdentityDeps, personId: PersonId): Promise<OpenTarget[]> {
  const db = deps.database;
  const now = deps.clock.now();
  const person = await findPerson(db, personId);
  if (person === undefined || !person.roles.includes('maintainer') || (await isLocked(db, personId))) return [];
  const ends = person.contractEndsAt;
  if (ends !== null && ends <= now) return [];
  const open: OpenTarget[] = [];
  const granted = await listGrantedTargets(db, personId, now);
  for (const { id: _, systemId, ...target } of granted) {
    const expiresAt = ends !== null && ends < target.expiresAt ? ends : target.expiresAt;
    const isAlone = granted.filter(({ name }) => name === target.name).length === 1;
    const loginName = isAlone ? target.name : `${target.name}%${target.systemName}`;
    open.push({ ...target, loginName, expiresAt, assets: await listAssets(db, systemId) });
  }
  return open;
}

/** Those of them that are spoken to by SSH; a site is opened in the browser alone. */
export async function listOpenServers(deps: IdentityDeps, personId: PersonId): Promise<OpenTarget[]> {
  const open = await listOpenTargets(deps, personId);
  return open.filter(({ actions }) => actions.some((action) => action !== 'web'));
}
