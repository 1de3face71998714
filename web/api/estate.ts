/** Systems and targets with whom they let in, and what people change of them. Who may change is decided in the rooms below. */
import { Router } from 'express';
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import {
  type AdministeredTarget,
  endGrant,
  fingerprintOfLine,
  findTarget,
  listSystems,
  pinHostKey,
} from '../../identity/index.ts';
import type { Principal, TargetId } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireReader } from './permissions.ts';
import { createRateLimit } from './rate-limit.ts';
import { body, params, targetId, typed } from './request.ts';

export const TargetParams = z.strictObject({ id: targetId });
export const GrantParams = z.strictObject({ id: z.uuid() });
const reason = typed(LIMITS.reasonCharactersMax);
export const GrantEnd = z.strictObject({ reason });
export const Pin = z.strictObject({
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be as ssh-keygen -l prints it: SHA256:…'),
  reason,
});

export function estateRoutes(deps: WebApiDeps): Router {
  const { database, clock, administration } = deps;
  const router = Router();
  const checks = createRateLimit(clock, LIMITS.targetChecksPerMinuteMax);

  router.get('/systems', async (request, response) => {
    response.json({ systems: await listSystems(deps, principalOf(request).person) });
  });

  router.get('/systems/targets/:id', async (request, response) => {
    const found = await foundTarget(deps, principalOf(request), params(TargetParams, request).id);
    response.json({ target: showTarget(found) });
  });

  router.post('/systems/targets/:id/check', async (request, response) => {
    const { person } = principalOf(request);
    requireReader(person, 'targetChecks');
    checks.take(person.id);
    body(z.strictObject({}), request);
    const { target, via, inspectAs, isSite } = await foundTarget(
      deps,
      principalOf(request),
      params(TargetParams, request).id,
    );
    if (isSite) throw new GatewayError('not_found');
    const check = await administration.checkTarget({ target, inspectAs, isBehind: via !== null });
    const { outcome, code, signIn, shown } = check;
    await appendAuditEvent(database, clock, {
      type: 'target.connection_checked',
      actor: person.id,
      body: { target: target.id, outcome, code, signIn, fingerprint: shown?.fingerprint ?? null },
    });
    response.json({ check });
  });

  router.post('/systems/targets/:id/host-key', async (request, response) => {
    const principal = principalOf(request);
    requireReader(principal.person, 'hostKeys');
    checks.take(principal.person.id);
    const { fingerprint, reason: why } = body(Pin, request);
    const { target, via, isSite } = await foundTarget(deps, principal, params(TargetParams, request).id);
    if (isSite || via !== null) throw new GatewayError('not_found');
    const hostKey = await administration.hostKeyShown(target, fingerprint);
    await pinHostKey(deps, principal, { target: target.id, hostKey, reason: why });
    response.status(204).end();
  });

  router.post('/grants/:id/end', async (request, response) => {
    const { id: grant } = params(GrantParams, request);
    await endGrant(deps, principalOf(request), { grant, ...body(GrantEnd, request) });
    response.status(204).end();
  });

  return router;
}

async function foundTarget(deps: WebApiDeps, { person }: Principal, id: TargetId): Promise<AdministeredTarget> {
  const found = await findTarget(deps, person, id);
  if (found === undefined) throw new GatewayError('not_found');
  return found;
}

/** Keys by their fingerprints, which people compare. */
function showTarget({ target, ...rest }: AdministeredTarget) {
  const { hostKey, hostCa, ...shown } = target;
  const print = (line: string | null): string | null => (line === null ? null : fingerprintOfLine(line));
  return { ...shown, ...rest, hostKey: print(hostKey), hostCa: print(hostCa) };
}
