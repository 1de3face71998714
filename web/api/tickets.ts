import { type Request, Router } from 'express';
import { z } from 'zod';
import {
  answerQuestion,
  askBack,
  DESTINATIONS,
  decideTicket,
  discardDraft,
  findTicket,
  finishEmergency,
  listAskable,
  listDrafts,
  listTickets,
  reportWork,
  requestAccess,
  requestExport,
  requestTransfer,
  reviewEmergency,
  revokeTicket,
  saveDraft,
  startEmergency,
  ticketInsight,
  ticketSteps,
  ticketVersion,
  withdrawTicket,
} from '../../approvals/index.ts';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { TICKET_KINDS } from '../../policy/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, moment, params, query, refusedActId, systemId, targetId, ticketId, typed } from './request.ts';

export const Id = z.strictObject({ id: ticketId });
export const DraftId = z.strictObject({ id: z.uuid() });
export const ListQuery = z.strictObject({
  box: z.enum(['mine', 'inbox', 'all']).default('mine'),
  before: z.coerce.number().int().positive().optional(),
});
const Nothing = z.strictObject({});
const Reason = typed(LIMITS.reasonCharactersMax);
export const Revocation = z.strictObject({ reason: Reason });
export const Text = z.strictObject({ text: typed(LIMITS.workTextCharactersMax) });
export const Review = z.strictObject({ finding: z.enum(['in_order', 'deviation']), reason: Reason });
export const Decision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: Reason,
  actDigest: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
  /** An approval of less than was asked. */
  limits: z
    .strictObject({
      rowsMax: z.number().optional(),
      bytesMax: z.number().optional(),
      usesMax: z.number().optional(),
      notAfter: moment.optional(),
      lastsSeconds: z.number().optional(),
    })
    .optional(),
});

/** A chosen time, or so long from the approval. */
const window = {
  notBefore: moment.optional(),
  notAfter: moment.optional(),
  lastsSeconds: z.number().optional(),
};
const targets = z.array(targetId).max(LIMITS.ticketTargetsMax);
export const ExportBody = z.strictObject({
  refusedActId,
  purpose: Reason,
  client: typed(200),
  rowsMax: z.number(),
  bytesMax: z.number(),
  destination: z.enum(DESTINATIONS).optional(),
  scope: z.enum(['act', 'class']).optional(),
  usesMax: z.number().optional(),
  rowsExpected: z.number().nullable().optional(),
  recipient: typed(500).optional(),
  legalBasis: typed(500).optional(),
  clientInformed: z.boolean().nullable().optional(),
  deleteBy: moment.nullable().optional(),
  ...window,
});
export const AccessBody = z.strictObject({ targets, purpose: Reason, workPlan: Text.shape.text, ...window });
export const TransferBody = z.strictObject({
  from: systemId,
  to: systemId,
  purpose: Reason,
  description: Text.shape.text,
  parcel: z.number().int().positive().nullable(),
  rowsExpected: z.number().nullable().optional(),
  peopleExpected: z.number().nullable().optional(),
  fields: z.array(typed(200)).max(LIMITS.transferFieldsMax).nullable().optional(),
  ...window,
});
export const EmergencyBody = z.strictObject({ targets, reason: Reason, hours: z.number() });
export const DraftBody = z.strictObject({ kind: z.enum(TICKET_KINDS), content: z.unknown() });

export function ticketRoutes(deps: WebApiDeps): Router {
  const router = Router();
  addDrafts(router, deps);
  addRequests(router, deps);
  addReading(router, deps);
  addSteps(router, deps);
  return router;
}

/** What is being written; before `/tickets/:id`, which would take their names for ids. */
function addDrafts(router: Router, deps: WebApiDeps): void {
  router.get('/tickets/drafts', async (request, response) => {
    response.json({ drafts: await listDrafts(deps, principalOf(request).person) });
  });
  router.post('/tickets/drafts', async (request, response) => {
    const draft = { id: undefined, ...body(DraftBody, request) };
    response.status(201).json({ draft: await saveDraft(deps, principalOf(request).person, draft) });
  });
  router.patch('/tickets/drafts/:id', async (request, response) => {
    const draft = { ...body(DraftBody, request), ...params(DraftId, request) };
    response.json({ draft: await saveDraft(deps, principalOf(request).person, draft) });
  });
  router.delete('/tickets/drafts/:id', async (request, response) => {
    await discardDraft(deps, principalOf(request).person, params(DraftId, request).id);
    response.status(204).end();
  });
}

function addRequests(router: Router, deps: WebApiDeps): void {
  router.get('/tickets/choices', async (request, response) => {
    response.json(await listAskable(deps, principalOf(request).person));
  });
  router.post('/tickets', async (request, response) => {
    const ticket = await requestExport(deps, principalOf(request), body(ExportBody, request));
    response.status(201).json({ ticket });
  });
  router.post('/tickets/access', async (request, response) => {
    const ticket = await requestAccess(deps, principalOf(request), body(AccessBody, request));
    response.status(201).json({ ticket });
  });
  router.post('/tickets/transfer', async (request, response) => {
    const ticket = await requestTransfer(deps, principalOf(request), body(TransferBody, request));
    response.status(201).json({ ticket });
  });
  router.post('/tickets/emergency', async (request, response) => {
    const ticket = await startEmergency(deps, principalOf(request), body(EmergencyBody, request));
    response.status(201).json({ ticket });
  });
}

function addReading(router: Router, deps: WebApiDeps): void {
  router.get('/tickets', async (request, response) => {
    const limit = LIMITS.ticketsListedMax;
    const tickets = await listTickets(deps, principalOf(request), { ...query(ListQuery, request), limit });
    const last = tickets.length === limit ? tickets.at(-1)?.number : undefined;
    response.json({ tickets, ...(last === undefined ? {} : { next: last }) });
  });
  router.get('/tickets/:id', async (request, response) => {
    const principal = principalOf(request);
    const ticket = await findTicket(deps, principal, params(Id, request).id);
    if (ticket === undefined) throw new GatewayError('not_found');
    const version = await ticketVersion(deps.database, ticket.id);
    if (version !== undefined) response.set('etag', `"${version}"`);
    const [steps, insight] = [await ticketSteps(deps, principal, ticket.id), await ticketInsight(deps, ticket)];
    response.json({ ticket, ...steps, insight });
  });
}

/** What a step must still find unchanged, when who asks says so by `If-Match` (RFC 9110 §13.1.1). */
function asked(deps: WebApiDeps, request: Request) {
  const given = request.get('if-match');
  if (given === undefined || given === '*') return deps;
  // A weak tag, or one of another thing, matches nothing.
  return { ...deps, ifVersion: /^"([\d.]+)"$/.exec(given)?.[1] ?? 'none' };
}

function addSteps(router: Router, deps: WebApiDeps): void {
  router.post('/tickets/:id/decision', async (request, response) => {
    const { id } = params(Id, request);
    response.json({
      ticket: await decideTicket(asked(deps, request), principalOf(request), id, body(Decision, request)),
    });
  });
  router.post('/tickets/:id/question', async (request, response) => {
    const { id } = params(Id, request);
    response.json({ ticket: await askBack(asked(deps, request), principalOf(request), id, body(Text, request)) });
  });
  router.post('/tickets/:id/answer', async (request, response) => {
    const { id } = params(Id, request);
    response.json({
      ticket: await answerQuestion(asked(deps, request), principalOf(request), id, body(Text, request)),
    });
  });
  router.post('/tickets/:id/withdraw', async (request, response) => {
    const { id } = params(Id, request);
    body(Nothing, request);
    response.json({ ticket: await withdrawTicket(asked(deps, request), principalOf(request), id) });
  });
  router.post('/tickets/:id/revoke', async (request, response) => {
    const { id } = params(Id, request);
    const { reason } = body(Revocation, request);
    response.json({ ticket: await revokeTicket(asked(deps, request), principalOf(request), id, reason) });
  });
  router.post('/tickets/:id/finish', async (request, response) => {
    const { id } = params(Id, request);
    body(Nothing, request);
    response.json({ ticket: await finishEmergency(asked(deps, request), principalOf(request), id) });
  });
  router.post('/tickets/:id/report', async (request, response) => {
    const { id } = params(Id, request);
    response.json({
      ticket: await reportWork(asked(deps, request), principalOf(request), id, body(Text, request)),
    });
  });
  router.post('/tickets/:id/review', async (request, response) => {
    const { id } = params(Id, request);
    response.json({
      ticket: await reviewEmergency(asked(deps, request), principalOf(request), id, body(Review, request)),
    });
  });
}
