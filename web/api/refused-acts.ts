import { Router } from 'express';
import { z } from 'zod';
import { findRefusedAct } from '../../approvals/index.ts';
import { GatewayError } from '../../foundation/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { withReasons } from './reasons.ts';
import { params, refusedActId } from './request.ts';

export function refusedActRoutes({ database }: WebApiDeps): Router {
  const router = Router();
  router.get('/refused-acts/:id', async (request, response) => {
    const { id } = params(z.strictObject({ id: refusedActId }), request);
    const act = await findRefusedAct(database, principalOf(request).person, id);
    if (act === undefined) throw new GatewayError('not_found');
    const { text, target, judgement, refusedAt, assets, suggested } = act;
    const systemTitle = { en: target.systemTitleEn, ja: target.systemTitleJa };
    response.json({
      refusedAct: {
        id,
        text,
        target: { name: target.name, systemTitle },
        judgement: withReasons(judgement),
        refusedAt,
        assets,
        suggested,
      },
    });
  });
  return router;
}
