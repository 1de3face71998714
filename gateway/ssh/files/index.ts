/** Sessions of kind `files`: the sftp subsystem, and the server's side of scp, rsync and git. */
import { hasCode } from '../../../foundation/index.ts';
import { judgeFileAct, readTransfer, type Transfer } from '../../../policy/index.ts';
import type { ChannelWork, Exit, Start } from '../model.ts';
import { BudgetPassed, tellPassed } from '../output/index.ts';
import { relaySftp } from './sftp/relay.ts';
import { runTransfer } from './transfer.ts';

/** What of `files` a request starts; undefined when it starts anything else. */
export type FilesStart =
  | { readonly protocol: 'sftp' }
  | { readonly protocol: 'exec'; readonly transfer: Transfer; readonly command: string };

export function readFilesStart(start: Start): FilesStart | undefined {
  if (start.kind === 'subsystem') return start.name === 'sftp' ? { protocol: 'sftp' } : undefined;
  const transfer = start.kind === 'exec' ? readTransfer(start.command) : undefined;
  return transfer === undefined || start.kind !== 'exec'
    ? undefined
    : { protocol: 'exec', transfer, command: start.command };
}

const STOPPED: Exit = { status: 255 };

/** Runs it to its end. A side that breaks its protocol ends the session, with the reason for the person. */
export async function runFiles(work: ChannelWork, start: FilesStart): Promise<Exit> {
  try {
    if (start.protocol === 'sftp') return await relaySftp(work);
    return await runTransfer(work, start.transfer, start.command);
  } catch (thrown) {
    if (thrown instanceof BudgetPassed) return stoppedByBudget(work, start, thrown);
    if (!hasCode(thrown, 'protocol_violation')) throw thrown;
    await work.person.say('files.malformed', 'protocol_violation', { reason: thrown.message });
    work.session.conclude('gate_refused');
    return STOPPED;
  }
}

async function stoppedByBudget(work: ChannelWork, start: FilesStart, { which }: BudgetPassed): Promise<Exit> {
  const text = start.protocol === 'exec' ? start.command : 'sftp get';
  await tellPassed(work, { text, judgement: judgeFileAct({ verb: 'get', path: text }, []) }, which);
  work.session.conclude('limit_exceeded');
  return STOPPED;
}
