import { LIMITS } from '../../../foundation/index.ts';
import { message } from '../../../messages/index.ts';
import type { Terminal } from '../target/index.ts';
import { InputQueue } from './input-queue.ts';
import { LineEditor } from './line-editor.ts';
import { GuardedShell } from './shell.ts';
import type { ChannelWork, Exit } from '../model.ts';

const LINE_FEED = 0x0a;
/** The longest line, its CR LF, and one byte too many. */
const KEPT_BYTES_MAX = LIMITS.typedLineBytesMax + 3;

/** An interactive guarded shell: prompt, edit, judge, run, again. */
export async function runGuardedShell(work: ChannelWork, terminal: Terminal): Promise<Exit> {
  const { session, person, request } = work;
  const input = new InputQueue(person.channel);
  const shell = new GuardedShell(work, input);
  const editor = new LineEditor({
    columns: terminal.columns,
    rows: terminal.rows,
    show: (bytes) => person.show('o', bytes),
    recordInput: (bytes) => session.record('i', bytes),
  });
  const stopResizing = request.onResize(({ columns, rows }) => editor.resize(columns, rows));
  try {
    const { target, account } = session.authorization;
    await person.sayText(message(person.locale, 'session.welcome', { target: target.name }));
    await shell.open();
    const home = shell.state.directory;
    for (;;) {
      const where = shell.state.directory === home ? '~' : shell.state.directory;
      const line = await editor.readLine(`${account}@${target.name}:${where}$ `, input, session.signal);
      if (line === undefined) return { status: shell.state.status };
      const exit = await shell.run(line);
      if (exit !== undefined) return exit;
    }
  } finally {
    stopResizing();
    editor.close();
    shell.close();
  }
}

/** A guarded shell without a terminal: each line of standard input is judged and run, one after the other. */
export async function runGuardedScript(work: ChannelWork): Promise<Exit> {
  const { session, person } = work;
  const input = new InputQueue(person.channel);
  const shell = new GuardedShell(work, input);
  try {
    await shell.open();
    for (;;) {
      const line = await readScriptLine(work, input, session.signal);
      if (line === undefined) return { status: shell.state.status };
      const exit = await shell.run(line);
      if (exit !== undefined) return exit;
    }
  } finally {
    shell.close();
  }
}

async function readScriptLine(work: ChannelWork, input: InputQueue, signal: AbortSignal): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for (;;) {
    const typed = await input.next(signal);
    if (typed === undefined) return parts.length === 0 ? undefined : Buffer.concat(parts).toString('utf8');
    const { bytes: chunk } = typed;
    const at = chunk.indexOf(LINE_FEED);
    const end = at === -1 ? chunk.length : at + 1;
    input.giveBack({ bytes: chunk.subarray(end), recorded: false });
    await work.session.record('i', chunk.subarray(0, end));
    // A line nobody could judge is cut to more than the limit, so that the shell refuses it whole and says why.
    parts.push(chunk.subarray(0, Math.min(end, KEPT_BYTES_MAX - length)));
    length = Math.min(length + end, KEPT_BYTES_MAX);
    if (at !== -1)
      return Buffer.concat(parts)
        .toString('utf8')
        .replace(/\r?\n$/, '');
  }
}
