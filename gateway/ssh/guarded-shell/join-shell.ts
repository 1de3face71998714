/** Runs a shell that asks in the person's terminal. */
import { LIMITS } from '../../../foundation/index.ts';
import { judgeCommand } from '../../../policy/index.ts';
import type { ChannelWork, Exit } from '../model.ts';
import { type Act, joinOnRoad } from '../output/index.ts';
import type { Terminal } from '../target/index.ts';
import type { ShellLink } from './link.ts';

export interface AskingShell {
  readonly link: ShellLink;
  /** The line whose output is shown. */
  readonly act: Act | undefined;
  /** Its output without what it says to the gateway. */
  filter(chunk: Buffer): Buffer;
  rest(): Buffer;
}

interface ShellStart {
  readonly command: string;
  readonly name: string;
  readonly terminal: Terminal;
  readonly startMillis?: number;
}

/** `command` starts it; `name` stands for all that it shows, since each command of it has its own judgement. */
export async function joinShell(
  work: ChannelWork,
  shell: AskingShell,
  { command, name, terminal, startMillis = LIMITS.shellStartMillis }: ShellStart,
): Promise<Exit> {
  const { session, request } = work;
  const connection = await work.target();
  const target = await connection.exec(command, { terminal, environment: request.environment });
  shell.link.attach(target);
  const tooLate = setTimeout(() => {
    if (!shell.link.hasStarted) target.close();
  }, startMillis);
  try {
    const act = { text: name, judgement: judgeCommand(name, session.policy) };
    const { exit } = await joinOnRoad(work, {
      ...{ connection, target, act, isShell: true },
      lineAct: () => shell.act,
      typedLate: (take, signal) => shell.link.watch(take, signal),
      forwardInput: (take) => shell.link.forward(take),
      filter: (stream, chunk) => ({ pass: stream === 'o' ? shell.filter(chunk) : chunk, stop: false }),
      rest: () => shell.rest(),
    });
    return exit;
  } finally {
    clearTimeout(tooLate);
    shell.link.close();
  }
}
