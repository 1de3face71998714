import { LIMITS, type Queryable, sha256, type Transaction } from '../../foundation/index.ts';
import type { IdentityDeps } from '../rows.ts';
import type { WebPrincipal } from '../web-sessions/web-sessions.ts';
import { type Challenge, insertChallenge, takeChallenge } from './queries.ts';

interface Asked {
  readonly principal: WebPrincipal;
  readonly challenge: string;
  readonly purpose: Challenge['purpose'];
}

/** Keeps that this challenge was put to this sign-in: it is answered once, there, and soon. */
export async function rememberChallenge(deps: IdentityDeps, tx: Transaction, asked: Asked): Promise<void> {
  const now = deps.clock.now();
  const expiresAt = new Date(now.getTime() + LIMITS.factorChallengeSeconds * 1_000);
  await insertChallenge(tx, { ...keyOf(asked), now, expiresAt });
}

/** Reports whether the challenge was put to this sign-in and not answered yet; a second asking finds none. */
export async function answersChallenge(
  { clock }: Pick<IdentityDeps, 'clock'>,
  db: Queryable,
  asked: Asked,
): Promise<boolean> {
  return (await takeChallenge(db, { ...keyOf(asked), now: clock.now() })) === 1;
}

function keyOf({ principal, challenge, purpose }: Asked): Challenge {
  const { person, session } = principal;
  return { hash: sha256(challenge), webSessionId: session.id, personId: person.id, purpose };
}
