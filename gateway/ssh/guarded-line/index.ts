import { message } from '../../../messages/index.ts';
import { goesOn } from '../../../policy/index.ts';
import type { Terminal } from '../target/index.ts';
import { LineEditor } from './editor/editor.ts';
import { InputQueue } from './input-queue.ts';
import { confirmPaste } from './paste.ts';
import { readScriptLine } from './script.ts';
import { GuardedShell, type Ran } from './shell.ts';
import type { ChannelWork, Exit } from '../model.ts';

/** What ^T begins at an empty prompt behind a refusal. */
const TICKET = 'ticket ';

/** An interactive guarded shell: prompt, edit, judge, run, again. */
export async function runGuardedShell(work: ChannelWork, terminal: Terminal): Promise<Exit> {
  const { session, person, request } = work;
  const input = new InputQueue(person.channel);
  const shell = new GuardedShell(work, input);
  const editor = new LineEditor({
    columns: terminal.columns,
    show: (bytes) => person.show('o', bytes),
    recordInput: (bytes) => session.record('i', bytes),
    isUnfinished: goesOn,
    complete: (text, at) => shell.completer.complete(text, at),
    searchPrompt: (wanted) => message(person.locale, 'line.search', { wanted }),
  });
  const stopResizing = request.onResize(({ columns }) => editor.resize(columns));
  try {
    const { target, account } = session.authorization;
    await person.sayText(message(person.locale, 'session.welcome', { target: target.name }));
    await shell.open();
    const home = shell.state.directory;
    for (;;) {
      const { directory } = shell.state;
      const prompt = `${account}@${target.name}:${directory === home || directory === '' ? '~' : directory}$ `;
      const offer = shell.hasOpenAct ? TICKET : undefined;
      const read = await editor.read({ prompt, input, signal: session.signal, offer });
      if (read === undefined) return { status: shell.state.status };
      if (read.kind === 'too_long') await shell.refuseLong(read.text);
      else {
        const commands = read.kind === 'line' ? [read.text] : await pasted(work, input, { shell, text: read.text });
        if (commands === undefined) return { status: shell.state.status };
        for (const command of commands) editor.remember(command);
        const ran = await runAll(work, shell, commands);
        if (ran.end === 'left') return ran.exit;
      }
    }
  } finally {
    stopResizing();
    shell.close();
  }
}

function pasted(
  work: ChannelWork,
  input: InputQueue,
  { shell, text }: { shell: GuardedShell; text: string },
): Promise<readonly string[] | undefined> {
  return confirmPaste(work, input, { text, verdictsOf: (commands) => shell.verdictsOf(commands) });
}

/** One after the other, up to the first that is refused: what was pasted behind it may rely on it. */
async function runAll({ person }: ChannelWork, shell: GuardedShell, commands: readonly string[]): Promise<Ran> {
  for (const [at, command] of commands.entries()) {
    const ran = await shell.run(command);
    const count = commands.length - at - 1;
    if (ran.end === 'refused' && count > 0) await person.say('line.paste.stopped', 'paste_stopped', { count });
    if (ran.end !== 'ran') return ran;
  }
  return { end: 'ran' };
}

/** A guarded shell without a terminal: each command of standard input is judged and run, one after the other. */
export async function runGuardedScript(work: ChannelWork): Promise<Exit> {
  const { session, person } = work;
  const input = new InputQueue(person.channel);
  const shell = new GuardedShell(work, input);
  try {
    await shell.open();
    for (;;) {
      let command = await readScriptLine(work, input, session.signal);
      while (command !== undefined && goesOn(command)) {
        const line = await readScriptLine(work, input, session.signal);
        if (line === undefined) break;
        command = `${command}\n${line}`;
      }
      if (command === undefined) return { status: shell.state.status };
      const ran = await shell.run(command);
      if (ran.end === 'left') return ran.exit;
    }
  } finally {
    shell.close();
  }
}
