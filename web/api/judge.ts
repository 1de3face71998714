/** What the gate guards and how it would judge: for owners, security officers, administrators. */
import { Router } from 'express';
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { findTargetPolicy, listMeterUse, listTargetPolicies } from '../../identity/index.ts';
import { budgetOf, judgeCommand } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { createRateLimit } from './rate-limit.ts';
import { withReasons } from './reasons.ts';
import { body, targetId } from './request.ts';

export const Try = z.strictObject({ targetId, command: z.string().min(1).max(LIMITS.commandBytesMax) });

export function judgeRoutes(deps: WebApiDeps): Router {
  const router = Router();
  const tries = createRateLimit(deps.clock, LIMITS.judgeCallsPerMinuteMax);

  router.get('/gate', async (request, response) => {
    const { person } = principalOf(request);
    const [targets, use] = await Promise.all([listTargetPolicies(deps, person), listMeterUse(deps, person)]);
    response.json({ targets: targets.map((target) => ({ ...target, budget: budgetOf(target) })), use });
  });

  // Whoever may try lines against a policy may look for one that passes: who, on what, and with which result is kept.
  router.post('/judge', async (request, response) => {
    const { person } = principalOf(request);
    tries.take(person.id);
    const { targetId: id, command } = body(Try, request);
    const target = await findTargetPolicy(deps, person, id);
    if (target === undefined) throw new GatewayError('not_found');
    const mayTry = target.owned || person.roles.some((role) => role === 'administrator' || role === 'security_officer');
    if (!mayTry) throw new GatewayError('not_permitted');
    const { mode, assets } = target;
    const judgement = judgeCommand(command, { mode, assets, programs: new Set(target.programs) });
    await appendAuditEvent(deps.database, deps.clock, {
      type: 'policy.tried',
      actor: person.id,
      body: { target: id, verdict: judgement.verdict, digest: judgement.digest },
    });
    response.json({ judgement: withReasons(judgement) });
  });

  return router;
}
