/** Takes a route as a person would: the real client, and a real terminal where the route has keys. */
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { runToEnd } from '../support/run-to-end.ts';
import type { Terminal } from '../support/terminal.ts';
import { partner } from '../support/partners.ts';
import type { ShellField } from '../e2e/support/shell-field.ts';
import { type BypassRoute, type CommandRoute, fill, tagOf, type TerminalRoute } from './route.ts';

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
/** A line; a pager, whose own prompt or help may be open; an editor; a program that reads to the end of its input. */
const LEAVES = [['q', '\x03'], ['\x03', '\r', 'q', 'q', '\x03'], ['\x1b', ':q!\r', '\x03'], ['\x04']];

export async function take(route: BypassRoute, options: TakeOptions): Promise<Taken> {
  const { field, number } = options;
  const facts = { data: field.data, stub: field.stub, number };
  for (const [name, content] of Object.entries(route.files ?? {})) {
    await field.put(fill(name, facts), fill(content, facts));
  }
  return route.kind === 'command' ? runCommand(route, options) : typeKeys(route, options);
}

async function runCommand(route: CommandRoute, { field, number, isControl }: TakeOptions): Promise<Taken> {
  const put = (text: string): string => fill(text, { data: field.data, stub: field.stub, number });
  // Some are refused even where nothing is judged, as files are: that they are routes shows past the gateway.
  const way = isControl ? field.sshd.direct() : await field.clientArguments();
  const args = [...(route.options ?? []).map(put), ...way];
  const { stdout, stderr } = await runToEnd(
    partner('ssh'),
    [...args, '127.0.0.1', ...route.words.map(put)],
    put(route.stdin ?? ''),
  );
  const ran = await hasRun(field, number, isControl);
  return { ran, output: `${stdout.toString()}${stderr}`, after: 'ended' };
}

async function typeKeys(route: TerminalRoute, { field, number, isControl }: TakeOptions): Promise<Taken> {
  await using terminal = await field.open();
  const ended = watchEnd(terminal);
  await until(PROMPT_MS, () => terminal.output.includes('$ ') || ended());
  for (const keys of route.keys) {
    if (ended()) break;
    terminal.type(fill(keys, { data: field.data, stub: field.stub, number }));
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
