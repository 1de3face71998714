import { Router } from 'express';
import { z } from 'zod';
import { countInbox, countUnread } from '../../approvals/index.ts';
import { changeLocale, listOpenTargets } from '../../identity/index.ts';
import type { Person } from '../../policy/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body } from './request.ts';

export function meRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/me', async (request, response) => {
    response.json(await answer(deps, principalOf(request).person));
  });

  router.patch('/me', async (request, response) => {
    const { locale } = body(z.strictObject({ locale: z.enum(['en', 'ja']) }), request);
    response.json(await answer(deps, await changeLocale(deps, principalOf(request), locale)));
  });

  router.get('/targets', async (request, response) => {
    response.json({ targets: await listOpenTargets(deps, principalOf(request).person.id) });
  });

  return router;
}

async function answer(
  { database, clock, ssh, mode, witnessDelay }: WebApiDeps,
  { contractEndsAt: _, ...person }: Person,
) {
  const { host, port, hostKeyFingerprint } = ssh;
  return {
    person,
    ssh: { host, port, hostKeyFingerprint },
    mode,
    /** Null: the witnesses are as quick as ever, or none are asked. */
    witnessDelay: witnessDelay() ?? null,
    inboxCount: await countInbox(database, person.id, clock.now()),
    notificationCount: await countUnread(database, person.id),
  };
}
