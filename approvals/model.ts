/** The shapes of the approvals room: what is asked, what is shown of a ticket, what a command needs. */
import type { Clock, Database } from '../foundation/index.ts';
import type {
  Judgement,
  Person,
  PersonId,
  ProtectedAsset,
  RefusedActId,
  SessionId,
  SessionKind,
  TargetId,
  TicketId,
  TicketState,
} from '../policy/index.ts';
import type { Destination } from './vault/model.ts';

export interface ApprovalsDeps {
  readonly database: Database;
  readonly clock: Clock;
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

/** What the requester writes; everything else of a ticket comes from the refused act. */
export interface ExportRequest {
  readonly refusedActId: RefusedActId;
  readonly purpose: string;
  readonly client: string;
  readonly rowsMax: number;
  readonly bytesMax: number;
  /** Left out: what is suggested for the act. */
  readonly destination?: Destination | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export type ApprovalDecision = 'approve' | 'reject';
export type RedemptionOutcome = 'completed' | 'limit_exceeded' | 'interrupted' | 'failed';

export interface TicketView {
  readonly id: TicketId;
  readonly number: number;
  readonly kind: 'export';
  readonly state: TicketState;
  readonly requester: { readonly id: PersonId; readonly name: string; readonly employer: string };
  readonly target: TargetTitle;
  readonly refusedActId: RefusedActId;
  readonly actText: string;
  readonly judgement: Judgement;
  /** 64 hex digits. */
  readonly actDigest: string;
  /** The protected assets the judgement names, as they are counted now. */
  readonly assets: readonly ProtectedAsset[];
  readonly purpose: string;
  readonly client: string;
  readonly destination: Destination;
  readonly rowsMax: number;
  readonly bytesMax: number;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly decideBy: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly approvals: readonly {
    readonly approver: { readonly id: PersonId; readonly name: string };
    readonly decision: ApprovalDecision;
    readonly reason: string;
    readonly decidedAt: Date;
  }[];
  readonly redemption: { readonly sessionId: SessionId; readonly redeemedAt: Date } | null;
  /** What really left, beside what was asked for. `sha256` is 64 hex digits. */
  readonly result: {
    readonly outcome: RedemptionOutcome;
    readonly rows: number;
    readonly bytes: number;
    readonly sha256: string;
    readonly exitStatus: number | null;
    readonly finishedAt: Date;
    readonly sessionId: SessionId;
  } | null;
  /** What the use put into the vault. `sealed` is null while it goes on, and when nothing was kept. */
  readonly parcel: {
    readonly number: number;
    readonly outcome: 'open' | 'sealed' | 'discarded';
    readonly sealed: { readonly files: number; readonly bytes: number; readonly manifestSha256: string } | null;
  } | null;
}

/** Auditors and security officers see every ticket; everybody else sees their own and those of systems they own. */
export function seesEveryTicket(person: Person): boolean {
  return person.roles.some((role) => role === 'auditor' || role === 'security_officer');
}
