import { Router } from 'express';
import { z } from 'zod';
import { countInbox, countUnread } from '../../approvals/index.ts';
import { changeLocale, listOpenTargets, type OpenTarget } from '../../identity/index.ts';
import type { Principal } from '../../policy/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { body } from './request.ts';

export const LocaleBody = z.strictObject({ locale: z.enum(['en', 'ja']) });

export function meRoutes(deps: WebApiDeps): Router {
  const router = Router();

  router.get('/me', async (request, response) => {
    response.json(await answer(deps, principalOf(request)));
  });

  router.patch('/me', async (request, response) => {
    const { locale } = body(LocaleBody, request);
    const principal = principalOf(request);
    response.json(await answer(deps, { ...principal, person: await changeLocale(deps, principal, locale) }));
  });

  router.get('/targets', async (request, response) => {
    const targets = await listOpenTargets(deps, principalOf(request).person.id);
    response.json({ targets: targets.map((target) => ({ ...target, url: siteUrl(deps, target) })) });
  });

  return router;
}

async function answer(deps: WebApiDeps, principal: Principal) {
  const { host, port, hostKeyFingerprint } = deps.ssh;
  const { contractEndsAt: _, ...person } = principal.person;
  return {
    person,
    ssh: { host, port, hostKeyFingerprint },
    mode: deps.mode,
    /** Null: the witnesses are as quick as ever, or none are asked. */
    witnessDelay: deps.witnessDelay() ?? null,
    inboxCount: await countInbox(deps, principal),
    notificationCount: await countUnread(deps.database, person.id),
  };
}

/** Where a browser opens the target; null: it is entered by SSH. */
function siteUrl({ sites }: WebApiDeps, { actions, loginName }: OpenTarget): string | null {
  if (sites === undefined || !actions.includes('web')) return null;
  return `${sites.originOf(loginName.replace('%', '--'))}/`;
}
