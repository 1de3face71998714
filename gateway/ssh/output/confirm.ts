/** Near a limit: the question at the terminal, and the wait for its answer in the browser. */
import type { Passed } from '../../../policy/index.ts';
import { type Asking, askToGoOn } from '../../metering/index.ts';
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
  const until = AbortSignal.any([session.signal, caller.closed]);
  const asking = await askToGoOn({ deps, session, meter, sourceAddress: caller.sourceAddress, until }, which);
  const answer = asking.answer.finally(() => {
    meter.connection.asking = undefined;
  });
  return { ...asking, answer };
}
