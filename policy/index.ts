export { type ApprovalDecision, type ApprovalFacts, type ApprovalRefusal, decideApproval } from './approval.ts';
export {
  type AccessDecision,
  type AccessRefusal,
  type AuthorizationFacts,
  actionsFor,
  authorizeTarget,
  TargetAuthorization,
} from './authorize-target.ts';
export {
  type Budget,
  type BudgetDecision,
  type BudgetFacts,
  type BudgetLimits,
  budgetOf,
  type Counts,
  createDistinctCounter,
  decideBudget,
  DistinctCounter,
  isLimited,
  METER_KINDS,
  METER_WINDOWS,
  type MeterKind,
  type MeterWindow,
  NO_RISK_SETTINGS,
  type Passed,
  PERSON_WINDOWS,
  type PersonWindow,
  type RiskSettings,
  roomFor,
} from './budget/index.ts';
export { judgeCommand } from './command/index.ts';
export {
  denyFileAct,
  denyUnclear,
  type FileProtocol,
  guardedPaths,
  isStartupPlace,
  judgeFileAct,
  judgeResolved,
  judgeTransfer,
  reachOfPath,
  readBy,
  readTransfer,
  type Transfer,
  type TransferDirection,
} from './files/index.ts';
export { createMeter, type Meter, type MeterLimits } from './meter.ts';
export {
  type ConnectionId,
  type Finding,
  GRANT_ACTIONS,
  type GrantAction,
  type Hop,
  type Judgement,
  type Locale,
  type Person,
  type PersonId,
  type Principal,
  type ProtectedAsset,
  type RefusedActId,
  ROLES,
  type AssetCopy,
  type Role,
  SESSION_KINDS,
  type SessionId,
  type SessionKind,
  type SystemId,
  type Target,
  type TargetId,
  TARGET_MODES,
  type TargetMode,
  type TargetPolicy,
  type TicketId,
  type TicketState,
  VERDICTS,
  type VerdictName,
} from './model.ts';
export {
  decideRedemption,
  type RedemptionDecision,
  type RedemptionFacts,
  type RedemptionRefusal,
} from './redemption.ts';
export { judgeStatement } from './statement/index.ts';
export { nextTicketState, TICKET_EVENTS, type TicketEvent } from './ticket.ts';
export { opensByTicket } from './verdict.ts';
export { type ControlVerb, controlVerbs } from './session-control.ts';
