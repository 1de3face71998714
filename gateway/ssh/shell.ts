import { message } from '../../messages/index.ts';
import { judgeCommand } from '../../policy/index.ts';
import type { ChannelWork, Exit } from './model.ts';
import { joinOnRoad } from './output/index.ts';

/** What stands for everything typed in a shell that nobody judges. */
const SHELL = 'login shell';

/** A login shell of a target whose lines are recorded and not judged. */
export async function runShell(work: ChannelWork): Promise<Exit> {
  const { request, session, person, target } = work;
  const connection = await target();
  const { terminal, environment } = request;
  if (terminal !== undefined) {
    await person.sayText(
      message(person.locale, 'session.welcome_recorded', { target: session.authorization.target.name }),
    );
  }
  const shell = await connection.shell({ terminal, environment });
  const act = { text: SHELL, judgement: judgeCommand(SHELL, session.policy) };
  const { exit } = await joinOnRoad(work, { connection, target: shell, act, isShell: true });
  return exit;
}
