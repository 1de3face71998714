import { Router } from 'express';
import { z } from 'zod';
import { LIMITS } from '../../foundation/index.ts';
import {
  decideReviewItem,
  exportReview,
  listReviews,
  REVIEW_DECISIONS,
  readReview,
  signReview,
  startReview,
} from '../../identity/index.ts';
import { GRANT_ACTIONS } from '../../policy/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body, moment, params, typed } from './request.ts';

export const Id = z.strictObject({ id: z.uuid() });
export const ItemId = z.strictObject({ id: z.uuid(), item: z.uuid() });
export const Start = z.strictObject({
  scope: z.enum(['system', 'company']),
  subject: typed(LIMITS.lockSubjectCharactersMax),
  dueAt: moment,
});
export const Decision = z.strictObject({
  decision: z.enum(REVIEW_DECISIONS),
  reason: typed(LIMITS.reasonCharactersMax),
  actions: z.array(z.enum(GRANT_ACTIONS)).max(GRANT_ACTIONS.length).optional(),
});

/** Access reviews. Who may start, decide and sign is decided in the rooms below. */
export function reviewRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/reviews', async (request, response) => {
    response.json({ reviews: await listReviews(deps, principalOf(request)) });
  });

  router.post('/reviews', async (request, response) => {
    const id = await startReview(deps, principalOf(request), body(Start, request));
    response.status(201).json({ id });
  });

  router.get('/reviews/:id', async (request, response) => {
    response.json(await readReview(deps, principalOf(request), params(Id, request).id));
  });

  router.post('/reviews/:id/items/:item/decision', async (request, response) => {
    const { id, item } = params(ItemId, request);
    await decideReviewItem(deps, principalOf(request), { review: id, item, ...body(Decision, request) });
    response.status(204).end();
  });

  router.post('/reviews/:id/sign', async (request, response) => {
    body(z.strictObject({}), request);
    const sha256 = await signReview(deps, principalOf(request), params(Id, request).id);
    response.json({ sha256 });
  });

  router.get('/reviews/:id/review.csv', async (request, response) => {
    const { id } = params(Id, request);
    const csv = await exportReview(deps, principalOf(request), id);
    response.attachment(`access-review-${id}.csv`).type('text/csv; charset=utf-8').send(csv);
  });

  return router;
}
