/** The shapes of the approvals room: what is asked, what is shown of a ticket, what a command needs. */
import type { Clock, Database } from '../foundation/index.ts';
import type {
  BusinessTime,
  Judgement,
  Person,
  PersonId,
  ProtectedAsset,
  RefusedActId,
  SessionId,
  SessionKind,
  SystemId,
  TargetId,
  TicketId,
  TicketState,
} from '../policy/index.ts';
import type { Destination } from './vault/model.ts';

export interface EmergencySettings {
  /** Hours an emergency opens at most. */
  readonly hoursMax: number;
  /** On the next business day its review is due, by the clock of this zone. */
  readonly review: BusinessTime;
  /** Hours after that from which on its person has no other emergency. */
  readonly lockAfterHours: number;
}

export interface ApprovalsDeps {
  readonly database: Database;
  readonly clock: Clock;
  /** Left out: four hours, 18:00 in Japan, a day. */
  readonly emergency?: EmergencySettings;
  /** Of a step that was asked for with it: the version its ticket must still have; see `ticketVersion`. */
  readonly ifVersion?: string | undefined;
}

export interface TargetTitle {
  readonly id: TargetId;
  readonly name: string;
  readonly systemTitleEn: string;
  readonly systemTitleJa: string;
}

/** What somebody tried that needs a ticket; a request is filled in from here. */
export interface RefusedAct {
  readonly id: RefusedActId;
  readonly sessionId: SessionId;
  readonly sessionKind: SessionKind;
  readonly target: TargetTitle;
  readonly text: string;
  readonly judgement: Judgement;
  readonly refusedAt: Date;
  /** The protected assets the judgement names, as they are counted now. */
  readonly assets: readonly ProtectedAsset[];
  /** Bounds that fit the assets named in the judgement, with a little room for headers. */
  readonly suggested: { readonly rowsMax: number; readonly bytesMax: number; readonly destination: Destination };
}

/** Why it may leave, and what becomes of it. */
export interface ExportDetails {
  /** How many rows the requester expects; null: they cannot say. */
  readonly rowsExpected: number | null;
  /** The receiving system, or who it is outside; '' for the other destinations. */
  readonly recipient: string;
  readonly legalBasis: string;
  readonly clientInformed: boolean | null;
  /** When the copy is deleted at the latest. */
  readonly deleteBy: Date | null;
}

/** Either a chosen time, or so long from the approval. */
export interface AskedWindow {
  readonly notBefore?: Date | undefined;
  readonly notAfter?: Date | undefined;
  readonly lastsSeconds?: number | undefined;
}

type Optional<Shape> = { readonly [Key in keyof Shape]?: Shape[Key] | undefined };

/** What the requester writes; everything else of an export ticket comes from the refused act. */
export interface ExportRequest extends AskedWindow, Optional<ExportDetails> {
  readonly refusedActId: RefusedActId;
  readonly purpose: string;
  readonly client: string;
  readonly rowsMax: number;
  readonly bytesMax: number;
  /** Left out: what is suggested for the act. */
  readonly destination?: Destination | undefined;
  /** `class`: acts that differ from it in constants alone too. */
  readonly scope?: 'act' | 'class' | undefined;
  readonly usesMax?: number | undefined;
}

/** Targets are named by id; their systems follow. */
export interface AccessRequest extends AskedWindow {
  readonly targets: readonly TargetId[];
  readonly purpose: string;
  readonly workPlan: string;
}

export interface TransferRequest extends AskedWindow {
  readonly from: SystemId;
  readonly to: SystemId;
  readonly purpose: string;
  readonly description: string;
  /** P-number of a sealed parcel; null where the sending system puts it. */
  readonly parcel: number | null;
  /** What travels at most; more of it holds the parcel. Null or left out: not said. */
  readonly rowsExpected?: number | null | undefined;
  readonly peopleExpected?: number | null | undefined;
  /** Names of columns. */
  readonly fields?: readonly string[] | null | undefined;
}

export interface EmergencyRequest {
  readonly targets: readonly TargetId[];
  readonly reason: string;
  readonly hours: number;
}

/** What the approver allows; what is left out stays as it was asked. */
export interface NarrowerLimits {
  readonly rowsMax?: number | undefined;
  readonly bytesMax?: number | undefined;
  readonly usesMax?: number | undefined;
  /** For a chosen window. */
  readonly notAfter?: Date | undefined;
  /** For a window that runs from the approval. */
  readonly lastsSeconds?: number | undefined;
}

export interface AllowedLimits {
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly usesMax: number;
  readonly notAfter: Date;
  readonly lastsSeconds: number | null;
}

export type ApprovalDecision = 'approve' | 'reject';
export type RedemptionOutcome = 'completed' | 'limit_exceeded' | 'interrupted' | 'failed';
export const MESSAGE_KINDS = ['question', 'answer', 'report'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

export interface Named {
  readonly id: PersonId;
  readonly name: string;
}

export interface TicketViewOfAll {
  readonly id: TicketId;
  readonly number: number;
  readonly state: TicketState;
  readonly requester: Named & { readonly employer: string };
  /** Where a transfer begins first. */
  readonly systems: readonly {
    readonly id: SystemId;
    readonly name: string;
    readonly titleEn: string;
    readonly titleJa: string;
    readonly side: 'touched' | 'from' | 'to';
  }[];
  /** 64 hex digits over what is asked for: an approval names it. */
  readonly actDigest: string;
  readonly purpose: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The window runs so long from the approval; null: it was chosen. */
  readonly lastsSeconds: number | null;
  readonly decideBy: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly approvals: readonly {
    readonly approver: Named;
    readonly decision: ApprovalDecision;
    readonly as: 'owner' | 'second_line';
    readonly reason: string;
    readonly decidedAt: Date;
  }[];
  readonly messages: readonly {
    readonly author: Named;
    readonly kind: MessageKind;
    readonly text: string;
    readonly writtenAt: Date;
  }[];
}

export interface ExportView extends TicketViewOfAll, ExportDetails {
  readonly kind: 'export';
  readonly target: TargetTitle;
  readonly refusedActId: RefusedActId;
  readonly actText: string;
  readonly judgement: Judgement;
  /** The protected assets the judgement names, as they are counted now. */
  readonly assets: readonly ProtectedAsset[];
  readonly client: string;
  readonly destination: Destination;
  /** What is allowed, or asked while nobody decided. */
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly scope: 'act' | 'class';
  readonly usesMax: number;
  /** What was asked for where an approver allowed less; null where it was allowed as asked. */
  readonly asked: AllowedLimits | null;
  readonly uses: number;
  readonly rowsUsed: number;
  readonly bytesUsed: number;
  /** The last use. */
  readonly redemption: { readonly sessionId: SessionId; readonly redeemedAt: Date } | null;
  /** What really left at the last use, beside what was asked for. `sha256` is 64 hex digits. */
  readonly result: {
    readonly outcome: RedemptionOutcome;
    readonly rows: number;
    readonly bytes: number;
    readonly sha256: string;
    readonly exitStatus: number | null;
    readonly finishedAt: Date;
    readonly sessionId: SessionId;
  } | null;
  /** What the last use put into the vault. `sealed` is null while it goes on, and when nothing was kept. */
  readonly parcel: {
    readonly number: number;
    readonly outcome: 'open' | 'sealed' | 'discarded';
    readonly sealed: { readonly files: number; readonly bytes: number; readonly manifestSha256: string } | null;
  } | null;
}

export interface AccessView extends TicketViewOfAll {
  readonly kind: 'access';
  readonly targets: readonly TargetTitle[];
  readonly workPlan: string;
  /** Hours after the end of the work in which its report is due; null: the systems ask for none. */
  readonly reportHours: number | null;
  /** When the report is due: from the end there was, or else from the one that is planned. */
  readonly reportBy: Date | null;
}

export interface TransferView extends TicketViewOfAll {
  readonly kind: 'transfer';
  readonly description: string;
  readonly parcelNumber: number | null;
  readonly rowsExpected: number | null;
  readonly peopleExpected: number | null;
  readonly fields: readonly string[] | null;
}

export interface EmergencyView extends TicketViewOfAll {
  readonly kind: 'emergency';
  readonly targets: readonly TargetTitle[];
  readonly reviewBy: Date;
  /** From when on its person has no other emergency while this one is not reviewed. */
  readonly lockAt: Date;
  readonly review: {
    readonly reviewer: Named;
    readonly finding: 'in_order' | 'deviation';
    readonly reason: string;
    readonly reviewedAt: Date;
  } | null;
}

export type TicketView = ExportView | AccessView | TransferView | EmergencyView;

/** Auditors and security officers see every ticket; everybody else sees their own and those of systems they own. */
export function seesEveryTicket(person: Person): boolean {
  return person.roles.some((role) => role === 'auditor' || role === 'security_officer');
}
