import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { Clock } from '../../foundation/index.ts';

/** Records of one kind kept at once; the oldest leave first, so that requests cannot fill the memory. */
const RECORDS_MAX = 1_000;

interface Kept {
  readonly payload: AdapterPayload;
  readonly expiresAtMs: number;
}

/**
 * Where the identity provider keeps sessions, interactions, codes and grants: in this process, gone when it ends.
 * The interface is oidc-provider's; every find checks the expiry, as it demands.
 */
export function memoryAdapter(clock: Clock): AdapterFactory {
  const kinds: Map<string, Kept>[] = [];
  return (_kind): Adapter => {
    const records = new Map<string, Kept>();
    kinds.push(records);

    const alive = (id: string, kept: Kept | undefined): AdapterPayload | undefined => {
      if (kept === undefined) return undefined;
      if (kept.expiresAtMs > clock.now().getTime()) return kept.payload;
      records.delete(id);
      return undefined;
    };
    const findWhere = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined => {
      for (const [id, kept] of records) {
        if (matches(kept.payload)) return alive(id, kept);
      }
      return undefined;
    };

    return {
      upsert: (id, payload, expiresInSeconds) => {
        const expiresAtMs =
          expiresInSeconds === undefined ? Infinity : clock.now().getTime() + expiresInSeconds * 1_000;
        records.delete(id);
        records.set(id, { payload, expiresAtMs });
        for (const oldest of records.keys()) {
          if (records.size <= RECORDS_MAX) break;
          records.delete(oldest);
        }
        return Promise.resolve();
      },
      find: (id) => Promise.resolve(alive(id, records.get(id))),
      findByUid: (uid) => Promise.resolve(findWhere((payload) => payload.uid === uid)),
      findByUserCode: (userCode) => Promise.resolve(findWhere((payload) => payload.userCode === userCode)),
      consume: (id) => {
        const kept = records.get(id);
        if (kept !== undefined) kept.payload.consumed = Math.floor(clock.now().getTime() / 1_000);
        return Promise.resolve();
      },
      destroy: (id) => {
        records.delete(id);
        return Promise.resolve();
      },
      revokeByGrantId: (grantId) => {
        for (const all of kinds) {
          for (const [id, kept] of all) {
            if (kept.payload.grantId === grantId) all.delete(id);
          }
        }
        return Promise.resolve();
      },
    };
  };
}
