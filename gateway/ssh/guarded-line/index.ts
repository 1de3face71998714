import { message } from '../../../messages/index.ts';
import { type Dialogue, goesOn } from '../../../policy/index.ts';
import { runNestedBash } from '../guarded-shell/nested.ts';
import { REFUSED_STATUS } from '../gate.ts';
import type { Terminal } from '../target/index.ts';
import { LineEditor } from './editor/editor.ts';
import { InputQueue } from './input-queue.ts';
import { confirmPaste } from './paste.ts';
import { readScriptLine } from './script.ts';
import { GuardedShell, type Ran } from './shell.ts';
import { talk } from './statements.ts';
import type { ChannelWork, Exit } from '../model.ts';

/** What ^T begins at an empty prompt behind a refusal. */
const TICKET = 'ticket ';

/** A guarded shell, where it reads from, and where it shows its own prompt; without a terminal it shows none. */
interface Line {
  readonly work: ChannelWork;
  readonly input: InputQueue;
  readonly shell: GuardedShell;
  readonly terminal: Terminal | undefined;
}

/** An interactive guarded shell: prompt, edit, judge, run, again. */
export async function runGuardedShell(work: ChannelWork, terminal: Terminal): Promise<Exit> {
  const { session, person } = work;
  const input = new InputQueue(person.channel);
  const shell = new GuardedShell(work, input);
  const line = { work, input, shell, terminal };
  const { target, account } = session.authorization;
  using held = editorOf(line, terminal, {
    isUnfinished: goesOn,
    complete: (text, at) => shell.completer.complete(text, at),
  });
  const { editor } = held;
  try {
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
        const ran = await runAll(line, commands);
        if (ran.end === 'left') return ran.exit;
      }
    }
  } finally {
    shell.close();
  }
}

/** An editor in the person's window as it is now. */
function editorOf(
  { work }: Line,
  terminal: Terminal,
  does: Pick<ConstructorParameters<typeof LineEditor>[0], 'isUnfinished' | 'complete'>,
): { readonly editor: LineEditor; [Symbol.dispose]: () => void } {
  const { session, person, request } = work;
  const editor = new LineEditor({
    columns: (request.terminal ?? terminal).columns,
    show: (bytes) => person.show('o', bytes),
    recordInput: (bytes) => session.record('i', bytes),
    searchPrompt: (wanted) => message(person.locale, 'line.search', { wanted }),
    ...does,
  });
  return { editor, [Symbol.dispose]: request.onResize(({ columns }) => editor.resize(columns)) };
}

function pasted(
  work: ChannelWork,
  input: InputQueue,
  { shell, text }: { shell: GuardedShell; text: string },
): Promise<readonly string[] | undefined> {
  return confirmPaste(work, input, { text, verdictsOf: (commands) => shell.verdictsOf(commands) });
}

/** One after the other, up to the first that is refused: what was pasted behind it may rely on it. */
async function runAll(line: Line, commands: readonly string[]): Promise<Ran> {
  const { person } = line.work;
  for (const [at, command] of commands.entries()) {
    const ran = await runOne(line, command);
    const count = commands.length - at - 1;
    if (ran.end === 'refused' && count > 0) await person.say('line.paste.stopped', 'paste_stopped', { count });
    if (ran.end !== 'ran') return ran;
  }
  return { end: 'ran' };
}

/** A dialogue is held until the person leaves it; then the line has run. */
async function runOne(line: Line, command: string): Promise<Exclude<Ran, { end: 'dialogue' }>> {
  const ran = await line.shell.run(command);
  if (ran.end !== 'dialogue') return ran;
  const { status } = await hold(line, ran.dialogue);
  line.shell.setStatus(status ?? 1);
  return { end: 'ran' };
}

/** A guarded shell without a terminal: each command of standard input is judged and run, one after the other. */
export async function runGuardedScript(work: ChannelWork): Promise<Exit> {
  using line = await opened(work);
  return await runScript(line);
}

/** A dialogue that one command would open. */
export async function holdDialogue(work: ChannelWork, dialogue: Dialogue): Promise<Exit> {
  const { terminal } = work.request;
  if (dialogue.kind === 'shell' && terminal !== undefined)
    return runNestedBash(work, new InputQueue(work.person.channel), { dialogue, terminal });
  using line = await opened(work);
  return await hold(line, dialogue);
}

async function opened(work: ChannelWork): Promise<Line & Disposable> {
  const input = new InputQueue(work.person.channel);
  const shell = new GuardedShell(work, input);
  await shell.open().catch((thrown: unknown) => {
    shell.close();
    throw thrown;
  });
  const { terminal } = work.request;
  return { work, input, shell, terminal, [Symbol.dispose]: () => shell.close() };
}

async function hold(line: Line, dialogue: Dialogue): Promise<Exit> {
  const { work, input, terminal } = line;
  if (dialogue.kind === 'statements') return { status: await talkOn(line, dialogue) };
  if (terminal !== undefined) return runNestedBash(work, input, { dialogue, terminal });
  if (dialogue.isOwn) return runScript(line);
  await work.person.say('dialogue.needs_terminal', 'act_refused');
  return { status: REFUSED_STATUS };
}

async function runScript(line: Line): Promise<Exit> {
  const { shell } = line;
  for (;;) {
    const command = await nextText(line, (text) => !goesOn(text));
    if (command === undefined) return { status: shell.state.status };
    const ran = await runOne(line, command);
    if (ran.end === 'left') return ran.exit;
  }
}

/** The next text of a script that is whole, or what there is of it at its end. */
async function nextText({ work, input }: Line, isWhole: (text: string) => boolean): Promise<string | undefined> {
  const { signal } = work.session;
  let text = await readScriptLine(work, input, signal);
  while (text !== undefined && !isWhole(text)) {
    const line = await readScriptLine(work, input, signal);
    if (line === undefined) break;
    text = `${text}\n${line}`;
  }
  return text;
}

async function talkOn(line: Line, dialogue: Extract<Dialogue, { kind: 'statements' }>): Promise<number> {
  const { work, input, shell, terminal } = line;
  const side = {
    run: (command: string) => shell.run(command),
    hasOpenAct: () => shell.hasOpenAct,
    status: () => shell.state.status,
  };
  if (terminal === undefined) return talk(work, dialogue, { ...side, read: (_, isWhole) => nextText(line, isWhole) });
  let whole: (text: string) => boolean = () => true;
  using held = editorOf(line, terminal, {
    isUnfinished: (text) => !whole(text),
    complete: () => Promise.resolve(undefined),
  });
  const { editor } = held;
  return await talk(work, dialogue, {
    ...side,
    async read(prompt, isWhole) {
      whole = isWhole;
      const offer = shell.hasOpenAct ? TICKET : undefined;
      for (;;) {
        const read = await editor.read({ prompt, input, signal: work.session.signal, offer });
        if (read?.kind === 'too_long') await shell.refuseLong(read.text);
        else {
          if (read !== undefined) editor.remember(read.text);
          return read?.text;
        }
      }
    },
  });
}
