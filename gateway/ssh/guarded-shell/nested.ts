/** A shell behind another program (`sudo -i`, `docker exec -it web bash`), started so that it asks. */
import { LIMITS } from '../../../foundation/index.ts';
import { message } from '../../../messages/index.ts';
import type { Dialogue } from '../../../policy/index.ts';
import type { InputQueue } from '../guarded-line/input-queue.ts';
import type { ChannelWork, Exit } from '../model.ts';
import type { Terminal } from '../target/index.ts';
import { joinShell } from './join-shell.ts';
import { startCommand } from './script.ts';
import { GuardedBash } from './shell.ts';

export async function runNestedBash(
  work: ChannelWork,
  input: InputQueue,
  { dialogue, terminal }: { dialogue: Extract<Dialogue, { kind: 'shell' }>; terminal: Terminal },
): Promise<Exit> {
  const { person, session } = work;
  await person.sayText(message(person.locale, 'dialogue.shell'));
  const bash = new GuardedBash(work, input, { isNested: true });
  const { name } = session.authorization.target;
  const command = dialogue.around(startCommand({ nonce: bash.nonce, name }));
  const startMillis = LIMITS.nestedShellStartMillis;
  const exit = await joinShell(work, bash, { command, name: 'guarded shell', terminal, startMillis });
  if (!bash.link.hasStarted && !session.signal.aborted) await person.say('dialogue.shell_failed', 'no_guarded_shell');
  return exit;
}
