/** Near a limit the person confirms in the browser that they go on: somebody else at their keyboard cannot. */
import { LIMITS } from '../../../foundation/index.ts';
import { requestSignIn, waitForSignIn } from '../../../identity/index.ts';
import type { Passed } from '../../../policy/index.ts';
import { appendAuditEvent } from '../../../recorder/index.ts';
import type { Asking } from '../../metering/index.ts';
import type { ChannelWork } from '../model.ts';
import type { Speech } from './speech.ts';
import { untilAborted } from './until-aborted.ts';
import { wordPassed } from './words.ts';

/**
 * Asks once for all channels of the connection. @returns whether the person confirmed, within the time an approval may
 * take. False as soon as `signal` aborts: then nobody waits here any more, and another channel still may.
 */
export async function confirmInBrowser(
  work: ChannelWork,
  speech: Speech,
  { which, signal }: { which: Passed; signal: AbortSignal },
): Promise<boolean> {
  const { connection } = work.meter;
  if (connection.confirmed) return true;
  connection.asking ??= await ask(work, which);
  const { answer, code, url } = connection.asking;
  speech.say('meter.soft', 'budget_confirm', { ...wordPassed(work.person.locale, which), url, code });
  const isConfirmed = await Promise.race([answer, untilAborted(signal).then(() => false)]);
  if (isConfirmed) speech.say('meter.confirmed', 'budget_confirmed');
  else if (!signal.aborted) speech.say('meter.not_confirmed', 'budget_not_confirmed');
  return isConfirmed;
}

async function ask(work: ChannelWork, which: Passed): Promise<Asking> {
  const { caller, deps, meter, session } = work;
  const { person, target } = session.authorization;
  const request = await requestSignIn(deps, {
    loginName: target.name,
    sourceAddress: caller.sourceAddress,
    seconds: LIMITS.sshBrowserApprovalSeconds,
    confirmation: { purpose: 'budget', holder: person.id, connectionId: caller.connectionId, targetId: target.id },
  });
  const about = { actor: person.id, session: session.id };
  const signIn = request.id;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'budget.confirm_asked',
    ...about,
    body: { signIn, ...which },
  });
  const until = AbortSignal.any([session.signal, caller.closed]);
  const confirmed = async (): Promise<boolean> => {
    const approver = await waitForSignIn(deps, request.id, until);
    // The database keeps this too; going on must not hang on one check.
    if (approver?.id !== person.id) return false;
    await appendAuditEvent(deps.database, deps.clock, { type: 'budget.confirmed', ...about, body: { signIn } });
    meter.connection.confirmed = true;
    return true;
  };
  const answer = confirmed()
    .catch(() => false)
    .finally(() => {
      meter.connection.asking = undefined;
    });
  return { url: new URL(`/ssh/${request.code}`, deps.publicUrl).href, code: request.code, answer };
}
