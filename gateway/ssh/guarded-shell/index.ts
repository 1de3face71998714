/** A real bash on the target whose every line and simple command is judged before it runs. */
import { message } from '../../../messages/index.ts';
import { runGuardedShell } from '../guarded-line/index.ts';
import { InputQueue } from '../guarded-line/input-queue.ts';
import type { ChannelWork, Exit } from '../model.ts';
import type { Terminal } from '../target/index.ts';
import { joinShell } from './join-shell.ts';
import { startCommand } from './script.ts';
import { GuardedBash } from './shell.ts';

/** Falls back to the gateway's own line where the target has no bash that can ask. */
export async function runGuardedBash(work: ChannelWork, terminal: Terminal): Promise<Exit> {
  const { session, person } = work;
  const { name } = session.authorization.target;
  await person.sayText(message(person.locale, 'shell.welcome', { target: name }));
  const bash = new GuardedBash(work, new InputQueue(person.channel));
  const command = startCommand({ nonce: bash.nonce, name });
  const exit = await joinShell(work, bash, { command, name: 'guarded shell', terminal });
  if (bash.link.hasStarted || session.signal.aborted) return exit;
  await person.say('shell.falls_back', 'no_guarded_shell');
  return runGuardedShell(work, terminal);
}
