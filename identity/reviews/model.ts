import type { GrantAction, PersonId, ReviewFlag, ReviewRules, Role, SystemId } from '../../policy/index.ts';

export const REVIEW_RULES: ReviewRules = { dormantDays: 90, contractDays: 30 };

export const REVIEW_DECISIONS = ['keep', 'reduce', 'remove', 'ask'] as const;
export type ReviewDecision = (typeof REVIEW_DECISIONS)[number];

/** What an item was when the review began; times as ISO 8601. */
export interface ItemSnapshot {
  readonly person: string;
  readonly employer: string;
  readonly contractEndsAt: string | null;
  /** Null for a role. */
  readonly target: string | null;
  readonly system: string | null;
  readonly actions: readonly GrantAction[];
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
}

export interface ReviewItem {
  readonly id: string;
  readonly personId: PersonId;
  readonly systemId: SystemId | null;
  readonly grantId: string | null;
  readonly role: Role | null;
  readonly snapshot: ItemSnapshot;
  readonly flags: readonly ReviewFlag[];
  /** In order. */
  readonly decisions: readonly {
    readonly decision: ReviewDecision | 'hold';
    readonly reason: string;
    readonly actions: readonly GrantAction[] | null;
    /** Null: the gateway, because nobody decided in time. */
    readonly by: string | null;
    readonly at: string;
  }[];
  /** Decided for good. */
  readonly decided: boolean;
  /** The viewer owns its system; somebody else but the reviewed person does. */
  readonly owned: boolean;
  readonly hasOtherOwner: boolean;
}

export interface Review {
  readonly id: string;
  readonly number: number;
  readonly scope: 'system' | 'company';
  readonly subject: string;
  readonly dueAt: Date;
  readonly startedBy: { readonly id: PersonId; readonly name: string };
  readonly startedAt: Date;
  readonly climbed: number;
  readonly signedBy: { readonly name: string } | null;
  readonly signedAt: Date | null;
  /** SHA-256 of the frozen evidence, 64 hex digits. */
  readonly evidenceSha256: string | null;
  readonly items: number;
  readonly open: number;
}
