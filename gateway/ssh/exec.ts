/** One command, judged whole before anything runs; an export with its ticket is counted and cut on the way out. */
import { completeRedemption } from '../../approvals/index.ts';
import { createDelivery, type Delivery, type Redeemed } from '../exports/delivery.ts';
import { redeem } from '../exports/redeem.ts';
import { tellResult } from './delivery.ts';
import {
  dialogueOf,
  judgeCommand,
  type Judgement,
  opensByTicket,
  safeForm,
  withoutTicket,
} from '../../policy/index.ts';
import { appendAuditEvent } from '../../recorder/index.ts';
import { protectCopied } from './copied.ts';
import { refuseShell } from './exec-only.ts';
import { REFUSED_STATUS, refuseAct } from './gate.ts';
import { type Act, joinOnRoad } from './output/index.ts';
import { holdDialogue } from './guarded-line/index.ts';
import { refine } from './refine.ts';
import { execToVault } from './vault/exec.ts';
import { KEPT_SETTINGS, WITHOUT_PAGERS } from './pagers.ts';
import type { ChannelWork, Exit } from './model.ts';

/**
 * Programs that speak a file protocol over the channel. What their own clients start is served elsewhere (`files/`); inside
 * another command nobody could tell which files they carry, so they do not run.
 */
const FILE_TRANSFER = new Set([
  'scp',
  'rsync',
  'sftp-server',
  'git-upload-pack',
  'git-receive-pack',
  'git-upload-archive',
  'borg',
]);

export async function runExec(work: ChannelWork, command: string): Promise<Exit> {
  const { person: who } = work.session.authorization;
  // Nobody asked this target which programs it has.
  const text = inTerminal(work) ? safeForm(command, new Set()).text : command;
  const judged = judgeCommand(text, work.session.policy);
  await work.session.mark(command);
  const judgement = await refine(work, judged);
  const tool = fileTransferTool(judgement);
  if (tool !== undefined) return refuseFileTransfer(work, { tool, command, actor: who.id });
  const act = { text, judgement };
  // No ticket opens it as it stands: what would be typed inside nobody approved.
  const dialogue = dialogueOf(text, judgement, work.session.policy);
  const { mode } = work.session.authorization.target;
  if (dialogue?.kind === 'shell' && mode === 'exec-only') return refuseShell(work, mode);
  if (dialogue !== undefined) return holdDialogue(work, dialogue);
  if (judgement.verdict === 'allow') return runAllowed(work, act);
  if (opensByTicket(withoutTicket(text, judgement, work.session.policy).verdict)) {
    const ticket = await redeem(work, act);
    if (ticket.redeemed)
      return ticket.parcel === undefined ? runExport(work, act, ticket) : execToVault(work, act, ticket);
    await refuseAct(work, { ...act, ticket });
  } else {
    await refuseAct(work, act);
  }
  work.session.conclude('gate_refused');
  return { status: REFUSED_STATUS };
}

async function runAllowed(work: ChannelWork, act: Act, delivery?: Delivery): Promise<Exit> {
  const connection = await work.target();
  await protectCopied(work, act.judgement);
  const { terminal, environment } = work.request;
  const target = await connection.exec(asSent(work, act.text), { terminal, environment });
  const { exit, exceeded } = await joinOnRoad(work, { connection, target, act, delivery });
  if (!exceeded) return exit;
  work.session.conclude('limit_exceeded');
  return { status: REFUSED_STATUS };
}

/** Exactly the judged command; in a terminal of a guarded target the pagers are set aside first. */
function asSent(work: ChannelWork, command: string): string {
  return inTerminal(work) ? `${WITHOUT_PAGERS}; ${KEPT_SETTINGS}; ${command}` : command;
}

/** Whether programs of a guarded target could be talked to at prompts of their own. */
function inTerminal({ request, session }: ChannelWork): boolean {
  return session.authorization.target.mode !== 'recorded' && request.terminal !== undefined;
}

async function runExport(work: ChannelWork, act: Act, ticket: Redeemed): Promise<Exit> {
  const { person, session } = work;
  const delivery = createDelivery(ticket, work.meter.identifiers);
  let exit: Exit = {};
  try {
    await person.say('export.begun', 'ticket_in_use', {
      number: ticket.number,
      rows: ticket.rowsMax,
      bytes: ticket.bytesMax,
    });
    exit = await runAllowed(work, act, delivery);
  } finally {
    const result = delivery.finish(exit, session.signal.aborted);
    await completeRedemption(work.deps, ticket.ticketId, result);
    if (!session.signal.aborted) await tellResult(work, ticket, result);
  }
  if (delivery.exceeded()) {
    session.conclude('limit_exceeded');
    return { status: REFUSED_STATUS };
  }
  return exit;
}

function fileTransferTool(judgement: Judgement): string | undefined {
  const programs = judgement.commands.map(([program = '']) => program.replace(/^.*\//, ''));
  return programs.find((program) => FILE_TRANSFER.has(program));
}

async function refuseFileTransfer(
  work: ChannelWork,
  refused: { tool: string; command: string; actor: string },
): Promise<Exit> {
  const { deps, caller, session, person } = work;
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'channel.refused',
    actor: refused.actor,
    session: session.id,
    body: {
      connection: caller.connectionId,
      loginName: caller.loginName,
      kind: 'file_transfer',
      detail: refused.command.slice(0, 1_024),
    },
  });
  await person.say('channel.file_transfer', 'channel_refused', { tool: refused.tool });
  session.conclude('gate_refused');
  return { status: REFUSED_STATUS };
}
