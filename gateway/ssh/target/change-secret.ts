/**
 * Changing the secret of an account on its target: the gateway's own errand, as the account itself and with passwd(1),
 * which asks for the secret of now. No session, and nothing of a person's.
 */
import { GatewayError, type Secret } from '../../../foundation/index.ts';
import type { Target } from '../../../policy/index.ts';
import type { TargetConnection } from './connection.ts';
import { unlessAborted } from './deadline.ts';
import { type ErrandDeps, runErrand } from './errand.ts';
import { DialFailure } from './failure.ts';

export interface SecretChange {
  readonly target: Target;
  readonly account: string;
  readonly current: Secret<string>;
  readonly next: Secret<string>;
}

const COMMAND = 'LC_ALL=C passwd';

/**
 * Only for a target that no relay host stands before. Resolves when the target has the new secret, from now or from an
 * attempt before. @throws {GatewayError} a DialFailure, or `target_secret_unchanged`.
 */
export async function changeTargetSecret(deps: ErrandDeps, change: SecretChange): Promise<void> {
  const { account, current, next, target } = change;
  const enter = <Result>(secret: Secret<string>, work: Work<Result>) =>
    runErrand(deps, { target, account, credential: () => Promise.resolve([secret]) }, work);
  const changed = await enter(current, (connection, signal) => runPasswd(connection, change, signal)).catch(
    (thrown: unknown) => {
      // The secret of before is refused: then an earlier attempt went through and broke off before it was noted.
      if (thrown instanceof DialFailure && thrown.code === 'target_sign_in_refused') return true;
      throw thrown;
    },
  );
  if (!changed) throw new GatewayError('target_secret_unchanged');
  await enter(next, () => Promise.resolve());
}

type Work<Result> = (connection: TargetConnection, signal: AbortSignal) => Promise<Result>;

async function runPasswd(
  connection: TargetConnection,
  { current, next }: SecretChange,
  signal: AbortSignal,
): Promise<boolean> {
  const channel = await connection.exec(COMMAND, { terminal: undefined, environment: {} });
  channel.resume();
  channel.stderr.resume(); // Not kept: a program may repeat what it was told.
  channel.end(`${current.expose()}\n${next.expose()}\n${next.expose()}\n`);
  return (await unlessAborted(signal, connection.exitOf(channel))).status === 0;
}
