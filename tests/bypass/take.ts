/** Takes a route as a person would: the real client, and a real terminal where the route has keys. */
import { readFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { runToEnd } from '../support/run-to-end.ts';
import type { Terminal } from '../support/terminal.ts';
import { partner } from '../support/partners.ts';
import type { ShellField } from '../e2e/support/shell-field.ts';
import {
  type BypassRoute,
  type CommandRoute,
  type Facts,
  fill,
  type ForwardRoute,
  tagOf,
  type TerminalRoute,
} from './route.ts';

export interface Taken {
  /** Whether the stub ran for this route. */
  readonly ran: boolean;
  readonly output: string;
  /** What became of the session: it ran a further line, it ended, or neither. */
  readonly after: 'alive' | 'ended' | 'stuck';
}

export interface TakeOptions {
  readonly field: ShellField;
  readonly number: number;
  /** Nothing is refused here, so the stub is waited for. */
  readonly isControl: boolean;
}

const STEP_MS = 40;
const STILL_STEPS = 6;
const PROMPT_MS = 20_000;
const PROBE_MS = 4_000;
const CONTROL_MS = 5_000;
const ROAD_MS = 2_000;
/** A line; a pager, whose own prompt or help may be open; an editor; a program that reads to the end of its input. */
const LEAVES = [['q', '\x03'], ['\x03', '\r', 'q', 'q', '\x03'], ['\x1b', ':q!\r', '\x03'], ['\x04']];

export async function take(route: BypassRoute, options: TakeOptions): Promise<Taken> {
  const { field, number } = options;
  const facts = factsOf(field, number);
  for (const [name, content] of Object.entries(route.files ?? {})) {
    await field.put(fill(name, facts), fill(content, facts));
  }
  if (route.kind === 'forward') return takeRoad(route, options);
  return route.kind === 'command' ? runCommand(route, options) : typeKeys(route, options);
}

function factsOf({ data, stub, door }: ShellField, number: number): Facts {
  return { data, stub, door, number };
}

async function runCommand(route: CommandRoute, { field, number, isControl }: TakeOptions): Promise<Taken> {
  const put = (text: string): string => fill(text, factsOf(field, number));
  // Some are refused even where nothing is judged, as files are: that they are routes shows past the gateway.
  const way = isControl ? field.sshd.direct() : await field.clientArguments();
  await using second = route.isSecond === true ? await openFirst(field, way, number) : undefined;
  const args = [...(second?.options ?? []), ...(route.options ?? []).map(put), ...way];
  const variables = Object.entries(route.environment ?? {}).map(([name, value]) => `${name}=${put(value)}`);
  const { stdout, stderr } = await runToEnd(
    'env',
    [...variables, partner('ssh'), ...args, '127.0.0.1', ...route.words.map(put)],
    put(route.stdin ?? ''),
  );
  const output = `${stdout.toString()}${stderr}`;
  const ran = route.isShown === true ? output.includes(tagOf(number)) : await hasRun(field, number, isControl);
  return { ran, output, after: 'ended' };
}

/** A connection that asked for nothing yet, and how others use it. */
async function openFirst({ home }: ShellField, way: readonly string[], number: number) {
  const options = ['-S', join(home, `first-${number}`)];
  const first = await runToEnd(partner('ssh'), ['-fNM', ...options, ...way, '127.0.0.1']);
  if (first.status !== 0) throw new Error(`no connection: ${first.stderr}`);
  return {
    options,
    [Symbol.asyncDispose]: async () => {
      await runToEnd(partner('ssh'), [...options, '-O', 'exit', ...way, '127.0.0.1']);
    },
  };
}

/** Walks a road that others could walk. */
async function takeRoad(route: ForwardRoute, { field, number, isControl }: TakeOptions): Promise<Taken> {
  const local = await freePort();
  const facts = { ...factsOf(field, number), local };
  const way = isControl ? field.sshd.direct() : await field.clientArguments();
  const args = ['-N', ...route.options.map((text) => fill(text, facts)), ...way, '127.0.0.1'];
  const client = spawn(partner('ssh'), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(client, 'close');
  let output = '';
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  for (const stream of [client.stdout, client.stderr])
    stream.on('data', (bytes: Buffer) => (output += bytes.toString()));
  let ran = false;
  await until(isControl ? CONTROL_MS : ROAD_MS, async () => {
    if (!ran && !hasEnded) await walk(local, tagOf(number));
    ran = (await readFile(field.log, 'utf8')).includes(tagOf(number));
    return ran || hasEnded;
  });
  client.kill('SIGTERM');
  await ended;
  return { ran, output: `${output}\n[road]`, after: 'ended' };
}

/** Says who walks there, to whoever listens; ends when that one does. */
async function walk(port: number, tag: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.end(`${tag}\n`);
  socket.resume();
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

async function typeKeys(route: TerminalRoute, { field, number, isControl }: TakeOptions): Promise<Taken> {
  await using terminal = await field.open();
  const ended = watchEnd(terminal);
  await until(PROMPT_MS, () => terminal.output.includes('$ ') || ended());
  for (const keys of route.keys) {
    if (ended()) break;
    terminal.type(fill(keys, factsOf(field, number)));
    await settled(terminal);
  }
  const after = isControl ? 'ended' : await probe(terminal, ended);
  return { ran: await hasRun(field, number, isControl), output: terminal.output, after };
}

/** Leaves whatever the keys have left open, and asks for a sign of life. */
async function probe(terminal: Terminal, ended: () => boolean): Promise<Taken['after']> {
  for (const keys of LEAVES) {
    for (const key of keys) {
      if (ended()) return 'ended';
      terminal.type(key);
      await settled(terminal);
    }
    if (ended()) return 'ended';
    terminal.type('echo alive-$((40+2))\r');
    await until(PROBE_MS, () => terminal.output.includes('alive-42') || ended());
    if (terminal.output.includes('alive-42')) return 'alive';
  }
  return ended() ? 'ended' : 'stuck';
}

function watchEnd(terminal: Terminal): () => boolean {
  let hasEnded = false;
  void terminal.exited.then(() => {
    hasEnded = true;
  });
  return () => hasEnded;
}

async function hasRun({ log }: ShellField, number: number, isControl: boolean): Promise<boolean> {
  const look = async (): Promise<boolean> => (await readFile(log, 'utf8')).includes(tagOf(number));
  if (isControl) await until(CONTROL_MS, look);
  return look();
}

/** Until a screen has stood still: what a program draws, or that it draws nothing, has no event of its own. */
async function settled(terminal: Terminal): Promise<void> {
  let before = -1;
  for (let still = 0; still < STILL_STEPS; still += 1) {
    await pause(STEP_MS);
    if (terminal.output.length !== before) still = 0;
    before = terminal.output.length;
  }
}

async function until(milliseconds: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < milliseconds && !(await holds()); waited += STEP_MS) await pause(STEP_MS);
}
