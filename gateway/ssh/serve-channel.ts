/** One session channel from its start to its end: admit, dial, join, close. Every way out says why. */
import { randomUUID } from 'node:crypto';
import { asError, GatewayError, LIMITS } from '../../foundation/index.ts';
import type { MessageKey } from '../../messages/index.ts';
import { appendAuditEvent, witnessDelay } from '../../recorder/index.ts';
import { admit } from '../admission.ts';
import type { GatewaySession } from '../session.ts';
import type { EndReason } from '../session-registry.ts';
import { refuseShell } from './exec-only.ts';
import { runExec } from './exec.ts';
import { type FilesStart, readFilesStart, runFiles } from './files/index.ts';
import { refuseTooLong } from './gate.ts';
import { runGuardedScript, runGuardedShell } from './guarded-line/index.ts';
import { runGuardedPty } from './guarded-pty/index.ts';
import { runGuardedBash } from './guarded-shell/index.ts';
import { choicesFor, findDestination } from './menu/index.ts';
import type { PersonChannel } from './person-channel.ts';
import { failureMessage, type PersonSide, personSide, sayUnrecorded, type Values } from './person-side.ts';
import { shown, stored } from './printable.ts';
import { confirmSession } from './second-factor.ts';
import { runShell } from './shell.ts';
import { PeerGone, TargetLost } from './stream-io.ts';
import { dialForSession, type TargetConnection } from './target/index.ts';
import type { Caller, ChannelRequest, ChannelWork, Exit, Refusals, SshDeps } from './model.ts';

/** The exit status of what the gateway itself ended, as ssh reports its own failures. */
const GATEWAY_STATUS = 255;
const LAST_WORDS_MS = 1_000;

const ENDED: Partial<Record<EndReason, MessageKey>> = {
  locked: 'session.ended.locked',
  undecided: 'session.ended.undecided',
  revoked: 'session.ended.revoked',
  expired: 'session.ended.expired',
  recorder_failed: 'session.ended.recorder_failed',
  shutdown: 'session.ended.shutdown',
  target_lost: 'session.ended.target_lost',
  idle: 'session.ended.idle',
  too_long: 'session.ended.too_long',
  ended: 'session.ended.ended',
};

export async function serveChannel(
  deps: SshDeps,
  channel: PersonChannel,
  request: ChannelRequest,
  { caller, refusals }: { caller: Caller; refusals: Refusals },
): Promise<void> {
  const locale = caller.person.locale;
  const outside = personSide(channel, { locale, hasTerminal: request.terminal !== undefined, session: undefined });
  const stopTelling = refusals.tellOn((text) => void outside.sayText(text).catch(() => undefined));
  try {
    const status = await serve(deps, outside, caller, request);
    finish(channel, status);
  } catch (thrown) {
    await tellFailure(deps, outside, caller, asError(thrown));
    finish(channel, { status: GATEWAY_STATUS });
  } finally {
    stopTelling();
  }
}

async function serve(deps: SshDeps, outside: PersonSide, arrived: Caller, request: ChannelRequest): Promise<Exit> {
  const { start } = request;
  const files = readFilesStart(start);
  if (start.kind === 'subsystem' && files === undefined) return refuseSubsystem(deps, outside, arrived, start.name);
  const unfit = start.kind === 'exec' ? unfitCommand(start.command) : undefined;
  if (start.kind === 'exec' && unfit !== undefined)
    return refuseCommand(deps, outside, arrived, { ...unfit, ...start });
  if (start.kind === 'exec' && Buffer.byteLength(start.command) > LIMITS.commandBytesMax) {
    const refused = { text: start.command, bytesMax: LIMITS.commandBytesMax };
    await refuseTooLong({ deps, caller: arrived, person: outside }, refused);
    return { status: GATEWAY_STATUS };
  }
  const destination = await findDestination(deps, outside, arrived, request);
  if (destination.kind === 'left') return { status: destination.isIdle ? GATEWAY_STATUS : 0 };
  const caller = { ...arrived, loginName: destination.loginName };
  const sayLate = checkWitnesses(deps, outside);
  const admission = await admit(deps, caller.person, caller.loginName, {
    connectionId: caller.connectionId,
    kind: files === undefined && start.kind !== 'subsystem' ? start.kind : 'files',
    command: start.kind === 'exec' ? start.command : null,
    sourceAddress: caller.sourceAddress,
    signedInBy: caller.method,
    keyBlob: caller.keyBlob,
    until: caller.until,
    terminal: request.terminal,
  });
  if (!admission.admitted) {
    await outside.say(`access.${admission.reason}`, `access_${admission.reason}`, {
      ...names(deps, caller),
      ...(admission.reason === 'ambiguous' ? { choices: await choicesFor(deps, caller) } : {}),
    });
    return { status: GATEWAY_STATUS };
  }
  await sayLate();
  return work(deps, outside, caller, { request, session: admission.session, files });
}

/**
 * What happens while witnesses stay away could be taken back later without anybody outside noticing: for a while that is
 * said to whoever has a terminal, then nothing happens. @throws {GatewayError} `witness_unreachable`.
 */
function checkWitnesses(deps: SshDeps, outside: PersonSide): () => Promise<void> {
  const delay = witnessDelay(deps.witnessesLateSince(), deps.clock.now(), deps.witnessGraceMinutes);
  if (delay?.minutesLeft === 0) throw new GatewayError('witness_unreachable');
  return async () => {
    if (delay === undefined || !outside.hasTerminal) return;
    await outside.say('session.unwitnessed', 'witnesses_late', { minutes: delay.minutesLeft });
  };
}

async function work(
  deps: SshDeps,
  outside: PersonSide,
  caller: Caller,
  { request, session, files }: { request: ChannelRequest; session: GatewaySession; files: FilesStart | undefined },
): Promise<Exit> {
  const { channel, locale, hasTerminal } = outside;
  const person = personSide(channel, { locale, hasTerminal, session });
  session.attendance.speakBy((text) => person.announce(text));
  const dialled = dialOnce(deps, session, person);
  const metered = deps.meters.openFor(session, caller.connectionId);
  const clientLost = (): void => session.end('client_lost');
  const gone = AbortSignal.any([request.closed, caller.closed]);
  gone.addEventListener('abort', clientLost);
  if (gone.aborted) clientLost();
  request.onResize(({ columns, rows }) => {
    session.recordResize(columns, rows).catch(() => undefined); // The recorder failed: the session is ending for it.
  });
  let exit: Exit = { status: GATEWAY_STATUS };
  let failure: Error | undefined;
  let running: Promise<Exit> | undefined;
  try {
    const channelWork = { deps, caller, request, session, person, meter: metered.meter, target: dialled.target };
    running = session.signal.aborted ? undefined : confirmed(channelWork, files);
    exit = await endedBy(session, running);
  } catch (thrown) {
    failure = asError(thrown);
    session.end(reasonOf(failure));
  } finally {
    dialled.close();
    gone.removeEventListener('abort', clientLost);
    const ended = session.signal.aborted ? ENDED[session.endReason] : undefined;
    const values = { reason: session.endDetail ?? '' };
    // A person who takes nothing any more must not keep a session open that has ended.
    if (ended !== undefined) await forAMoment(sayUnrecorded(person, ended, `session_${session.endReason}`, values));
    else if (failure !== undefined) await tellFailure(deps, person, caller, failure);
    await forAMoment(running); // The events of files under way and the use of a ticket come before that of the end.
    await metered.close();
    await session.close(exit.status ?? null);
  }
  return exit;
}

async function confirmed(channelWork: ChannelWork, files: FilesStart | undefined): Promise<Exit> {
  return (await confirmSession(channelWork)) ? run(channelWork, files) : { status: GATEWAY_STATUS };
}

function run(channelWork: ChannelWork, files: FilesStart | undefined): Promise<Exit> {
  if (files !== undefined) return runFiles(channelWork, files);
  const { start, terminal } = channelWork.request;
  if (start.kind === 'exec') return runExec(channelWork, start.command);
  const { mode } = channelWork.session.authorization.target;
  switch (mode) {
    case 'recorded':
      return runShell(channelWork);
    case 'guarded-line':
      return terminal === undefined ? runGuardedScript(channelWork) : runGuardedShell(channelWork, terminal);
    case 'guarded-shell':
      return terminal === undefined ? runGuardedScript(channelWork) : runGuardedBash(channelWork, terminal);
    case 'guarded-pty':
      return terminal === undefined ? runGuardedScript(channelWork) : runGuardedPty(channelWork, terminal);
    // A mode that is not offered is refused, and a mode nobody thought of with it: nothing falls to a weaker one.
    case 'exec-only':
    case 'guarded-web':
    default:
      return refuseShell(channelWork, mode);
  }
}

/** The work's result, or the gateway's own status when the session was ended from outside first. */
function endedBy(session: GatewaySession, running: Promise<Exit> | undefined): Promise<Exit> {
  if (running === undefined) return Promise.resolve({ status: GATEWAY_STATUS });
  const aborted = new Promise<Exit>((resolve) => {
    session.signal.addEventListener('abort', () => resolve({ status: GATEWAY_STATUS }), { once: true });
  });
  running.catch(() => undefined); // When the abort comes first, what the work still throws is its echo.
  return Promise.race([running, aborted]);
}

/** Waits a moment for work whose session was ended: nothing reaches anybody any more, but it may have to tell. */
async function forAMoment(running: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const moment = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LAST_WORDS_MS);
  });
  await Promise.race([
    running?.then(
      () => undefined,
      () => undefined,
    ),
    moment,
  ]);
  clearTimeout(timer);
}

/** The session's connection to its target, dialled at the first call. Without a person's side nobody is told of it. */
function dialOnce(deps: SshDeps, session: GatewaySession, person?: PersonSide) {
  let dialled: Promise<TargetConnection> | undefined;
  const target = (): Promise<TargetConnection> => {
    dialled ??= dialForSession(deps, session, person);
    return dialled;
  };
  return { target, close: () => void dialled?.then((connection) => connection.close()).catch(() => undefined) };
}

async function refuseSubsystem(deps: SshDeps, outside: PersonSide, caller: Caller, name: string): Promise<Exit> {
  await appendAuditEvent(deps.database, deps.clock, {
    type: 'channel.refused',
    actor: caller.person.id,
    body: {
      connection: caller.connectionId,
      loginName: caller.loginName,
      kind: 'subsystem',
      detail: stored(name),
    },
  });
  await outside.say('channel.subsystem', 'channel_refused', { name: shown(name, 64) });
  return { status: GATEWAY_STATUS };
}

/** The server's side of mosh: what it says goes past the gateway by UDP, where nobody can record it. */
const MOSH = /^\s*(?:\S*\/)?mosh-server(?:\s|$)/;

/** A command that is not even judged, and why. */
function unfitCommand(command: string): { reason: 'mosh' | 'nul' } | undefined {
  if (MOSH.test(command)) return { reason: 'mosh' };
  // No shell can be given it, and no database can keep it: the refusal would leave no trace.
  return command.includes('\0') ? { reason: 'nul' } : undefined;
}

async function refuseCommand(
  deps: SshDeps,
  outside: PersonSide,
  caller: Caller,
  { reason, command }: { reason: 'mosh' | 'nul'; command: string },
): Promise<Exit> {
  const { connectionId: connection, loginName, person } = caller;
  const body = { connection, loginName, kind: reason, detail: stored(command) };
  await appendAuditEvent(deps.database, deps.clock, { type: 'channel.refused', actor: person.id, body });
  await outside.say(`channel.${reason}`, 'channel_refused');
  return { status: GATEWAY_STATUS };
}

async function tellFailure(deps: SshDeps, person: PersonSide, caller: Caller, error: Error): Promise<void> {
  if (error instanceof PeerGone) return; // Nobody is there to be told.
  const reference = randomUUID().slice(0, 8);
  deps.log.warn(
    { event: 'ssh.session_failed', connectionId: caller.connectionId, reference, err: error },
    'session failed',
  );
  const { key, code, values } = failureMessage(error, { locale: person.locale, name: caller.loginName });
  await sayUnrecorded(person, key, code, { ...names(deps, caller), ...values, reference });
}

function reasonOf(error: Error): EndReason {
  if (error instanceof PeerGone) return 'client_lost';
  if (error instanceof TargetLost) return 'target_lost';
  if (!(error instanceof GatewayError)) return 'internal';
  if (error.code === 'recording_unavailable' || error.code === 'storage_unavailable') return 'recorder_failed';
  return error.code.startsWith('target_') ? 'target_refused' : 'internal';
}

function names(deps: SshDeps, caller: Caller): Values {
  const ask = new URL('/tickets/new?kind=access', deps.publicUrl).href;
  return { name: caller.loginName, url: deps.publicUrl.href, ask };
}

function finish(channel: PersonChannel, exit: Exit): void {
  try {
    if (exit.signal !== undefined) channel.exit(exit.signal, exit.coreDumped ?? false, '');
    else channel.exit(exit.status ?? GATEWAY_STATUS);
    channel.end();
  } catch {
    channel.close(); // A signal name that the RFC does not list cannot be said; the closing still is.
  }
}
