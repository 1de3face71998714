/** How the site learns who is in front of it. */
import { openSiteCredential } from '../../../identity/index.ts';
import type { Head } from '../head.ts';
import type { HttpDeps, Visit } from '../model.ts';

export type SiteIdentity =
  | { readonly known: true; readonly head: Head; readonly headerNames: readonly string[] }
  /** The gateway signs in for the person, and has nothing of theirs to do it with. */
  | { readonly known: false };

/** Headers of a browser by these names are dropped: nobody says who they are but the gateway. */
const ALWAYS_DROPPED = ['X-Sekisho-Identity', 'Authorization'];

export async function identityFor(deps: HttpDeps, visit: Visit): Promise<SiteIdentity> {
  const { session, site } = visit;
  const { identity } = site.web;
  const { account, person, target } = session.authorization;
  if (identity.kind === 'token') {
    const token = visit.tokens.of(deps.clock, () =>
      deps.siteKey.token({
        ...{ issuer: deps.publicUrl.origin, audience: audienceOf(deps, site.target), subject: person.id },
        ...{ account, name: person.name, email: person.email, session: session.id },
      }),
    );
    return {
      known: true,
      head: [[identity.header, token]],
      headerNames: [...ALWAYS_DROPPED.slice(0, 1), identity.header],
    };
  }
  const kept = await openSiteCredential(deps, person, target.id);
  if (kept === undefined) return { known: false };
  const secret = kept.secret.expose();
  if (identity.kind === 'basic') {
    const basic = Buffer.from(`${kept.account}:${secret}`).toString('base64');
    return { known: true, head: [['Authorization', `Basic ${basic}`]], headerNames: ALWAYS_DROPPED };
  }
  return { known: true, head: [[identity.header, secret]], headerNames: [...ALWAYS_DROPPED, identity.header] };
}

/** The origin by which browsers reach the site: a token for one site is none for another. */
function audienceOf({ place }: Pick<HttpDeps, 'place'>, { name }: { readonly name: string }): string {
  return place.originOf(name);
}
