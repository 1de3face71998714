import type { PersonId, ProtectedAsset, SessionKind, TargetMode } from '../../policy/index.ts';
import { findPerson, isLocked } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import { listAssets, listGrantedTargets } from './queries.ts';

/** A target a person may enter now, as the list of targets shows it. */
export interface OpenTarget {
  readonly name: string;
  readonly systemTitle: { readonly en: string; readonly ja: string };
  readonly account: string;
  readonly actions: readonly SessionKind[];
  /** When the way in closes: the end of the grant or of the contract, whichever is earlier. */
  readonly expiresAt: Date;
  readonly mode: TargetMode;
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
  for (const { systemId, ...target } of await listGrantedTargets(db, personId, now)) {
    const expiresAt = ends !== null && ends < target.expiresAt ? ends : target.expiresAt;
    open.push({ ...target, expiresAt, assets: await listAssets(db, systemId) });
  }
  return open;
}
