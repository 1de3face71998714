import { Router } from 'express';
import { z } from 'zod';
import { listReconciliations, listUnmatched } from '../../approvals/index.ts';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { moment, params, query, ticketId } from './request.ts';

const DAY_MS = 24 * 3_600_000;
const Id = z.strictObject({ id: ticketId });
export const Span = z.strictObject({ from: moment, until: moment });

/** Asked and done, and what has no other side. Everybody gets what they may see: not-yours is as absent as not-there. */
export function reconciliationRoutes(deps: WebApiDeps): Router {
  const router = Router();
  router.get('/reconciliations', async (request, response) => {
    response.json({ reports: await listReconciliations(deps, principalOf(request)) });
  });
  router.get('/reconciliations/unmatched', async (request, response) => {
    const { from, until } = query(Span, request);
    const span = until.getTime() - from.getTime();
    if (span <= 0 || span > LIMITS.unmatchedDaysMax * DAY_MS) {
      throw new GatewayError('request_invalid', `At most ${LIMITS.unmatchedDaysMax} days at once.`);
    }
    response.json(await listUnmatched(deps, principalOf(request), { from, until }));
  });
  router.get('/reconciliations/:id', async (request, response) => {
    const [report] = await listReconciliations(deps, principalOf(request), params(Id, request).id);
    if (report === undefined) throw new GatewayError('not_found');
    response.json({ report });
  });
  return router;
}
