/** The home page: what each role of a person looks at first. A part of a role the person has not is null. */
import { Router } from 'express';
import { listTickets } from '../../approvals/index.ts';
import type { Principal, Role } from '../../policy/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { checksSince, estate, oldestOf, overdue, personsSince, refusedLately, systemsSince } from './home/queries.ts';

const WEEK_MS = 7 * 24 * 3_600_000;
const REFUSED_SHOWN = 5;
const PERSONS_SHOWN = 10;
const INBOX_SHOWN = 200;

export function homeRoutes(deps: WebApiDeps): Router {
  const router = Router();
  router.get('/home', async (request, response) => {
    const principal = principalOf(request);
    const since = new Date(deps.clock.now().getTime() - WEEK_MS);
    const has = (role: Role): boolean => principal.person.roles.includes(role);
    const of = async <Part>(role: Role, part: () => Promise<Part>): Promise<Part | null> => (has(role) ? part() : null);
    response.json({
      since,
      maintainer: await of('maintainer', () => maintainerPart(deps, principal)),
      owner: await of('owner', () => ownerPart(deps, principal, since)),
      auditor: await of('auditor', () => auditorPart(deps, since)),
      security: await of('security_officer', () => securityPart(deps, principal, since)),
      administrator: await of('administrator', () => administratorPart(deps)),
    });
  });
  return router;
}

async function maintainerPart({ database }: WebApiDeps, { person }: Principal) {
  return { refused: await refusedLately(database, person.id, REFUSED_SHOWN) };
}

async function ownerPart(deps: WebApiDeps, principal: Principal, since: Date) {
  const waiting = await listTickets(deps, principal, { box: 'inbox', limit: INBOX_SHOWN });
  return {
    waiting: waiting.length,
    oldestAt: await oldestOf(
      deps.database,
      waiting.map(({ id }) => id),
    ),
    systems: await systemsSince(deps.database, principal.person.id, false, since),
  };
}

async function auditorPart({ database, clock, protection, derived }: WebApiDeps, since: Date) {
  const [checks, late] = await Promise.all([checksSince(database, since), overdue(database, clock.now(), since)]);
  const { state, waiting } = derived.health;
  return { checks, overdue: late, protection: await protection(), index: { state, waiting } };
}

async function securityPart({ database, clock }: WebApiDeps, { person }: Principal, since: Date) {
  const [systems, persons, late] = await Promise.all([
    systemsSince(database, person.id, true, since),
    personsSince(database, since, PERSONS_SHOWN),
    overdue(database, clock.now(), since),
  ]);
  return { systems, persons, overdue: late };
}

async function administratorPart({ database, workers, protection }: WebApiDeps) {
  return { estate: await estate(database), workers: workers(), protection: await protection() };
}
