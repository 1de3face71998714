import type { Person, PersonId } from './model.ts';

const CONTROL_VERBS = ['end', 'pause', 'resume', 'message'] as const;
export type ControlVerb = (typeof CONTROL_VERBS)[number];

/**
 * What somebody may do to a session that goes on. Owners of its system and security officers do everything; an
 * administrator may end what endangers the gateway, and reads nothing by it; anybody may end a session of their own,
 * and nobody resumes their own: it was paused for somebody else's reason.
 */
export function controlVerbs(
  actor: Pick<Person, 'id' | 'roles'>,
  session: { readonly personId: PersonId; readonly isOwned: boolean },
): readonly ControlVerb[] {
  const isOwn = session.personId === actor.id;
  if (!isOwn && (session.isOwned || actor.roles.includes('security_officer'))) return CONTROL_VERBS;
  return isOwn || session.isOwned || actor.roles.includes('administrator') ? ['end'] : [];
}
