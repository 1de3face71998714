/** A real bash on the target whose every line and simple command is judged before it runs. */
import { LIMITS } from '../../../foundation/index.ts';
import { message } from '../../../messages/index.ts';
import { judgeCommand } from '../../../policy/index.ts';
import { runGuardedShell } from '../guarded-line/index.ts';
import { InputQueue } from '../guarded-line/input-queue.ts';
import type { ChannelWork, Exit } from '../model.ts';
import { joinOnRoad } from '../output/index.ts';
import type { Terminal } from '../target/index.ts';
import { startCommand } from './script.ts';
import { GuardedBash } from './shell.ts';

/** What stands for all that the shell shows; each command of it has its own judgement. */
const SHELL = 'guarded shell';

/** Falls back to the gateway's own line where the target has no bash that can ask. */
export async function runGuardedBash(work: ChannelWork, terminal: Terminal): Promise<Exit> {
  const { session, person } = work;
  const { name } = session.authorization.target;
  await person.sayText(message(person.locale, 'shell.welcome', { target: name }));
  const bash = new GuardedBash(work, new InputQueue(person.channel));
  const exit = await joinBash(work, bash, terminal);
  if (bash.hasStarted || session.signal.aborted) return exit;
  await person.say('shell.falls_back', 'no_guarded_shell');
  return runGuardedShell(work, terminal);
}

async function joinBash(work: ChannelWork, bash: GuardedBash, terminal: Terminal): Promise<Exit> {
  const { session, request } = work;
  const { name } = session.authorization.target;
  const connection = await work.target();
  const command = startCommand({ nonce: bash.nonce, name });
  const target = await connection.exec(command, { terminal, environment: request.environment });
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
