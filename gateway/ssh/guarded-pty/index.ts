/** A login shell of the target whose every line is judged between Enter and its first command. */
import { message } from '../../../messages/index.ts';
import { runGuardedShell } from '../guarded-line/index.ts';
import { InputQueue } from '../guarded-line/input-queue.ts';
import { joinShell } from '../guarded-shell/join-shell.ts';
import type { ChannelWork, Exit } from '../model.ts';
import type { Terminal } from '../target/index.ts';
import { LoginBash } from './login-bash.ts';
import { loginCommand } from './script.ts';

/** Falls back to the gateway's own line, which is stronger, where the account's shell does not come to ask. */
export async function runGuardedPty(work: ChannelWork, terminal: Terminal): Promise<Exit> {
  const { session, person } = work;
  await person.sayText(message(person.locale, 'pty.welcome', { target: session.authorization.target.name }));
  const bash = new LoginBash(work, new InputQueue(person.channel));
  const exit = await joinShell(work, bash, { command: loginCommand(bash), name: 'login shell', terminal });
  if (bash.link.hasStarted || session.signal.aborted) return exit;
  await person.say('pty.falls_back', 'no_guarded_pty');
  return runGuardedShell(work, terminal);
}
