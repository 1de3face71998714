import { Router } from 'express';
import { z } from 'zod';
import {
  DESTINATIONS,
  decideTicket,
  findTicket,
  listTickets,
  requestExport,
  revokeTicket,
  ticketSteps,
  withdrawTicket,
} from '../../approvals/index.ts';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, moment, params, query, refusedActId, ticketId, typed } from './request.ts';

const Id = z.strictObject({ id: ticketId });
const ListQuery = z.strictObject({ box: z.enum(['mine', 'inbox', 'all']).default('mine') });
const Reason = typed(LIMITS.reasonCharactersMax);
const Revocation = z.strictObject({ reason: Reason });
const Decision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  reason: Reason,
  actDigest: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits'),
});
const Request = z.strictObject({
  refusedActId,
  purpose: Reason,
  client: typed(200),
  rowsMax: z.number(),
  bytesMax: z.number(),
  destination: z.enum(DESTINATIONS).optional(),
  notBefore: moment,
  notAfter: moment,
});

export function ticketRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.post('/tickets', async (request, response) => {
    const ticket = await requestExport(deps, principalOf(request), body(Request, request));
    response.status(201).json({ ticket });
  });

  router.get('/tickets', async (request, response) => {
    const { box } = query(ListQuery, request);
    response.json({ tickets: await listTickets(deps, principalOf(request), { box, limit: LIMITS.pageRowsMax }) });
  });

  router.get('/tickets/:id', async (request, response) => {
    const principal = principalOf(request);
    const ticket = await findTicket(deps.database, principal, params(Id, request).id);
    if (ticket === undefined) throw new GatewayError('not_found');
    response.json({ ticket, may: await ticketSteps(deps, principal, ticket) });
  });

  router.post('/tickets/:id/decision', async (request, response) => {
    const { id } = params(Id, request);
    response.json({ ticket: await decideTicket(deps, principalOf(request), id, body(Decision, request)) });
  });

  router.post('/tickets/:id/withdraw', async (request, response) => {
    const { id } = params(Id, request);
    body(z.strictObject({}), request);
    response.json({ ticket: await withdrawTicket(deps, principalOf(request), id) });
  });

  router.post('/tickets/:id/revoke', async (request, response) => {
    const { id } = params(Id, request);
    const { reason } = body(Revocation, request);
    response.json({ ticket: await revokeTicket(deps, principalOf(request), id, reason) });
  });

  return router;
}
