/** A shell where the target's mode offers none: refused with what to do instead, never answered by something weaker. */
import type { TargetMode } from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { REFUSED_STATUS } from './gate.ts';
import type { ChannelWork, Exit } from './model.ts';

/** @param mode The target's mode, of which this process offers no interactive session. */
export async function refuseShell(work: ChannelWork, mode: TargetMode): Promise<Exit> {
  const { deps, caller, session, person } = work;
  const { person: who, target } = session.authorization;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'channel.refused',
    actor: who.id,
    session: session.id,
    body: { connection: caller.connectionId, loginName: caller.loginName, kind: 'shell', detail: mode },
  });
  const { host, port } = deps.advertised;
  const key = mode === 'exec-only' ? 'mode.exec_only' : 'mode.no_shell';
  await person.say(key, 'shell_refused', { target: target.name, mode });
  await person.say('mode.one_command', 'shell_refused', { host, port, login: caller.loginName });
  await person.say('mode.ask_owner', 'shell_refused', { system: target.systemName, url: deps.publicUrl.href });
  session.conclude('gate_refused');
  return { status: REFUSED_STATUS };
}
