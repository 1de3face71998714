/** What was asked for with a ticket, what was done with it, and the report that lays them beside each other. */
import type { Destination } from '../vault/model.ts';
import type { RedemptionOutcome } from '../model.ts';

/** Of the comparison below: a report says by which rules it was made. */
export const RECONCILIATION_RULES = '1';

/** Where it can be looked up: a session with its recording, an audit event, a leaf of the signed log. */
export interface EvidenceRef {
  readonly session?: string | undefined;
  /** Number of the audit event. */
  readonly event?: number | undefined;
  /** Index of the leaf that sealed the session's recording. */
  readonly leaf?: number | undefined;
}

export const COMPARED = [
  'targets',
  'time',
  'commands',
  'statements',
  'files',
  'rows',
  'bytes',
  'customers',
  'destination',
  'outcome',
  'refusals',
  'report',
] as const;
export type Compared = (typeof COMPARED)[number];

export const VERDICTS = ['deviation', 'unexplained', 'match'] as const;
/** `unexplained`: it was not asked for, or nobody can say; a person has to look. */
export type ReconciliationVerdict = (typeof VERDICTS)[number];

export interface ReportLine {
  readonly what: Compared;
  readonly verdict: ReconciliationVerdict;
  /** Names, moments (ISO 8601) or numbers, as `what` has them; empty: nothing was asked about it. */
  readonly asked: readonly (string | number)[];
  readonly done: readonly (string | number)[];
  readonly evidence: readonly EvidenceRef[];
}

export interface SessionDone {
  readonly id: string;
  readonly target: string;
  readonly kind: string;
  readonly command: string | null;
  readonly openedAt: Date;
  readonly closedAt: Date;
  readonly leaf: number | null;
}

export interface UseDone {
  readonly session: string;
  readonly redeemedAt: Date;
  readonly finishedAt: Date | null;
  readonly outcome: RedemptionOutcome | null;
  readonly rows: number;
  readonly bytes: number;
  readonly exitStatus: number | null;
  /** Null: nobody counted. */
  readonly customers: number | null;
  /** Number of the event that ended it. */
  readonly event: number | null;
  /** Digest of the act that ran. */
  readonly actDigest: string | null;
  readonly parcel: { readonly outcome: 'open' | 'sealed' | 'discarded'; readonly files: number } | null;
}

export interface FileDone {
  readonly session: string;
  readonly event: number;
  readonly direction: 'upload' | 'download';
  readonly bytes: number;
}

export interface AskedFacts {
  readonly kind: 'export' | 'access' | 'emergency';
  readonly targets: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Hours after the end in which a work report was to be written; null: none was asked for. */
  readonly reportHours: number | null;
  /** Of an export; null for the other kinds. */
  readonly export: {
    readonly actDigest: string;
    readonly scope: 'act' | 'class';
    readonly usesMax: number;
    readonly rowsMax: number;
    readonly rowsExpected: number | null;
    readonly bytesMax: number;
    readonly destination: Destination;
  } | null;
}

export interface DoneFacts {
  /** Work reports there are by now. */
  readonly reports: number;
  readonly sessions: readonly SessionDone[];
  readonly uses: readonly UseDone[];
  readonly files: readonly FileDone[];
  /** What was refused or held back in those sessions. */
  readonly refusals: readonly { readonly session: string; readonly event: number; readonly type: string }[];
}

export interface Comparison {
  /** The worst of its lines. */
  readonly verdict: ReconciliationVerdict;
  /** Deviations first, so that nobody has to look for them. */
  readonly lines: readonly ReportLine[];
}
