/** What an act takes out of its protected place is protected where it will lie, before the act runs. */
import { protectCopies } from '../../identity/index.ts';
import type { Judgement } from '../../policy/index.ts';
import type { ChannelWork } from './model.ts';

/**
 * Call it once an act may run and before it does. Every session of this process on the target judges by it from here
 * on; the others do when they hear of it: without that, a second channel could read the copy as soon as it stood there.
 */
export async function protectCopied(
  { deps, session }: Pick<ChannelWork, 'deps' | 'session'>,
  { copies }: Pick<Judgement, 'copies'>,
): Promise<void> {
  if (copies.length === 0) return;
  const { person, target } = session.authorization;
  await protectCopies(deps, { copies, targetId: target.id, sessionId: session.id, personId: person.id });
  for (const other of deps.registry.all()) {
    if (other.authorization.target.id === target.id) other.learnCopies(copies);
  }
}
