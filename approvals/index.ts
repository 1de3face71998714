export {
  decideErasure,
  type ErasureRequest,
  keepsRecordings,
  placeHold,
  releaseHolds,
  requestErasure,
  requireKeeper,
} from './custody/acts.ts';
export { KEY_ORDERS_CHANNEL, type KeyOrdersDeps, performKeyOrders } from './custody/perform.ts';
export { type Erasure, insertRewrap, type LegalHold, listErasures, listHolds } from './custody/queries.ts';
export {
  decideTicket,
  revokeTicket,
  type TicketDecision,
  type TicketSteps,
  ticketSteps,
  withdrawTicket,
} from './decide.ts';
export { expireTickets, recoverRedemptions } from './expire.ts';
export {
  type ApprovalDecision,
  type ApprovalsDeps,
  type ExportRequest,
  type RedemptionOutcome,
  type RefusedAct,
  type TargetTitle,
  type TicketView,
} from './model.ts';
export { listNotifications, markNotificationRead, notify, startNotifications } from './notifications/notify.ts';
export { countUnread, type Notification } from './notifications/queries.ts';
export { dispatchOutbox, OUTBOX_CHANNEL, type TicketNews } from './outbox.ts';
export { decideProgram, listPrograms, type ProgramDecision } from './programs/programs.ts';
export type { ProgramView } from './programs/queries.ts';
export type { RedemptionResult } from './queries.ts';
export {
  completeRedemption,
  findUsableTicket,
  type Redemption,
  type RedemptionRequest,
  redeemTicket,
} from './redeem.ts';
export { wasExportLogged } from './ledger/queries.ts';
export { recordExportResults } from './ledger/results.ts';
export { findRefusedAct, recordRefusedAct } from './refused-acts.ts';
export { requestExport } from './request.ts';
export { findTicket, listTickets } from './tickets.ts';
export { countInbox, type TicketBox, ticketOfSession } from './views/queries.ts';
export { directoryVault } from './vault/directory.ts';
export {
  DESTINATIONS,
  type Destination,
  type Parcel,
  type ParcelFileWriter,
  type ParcelWriter,
  type SealedParcel,
  type Vault,
} from './vault/model.ts';
export { recoverParcels } from './vault/parcels.ts';
