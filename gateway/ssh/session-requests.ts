/**
 * The requests of one session channel (RFC 4254 §6) up to the one that starts something.
 *
 * A channel is accepted at once and its refusal said on it: the library drops what arrives before `accept`, and
 * answers nothing at all when the client has sent EOF by then.
 */
import { asError, LIMITS } from '../../foundation/index.ts';
import { onBreak, onEow, type ServerChannel, type Session } from './library/index.ts';
import { serveChannel } from './serve-channel.ts';
import type { Terminal } from './target/index.ts';
import type { Caller, ChannelRequest, Refusals, SshDeps, Start } from './model.ts';

/** Only what a terminal needs: anything else (BASH_ENV, LD_PRELOAD, PROMPT_COMMAND) could run code unjudged. */
const ENVIRONMENT = /^(LANG|LC_[A-Z]{1,20})$/;
const VALUE = /^[\w.@-]{1,64}$/;
const SIDE_MAX = 10_000;

export function collectRequests(deps: SshDeps, session: Session, caller: Caller, refusals: Refusals): void {
  const environment: Record<string, string> = {};
  const resizes = new Set<(terminal: Terminal) => void>();
  const running = relayToProgram(session);
  const closed = new AbortController();
  let terminal: Terminal | undefined;

  session.once('close', () => closed.abort());
  session.on('error', (error: Error) => deps.log.debug({ event: 'ssh.session_error', err: error }, 'session error'));
  session.on('env', (accept, reject, info) => {
    const { key, val } = info;
    const isRoom = Object.keys(environment).length < LIMITS.environmentVariablesMax;
    const allowed = ENVIRONMENT.test(key) && VALUE.test(val) && isRoom;
    if (allowed) environment[key] = val;
    answer(allowed ? accept : reject);
  });
  session.on('pty', (accept, _reject, info) => {
    const modes = Object.entries(info.modes).filter((mode): mode is [string, number] => /^[A-Z]/.test(mode[0]));
    terminal = { ...side(info), term: termName(info.term), modes: Object.fromEntries(modes) };
    answer(accept);
  });
  session.on('window-change', (accept, _reject, info) => {
    if (terminal !== undefined) terminal = { ...terminal, ...side(info) };
    for (const listener of resizes) if (terminal !== undefined) listener(terminal);
    answer(accept);
  });
  session.on('auth-agent', (_accept, reject) => {
    void refusals.refuse('auth-agent', '', 'channel.agent');
    answer(reject);
  });
  session.on('x11', (_accept, reject) => {
    void refusals.refuse('x11', '', 'channel.x11');
    answer(reject);
  });

  const begin = (accept: () => ServerChannel | undefined, start: Start): void => {
    const channel = accept();
    if (channel === undefined) return;
    channel.on('error', (error: Error) => deps.log.debug({ event: 'ssh.channel_error', err: error }, 'channel error'));
    channel.stderr.on('error', () => undefined); // Its end is told by the channel's 'close'.
    const request: ChannelRequest = {
      start,
      get terminal() {
        return terminal;
      },
      environment,
      closed: closed.signal,
      onResize: subscribe(resizes),
      ...running,
    };
    serveChannel(deps, channel, request, { caller, refusals }).catch((thrown: unknown) => {
      deps.log.error({ event: 'ssh.channel_failed', err: asError(thrown) }, 'channel failed');
      channel.close();
    });
  };
  session.on('shell', (accept) => begin(accept, { kind: 'shell' }));
  session.on('exec', (accept, _reject, { command }) => begin(accept, { kind: 'exec', command }));
  session.on('subsystem', (accept, _reject, { name }) => begin(accept, { kind: 'subsystem', name }));
}

/** What is asked of a program that runs already. */
function relayToProgram(session: Session): Pick<ChannelRequest, 'onSignal' | 'onBreak' | 'onEow'> {
  const signals = new Set<(name: string) => void>();
  const breaks = new Set<(milliseconds: number) => void>();
  const ends = new Set<() => void>();
  session.on('signal', (accept, _reject, { name }) => {
    for (const listener of signals) listener(name);
    answer(accept);
  });
  onBreak(session, (milliseconds) => {
    for (const listener of breaks) listener(milliseconds);
  });
  onEow(session, () => {
    for (const listener of ends) listener();
  });
  return { onSignal: subscribe(signals), onBreak: subscribe(breaks), onEow: subscribe(ends) };
}

function subscribe<Listener>(listeners: Set<Listener>) {
  return (listener: Listener): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}

/** The library passes no function where the client wants no reply. */
function answer(reply: unknown): void {
  if (typeof reply === 'function') (reply as () => void)();
}

function side(info: { cols: number; rows: number; width: number; height: number }) {
  const bounded = (value: number): number => Math.min(Math.max(value, 0), SIDE_MAX);
  return {
    columns: bounded(info.cols),
    rows: bounded(info.rows),
    width: bounded(info.width),
    height: bounded(info.height),
  };
}

function termName(term: string): string {
  return /^[\w.+-]{1,64}$/.test(term) ? term : 'dumb';
}
