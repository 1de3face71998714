import { message } from '../../messages/index.ts';
import { join } from './join.ts';
import type { ChannelWork, Exit } from './model.ts';

/** A login shell of a target whose lines are recorded and not judged. */
export async function runShell({ request, session, person, target }: ChannelWork): Promise<Exit> {
  const connection = await target();
  const { terminal, environment } = request;
  if (terminal !== undefined) {
    await person.sayText(
      message(person.locale, 'session.welcome_recorded', { target: session.authorization.target.name }),
    );
  }
  const shell = await connection.shell({ terminal, environment });
  return join({
    session,
    person,
    request,
    connection,
    target: shell,
  });
}
