import type { TargetPolicy } from '../../policy/index.ts';

/** A guarded target with one protected table, two protected paths. */
export const GUARDED: TargetPolicy = {
  mode: 'guarded-line',
  assets: [
    { kind: 'table', name: 'shop.members', dataClass: 'personal', recordCount: 93_000 },
    { kind: 'path', name: '/data/members', dataClass: 'personal', recordCount: null },
    { kind: 'path', name: '/home/job/outbox', dataClass: 'personal', recordCount: null },
  ],
};

export const RECORDED: TargetPolicy = { ...GUARDED, mode: 'recorded' };
export const NOTHING_PROTECTED: TargetPolicy = { ...GUARDED, assets: [] };
