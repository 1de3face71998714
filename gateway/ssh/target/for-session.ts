/** The target's connection of one session: every failure leaves its event, every exception its mark. */
import { asError, type Database, GatewayError, type Secret } from '../../../foundation/index.ts';
import { type SecretSeal, useTargetSecret } from '../../../identity/index.ts';
import type { Target } from '../../../policy/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import type { GatewaySession } from '../../session.ts';
import type { PersonSide } from '../person-side.ts';
import type { TargetConnection } from './connection.ts';
import { type DialDeps, dialTargetAhead } from './dial.ts';
import { DialFailure } from './failure.ts';

export interface SessionDialDeps extends DialDeps {
  readonly database: Database;
  /** Opens what is kept for accounts on targets that know no certificates; absent: none of those is entered. */
  readonly secretSeal?: SecretSeal;
}

type Told = Pick<PersonSide, 'hasTerminal' | 'say'>;

/** @throws {DialFailure} when the target cannot be joined; the first channel does when it lets the account not in. */
export async function dialForSession(
  deps: SessionDialDeps,
  session: GatewaySession,
  person?: Told,
): Promise<TargetConnection> {
  const { authorization, id, certificateSerial: serial, signal } = session;
  const refused = (error: Error): Promise<never> => fail(deps, session, error);
  const entry = { keyId: `session-${id}`, serial, signal, refused, secretsOf: secretsFor(deps, session) };
  const connection = await dialTargetAhead(deps, authorization, entry).catch((thrown: unknown) =>
    refused(asError(thrown)),
  );
  if (connection.legacy.length === 0) return connection;
  try {
    await noteLegacy(deps, session, connection.legacy);
    await tellLegacy(session, person, connection.legacy);
    return connection;
  } catch (thrown) {
    connection.close(); // An exception that leaves no trace is not made.
    throw thrown;
  }
}

/** The person's own, for their account at each host of the way. */
function secretsFor(
  { clock, database, secretSeal }: SessionDialDeps,
  { authorization, id }: GatewaySession,
): (target: Target, account: string) => Promise<readonly Secret<string>[]> {
  return async (target, account) => {
    if (secretSeal === undefined) return [];
    const place = { targetId: target.id, personId: authorization.person.id, account };
    return useTargetSecret({ clock, database, secretSeal }, place, id);
  };
}

async function fail(deps: SessionDialDeps, session: GatewaySession, error: Error): Promise<never> {
  const { authorization, id, signal } = session;
  if (signal.aborted) throw error; // Given up because the session ended, which has its own event.
  const failure = error instanceof DialFailure ? error : undefined;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'target.dial_failed',
    actor: authorization.person.id,
    session: id,
    body: {
      target: authorization.target.id,
      code: error instanceof GatewayError ? error.code : 'internal',
      detail: (failure?.detail ?? error.message).slice(0, 1_000),
      ...(failure?.place.isRelay === true ? { relay: failure.place.name } : {}),
    },
  });
  throw error;
}

async function noteLegacy(
  deps: SessionDialDeps,
  session: GatewaySession,
  algorithms: readonly string[],
): Promise<void> {
  const { person: who, target } = session.authorization;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'target.legacy_algorithms',
    actor: who.id,
    session: session.id,
    body: { target: target.id, algorithms: [...algorithms] },
  });
  await session.mark(`legacy algorithms: ${algorithms.join(', ')}`);
}

/** Not on standard error of a command: programs read it, and nobody they could tell sits there. */
async function tellLegacy(
  session: GatewaySession,
  person: Told | undefined,
  algorithms: readonly string[],
): Promise<void> {
  if (person?.hasTerminal !== true) return;
  await person.say('session.legacy_algorithms', 'legacy_algorithms', {
    target: session.authorization.target.name,
    algorithms: algorithms.join(', '),
  });
}
