export {
  decideErasure,
  type ErasureRequest,
  keepsRecordings,
  placeHold,
  releaseHolds,
  requestErasure,
  requireKeeper,
} from './custody/acts.ts';
export { KEY_ORDERS_CHANNEL, type KeyLog, type KeyOrdersDeps, performKeyOrders } from './custody/perform.ts';
export { type Erasure, insertRewrap, type LegalHold, listErasures, listHolds } from './custody/queries.ts';
export {
  decideTicket,
  revokeTicket,
  type TicketDecision,
  type TicketSteps,
  ticketSteps,
  withdrawTicket,
} from './decide.ts';
export { buryWornOut, deliver, startDeliveries } from './delivery/deliver.ts';
export { dispatchDeliveries, forgetSent } from './delivery/dispatch.ts';
export { deliveryOverview, notificationSettings, resendDead, switchMail } from './delivery/manage.ts';
export type { DeliverySettings, WebhookChannel } from './delivery/model.ts';
export { planMail } from './delivery/plan.ts';
export { createAddressRule } from './delivery/senders/addresses.ts';
export { createMailSender } from './delivery/senders/mail.ts';
export { webhookKey } from './delivery/senders/sign.ts';
export { createWebhookSender } from './delivery/senders/webhook.ts';
export { discardDraft, listDrafts, saveDraft } from './drafts/drafts.ts';
export { climbOverdueReviews, type EmergencyReview, reviewEmergency } from './emergency/review.ts';
export { finishEmergency, reportWork, startEmergency } from './emergency/start.ts';
export { noteEntered } from './enter.ts';
export { expireTickets, recoverRedemptions } from './expire.ts';
export { type TicketInsight, ticketInsight } from './insight/insight.ts';
export {
  type AccessRequest,
  type ApprovalDecision,
  type ApprovalsDeps,
  type EmergencyRequest,
  type EmergencySettings,
  type ExportRequest,
  type NarrowerLimits,
  type ExportView,
  type RedemptionOutcome,
  type RefusedAct,
  type TargetTitle,
  type TicketView,
  type TransferRequest,
} from './model.ts';
export { listNotifications, markNotificationRead, notify, startNotifications } from './notifications/notify.ts';
export { countUnread, type Notification } from './notifications/queries.ts';
export { dispatchOutbox, OUTBOX_CHANNEL, type TicketNews } from './outbox.ts';
export { decideProgram, listPrograms, type ProgramDecision } from './programs/programs.ts';
export type { ProgramView } from './programs/queries.ts';
export {
  completeRedemption,
  findUsableTicket,
  type Redemption,
  type RedemptionRequest,
  redeemTicket,
} from './redeem.ts';
export { wasExportLogged } from './ledger/queries.ts';
export { recordExportResults } from './ledger/results.ts';
export { listReconciliations, listUnmatched, reconcileTickets, type Unmatched } from './reconciliation/reconcile.ts';
export type { ReconciliationReport } from './reconciliation/queries.ts';
export { type FlowSettings, remindWaiting } from './flow/remind.ts';
export { findRefusedAct, recordRefusedAct } from './refused-acts.ts';
export { openLink } from './links/links.ts';
export { requestExport } from './request.ts';
export { listAskable, requestAccess, requestTransfer } from './requests/work.ts';
export { chooseSubstitute, dismissSubstitute, listSubstitutes } from './substitutes/substitutes.ts';
export { answerQuestion, askBack } from './thread/thread.ts';
export { countInbox, findTicket, listTickets } from './tickets.ts';
export type { RedemptionResult } from './uses/queries.ts';
export { type TicketBox, ticketOfSession } from './views/queries.ts';
export {
  DESTINATIONS,
  type Destination,
  type Parcel,
  type ParcelFile,
  type ParcelFileWriter,
  type ParcelOrigin,
  type ParcelTotals,
  type ParcelWriter,
  type SealedParcel,
  type Vault,
} from './vault/model.ts';
export { findTransfer, type TransferTicket, transfersBegunFor, transfersOf } from './transfers/queries.ts';
export { beginTransfer, endTransfer } from './transfers/transfers.ts';
export { discardParcels, endParcel, recoverParcels } from './vault/parcels.ts';
export { ticketVersion } from './queries.ts';
