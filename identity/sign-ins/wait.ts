import type { Person, PersonId } from '../../policy/index.ts';
import { findPerson, isLocked } from '../persons/queries.ts';
import type { IdentityDeps } from '../rows.ts';
import { expireSignIn, selectSignInById } from './queries.ts';

/** Dispatch an event of this type when notifications may have been missed: everybody who waits reads again. */
export const SIGN_INS_CHANGED = 'sign_ins_changed';

/**
 * Waits until somebody decides, and says who the connection then belongs to: the person who approved, when they are
 * still a maintainer and not locked. Undefined when it was denied, expired, or `signal` ended the wait; after that the
 * code is dead, so that nobody approves a connection that is gone. `signInDecided` dispatches an event whose type is
 * the id of the request; the event only wakes, the truth is read from the database.
 */
export async function waitForSignIn(
  deps: IdentityDeps & { readonly signInDecided: EventTarget },
  id: string,
  signal: AbortSignal,
): Promise<Person | undefined> {
  for (;;) {
    using wake = listenFor(deps.signInDecided, [id, SIGN_INS_CHANGED], signal); // Before the read: nothing is missed.
    const request = await selectSignInById(deps.database, id);
    if (request === undefined) return undefined;
    if (request.state === 'pending') {
      const waitMs = request.expiresAt.getTime() - deps.clock.now().getTime();
      if (!signal.aborted && waitMs > 0) {
        await wake.within(waitMs);
        continue;
      }
      if ((await expireSignIn(deps.database, id)) === 0 && !signal.aborted) continue;
      return undefined;
    }
    if (signal.aborted || request.state !== 'approved' || request.decidedBy === null) return undefined;
    return await personWhoMayEnter(deps, request.decidedBy);
  }
}

async function personWhoMayEnter({ database }: IdentityDeps, id: PersonId): Promise<Person | undefined> {
  const person = await findPerson(database, id);
  if (person === undefined || !person.roles.includes('maintainer')) return undefined;
  return (await isLocked(database, id)) ? undefined : person;
}

interface Wake extends Disposable {
  /** Resolves at the first event since it was made, or after `milliseconds`, or when the signal aborts. */
  within(milliseconds: number): Promise<void>;
}

/** Listens from now on, so that what happens between this and the wait is not missed. */
export function listenFor(events: EventTarget, types: readonly string[], signal: AbortSignal): Wake {
  let wakeUp = (): void => undefined;
  const woken = new Promise<void>((resolve) => {
    wakeUp = resolve;
  });
  for (const type of types) events.addEventListener(type, wakeUp);
  signal.addEventListener('abort', wakeUp);
  let timer: NodeJS.Timeout | undefined;
  return {
    within: (milliseconds) => {
      timer = setTimeout(wakeUp, milliseconds);
      return woken;
    },
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      for (const type of types) events.removeEventListener(type, wakeUp);
      signal.removeEventListener('abort', wakeUp);
    },
  };
}
