/** A login shell of the target whose every line is judged between Enter and its first command. */
import { LIMITS } from '../../../foundation/index.ts';
import { message } from '../../../messages/index.ts';
import { judgeCommand } from '../../../policy/index.ts';
import { runGuardedShell } from '../guarded-line/index.ts';
import { InputQueue } from '../guarded-line/input-queue.ts';
import type { ChannelWork, Exit } from '../model.ts';
import { joinOnRoad } from '../output/index.ts';
import type { Terminal } from '../target/index.ts';
import { LoginBash } from './login-bash.ts';
import { loginCommand } from './script.ts';

/** What stands for all that the shell shows; each line of it has its own judgement. */
const SHELL = 'login shell';

/** Falls back to the gateway's own line, which is stronger, where the account's shell does not come to ask. */
export async function runGuardedPty(work: ChannelWork, terminal: Terminal): Promise<Exit> {
  const { session, person } = work;
  await person.sayText(message(person.locale, 'pty.welcome', { target: session.authorization.target.name }));
  const bash = new LoginBash(work, new InputQueue(person.channel));
  const exit = await joinLogin(work, bash, terminal);
  if (bash.hasStarted || session.signal.aborted) return exit;
  await person.say('pty.falls_back', 'no_guarded_pty');
  return runGuardedShell(work, terminal);
}

async function joinLogin(work: ChannelWork, bash: LoginBash, terminal: Terminal): Promise<Exit> {
  const { session, request } = work;
  const connection = await work.target();
  const target = await connection.exec(loginCommand(bash), { terminal, environment: request.environment });
  bash.attach(target);
  const tooLate = setTimeout(() => {
    if (!bash.hasStarted) target.close();
  }, LIMITS.shellStartMillis);
  try {
    const act = { text: SHELL, judgement: judgeCommand(SHELL, session.policy) };
    const { exit } = await joinOnRoad(work, {
      ...{ connection, target, act, isShell: true },
      forwardInput: (take) => bash.forward(take),
      filter: (stream, chunk) => ({ pass: stream === 'o' ? bash.filter(chunk) : chunk, stop: false }),
      rest: () => bash.rest(),
    });
    return exit;
  } finally {
    clearTimeout(tooLate);
    bash.close();
  }
}
