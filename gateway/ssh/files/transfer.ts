/** The server's side of scp, rsync and git, started by an exec request: judged, then watched file by file or as a whole. */
import { createHash } from 'node:crypto';
import { completeRedemption } from '../../../approvals/index.ts';
import { asError, GatewayError, LIMITS } from '../../../foundation/index.ts';
import {
  denyUnclear,
  guardedPaths,
  judgeResolved,
  judgeTransfer,
  opensByTicket,
  readBy,
  type Transfer,
} from '../../../policy/index.ts';
import { createDelivery, type Delivery, type Redeemed } from '../../exports/delivery.ts';
import { tellResult } from '../delivery.ts';
import { redeem } from '../../exports/redeem.ts';
import { REFUSED_STATUS, refuseAct } from '../gate.ts';
import { type Filtered, join } from '../join.ts';
import { createFileMeter } from '../output/index.ts';
import type { ChannelWork, Exit } from '../model.ts';
import { fetchToVault } from '../vault/fetch.ts';
import { FileAudit } from './file-audit.ts';
import { followLinks } from './links.ts';
import { shownPath, wirePath } from './paths.ts';
import { HostileName, ScpWatch, StartupName } from './scp.ts';

/** The client has no file, and must not take its own for complete. */
const NOT_HERE: Exit = { status: 1 };

/** What sees the bytes of a transfer pass, in both directions. */
interface Watch {
  /** @returns whether all of it is contents of files. */
  sent(chunk: Buffer): boolean;
  answered(chunk: Buffer): void;
  ended(exit: Exit): void;
}

export async function runTransfer(work: ChannelWork, transfer: Transfer, command: string): Promise<Exit> {
  const { session, person } = work;
  const { target, actions } = session.authorization;
  await session.mark(command);
  const audit = new FileAudit(work);
  const lacking = transfer.needs.find((direction) => !actions.includes(direction));
  if (lacking !== undefined) {
    const path = pathsOf(transfer);
    await audit.refused({
      protocol: transfer.protocol,
      act: transfer.direction,
      path,
      reason: `${lacking}_not_granted`,
    });
    const act = `${transfer.protocol} ${shownPath(path)}`;
    await person.say(`channel.${lacking}_not_granted`, `${lacking}_not_granted`, { target: target.name, act });
    return refused(work);
  }
  const { judgement, unclear } = await judge(work, transfer);
  if (judgement.verdict === 'allow') return watched(work, { transfer, command, audit });
  // What comes in does not go to the vault.
  const destination = transfer.direction === 'upload' ? 'workstation' : undefined;
  const act = { text: command, judgement };
  const ticket = opensByTicket(judgement.verdict) ? await redeem(work, act, destination) : undefined;
  if (ticket?.redeemed === true && ticket.parcel !== undefined) return vaulted(work, transfer, ticket);
  if (ticket?.redeemed === true) return exported(work, { transfer, command, audit, ticket });
  await refuseAct(work, { text: command, judgement, ...(ticket === undefined ? {} : { ticket }) });
  if (unclear !== undefined)
    await person.say('files.path_unclear', 'path_unclear', { path: shownPath(wirePath(unclear)) });
  return refused(work);
}

/** First by its words; what these leave open, by where the target says that they lead. */
async function judge(work: ChannelWork, transfer: Transfer): Promise<ReturnType<typeof judgeTransfer>> {
  const { policy } = work.session;
  const byWords = judgeTransfer(transfer, policy);
  const guarded = guardedPaths(policy);
  const paths = readBy(transfer).map(({ text }) => text);
  if (byWords.judgement.verdict !== 'allow' || guarded.length === 0 || paths.length === 0) return byWords;
  const led = await followLinks(work, { paths, recursive: transfer.recursive }, guarded);
  if ('unclear' in led) return { judgement: denyUnclear(transfer, led.unclear), unclear: led.unclear };
  if (led.touched.length === 0) return byWords;
  return { judgement: judgeResolved(transfer, led.resolved.map(shownPath), led.touched), unclear: undefined };
}

function refused({ session }: ChannelWork): Exit {
  session.conclude('gate_refused');
  return { status: REFUSED_STATUS };
}

/** The client is told that it got nothing, and the person where it is instead. */
async function vaulted(work: ChannelWork, transfer: Transfer, ticket: Redeemed): Promise<Exit> {
  const { protocol, recursive } = transfer;
  const paths = transfer.paths.map(({ text }) => wirePath(text === '' ? '.' : text));
  // A repository is a directory.
  const { exit } = await fetchToVault(work, ticket, { protocol, paths, recursive: recursive || protocol === 'git' });
  return exit.status === 0 ? NOT_HERE : exit;
}

interface Run {
  readonly transfer: Transfer;
  readonly command: string;
  readonly audit: FileAudit;
}

async function exported(work: ChannelWork, run: Run & { ticket: Redeemed }): Promise<Exit> {
  const { session, person } = work;
  const { ticket } = run;
  const { number, rowsMax: rows, bytesMax: bytes } = ticket;
  const delivery = createDelivery(ticket, work.meter.identifiers);
  let exit: Exit = {};
  try {
    await person.say('export.begun', 'ticket_in_use', { number, rows, bytes });
    exit = await watched(work, run, delivery);
  } finally {
    const result = delivery.finish(exit, session.signal.aborted);
    await completeRedemption(work.deps, ticket.ticketId, result);
    if (!session.signal.aborted) await tellResult(work, ticket, result);
  }
  if (!delivery.exceeded()) return exit;
  session.conclude('limit_exceeded');
  return { status: REFUSED_STATUS };
}

async function watched(work: ChannelWork, { transfer, command, audit }: Run, delivery?: Delivery): Promise<Exit> {
  const connection = await work.target();
  const { environment } = work.request;
  const target = await connection.exec(command, { terminal: undefined, environment });
  const isGuarded = work.session.authorization.target.mode !== 'recorded';
  const watch: Watch =
    transfer.protocol === 'scp' ? new ScpWatch(transfer, audit, isGuarded) : wholeStream(transfer, audit);
  let fault: Error | undefined;
  const see = (look: (chunk: Buffer) => boolean, chunk: Buffer): Filtered => {
    let isContent = false;
    try {
      if (fault === undefined) isContent = look(chunk);
    } catch (thrown) {
      fault = asError(thrown);
    }
    const stopped = { pass: chunk.subarray(0, 0), refused: chunk, stop: true };
    return fault === undefined ? { pass: chunk, isContent, stop: false } : stopped;
  };
  // What a ticket paid for is kept whole: it is the export itself that is evidence then.
  const files = createFileMeter(work);
  const sent = (chunk: Buffer): boolean => {
    if (transfer.direction === 'download' && delivery === undefined) files.take(watch, chunk);
    return watch.sent(chunk) && delivery === undefined;
  };
  const answered = (chunk: Buffer): boolean => {
    watch.answered(chunk);
    return false;
  };
  // What reads along with a transfer on the target could say it here, past every limit.
  const complained = (chunk: Buffer): boolean => {
    if (delivery === undefined) files.take(target.stderr, chunk);
    return false;
  };
  const [fromTarget, fromPerson] = transfer.direction === 'download' ? [sent, answered] : [answered, sent];
  let exit: Exit = {};
  try {
    exit = await join({
      ...work,
      connection,
      target,
      gates: [audit, files],
      filtersKeepNothing: delivery === undefined,
      filterInput: (chunk) => see(fromPerson, chunk),
      filter: (stream, chunk) => {
        const cut = delivery?.filter(stream, chunk) ?? { pass: chunk, stop: false };
        const look = stream === 'e' ? complained : fromTarget;
        const seen = see(look, Buffer.from(cut.pass.buffer, cut.pass.byteOffset, cut.pass.length));
        return { ...seen, stop: seen.stop || cut.stop };
      },
    });
  } finally {
    watch.ended(exit);
    await audit.written();
  }
  if (fault instanceof StartupName) return refuseStartup(work, { transfer, command, audit }, fault);
  if (fault !== undefined) throw await refuseHostile(work, transfer, audit, fault);
  return exit;
}

async function refuseStartup(
  work: ChannelWork,
  { transfer, command, audit }: Run,
  { path }: StartupName,
): Promise<Exit> {
  const { protocol, direction } = transfer;
  const shown = shownPath(path);
  await audit.refused({ protocol, act: direction, path, reason: 'startup file' });
  await refuseAct(work, { text: command, judgement: denyUnclear(transfer, shown) });
  return refused(work);
}

async function refuseHostile(work: ChannelWork, transfer: Transfer, audit: FileAudit, fault: Error): Promise<Error> {
  if (!(fault instanceof HostileName)) return fault;
  const { protocol, direction } = transfer;
  await audit.refused({ protocol, act: direction, path: fault.shown, reason: 'hostile name' });
  await work.person.say('files.hostile_name', 'hostile_name', { name: shownPath(fault.shown) });
  return new GatewayError('protocol_violation', 'A hostile file name.');
}

/**
 * rsync and git have their own ways of packing files: what passes is counted and hashed as it passes, and its beginning
 * is kept, where the names and the agreements are.
 */
function wholeStream(transfer: Transfer, audit: FileAudit): Watch {
  const hash = createHash('sha256');
  const { protocol, direction } = transfer;
  let bytes = 0;
  return {
    sent(chunk) {
      hash.update(chunk);
      bytes += chunk.length;
      return bytes > LIMITS.transferKeptBytesMax;
    },
    answered: () => undefined,
    ended({ status }) {
      const complete = status === 0;
      const sha256 = hash.digest('hex');
      audit.transferred({ protocol, direction, path: pathsOf(transfer), bytes, sha256, complete, ranges: 'stream' });
    },
  };
}

function pathsOf({ paths }: Transfer): string {
  return wirePath(paths.map(({ text }) => text).join(' '));
}
