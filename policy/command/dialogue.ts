/**
 * Commands that would only open a dialogue: a shell, or a database client at its prompt. What is typed inside such a one
 * nobody would judge, so the gateway holds the dialogue itself: a shell is started so that it asks, and each statement
 * runs as a command of its own.
 */
import type { Judgement, TargetPolicy } from '../model.ts';
import { guards } from '../verdict.ts';
import type { Word } from './model.ts';
import { isAlwaysHeld, spelled, type Statements, statementsOf } from './held.ts';
import { readScript, walk } from './walk.ts';
import { innerOf } from './wrappers.ts';

export type Dialogue =
  | {
      readonly kind: 'shell';
      /** Whether it is one of the account itself, and not of another account, container or host. */
      readonly isOwn: boolean;
      /** The same command with `inner`, a text for a shell of the Bourne family, in place of the shell. */
      readonly around: (inner: string) => string;
    }
  | Statements;

/** What is found where a database client is opened at its prompt. */
export const OF_CLIENTS = new Set(['client.interactive', 'client.redis-interactive']);

/** What is found in a command that opens a dialogue and does nothing else. */
const OF_DIALOGUES = new Set([...OF_CLIENTS, 'control.opens-shell', 'shell.opens-shell']);

/** The dialogue that `text` would open on a target where lines are judged, where its judgement knows of nothing else. */
export function dialogueOf(
  text: string,
  { findings }: Pick<Judgement, 'findings'>,
  policy: TargetPolicy,
): Dialogue | undefined {
  if (!guards(policy)) return undefined;
  return findings.every(({ rule }) => OF_DIALOGUES.has(rule)) ? dialogueIn(text) : undefined;
}

/**
 * `judgement`, denied where `text` opens a dialogue: a ticket is about one text, and would let in what nobody has seen.
 * What the gateway holds needs none.
 */
export function withoutTicket(text: string, judgement: Judgement, policy: TargetPolicy): Judgement {
  const opens = judgement.findings.some(
    ({ rule, subject }) =>
      rule === 'control.opens-shell' ||
      rule === 'shell.opens-shell' ||
      (OF_CLIENTS.has(rule) && isAlwaysHeld(baseName(subject))),
  );
  const isClosed = guards(policy) && (opens || dialogueOf(text, judgement, policy) !== undefined);
  return isClosed ? { ...judgement, verdict: 'deny' } : judgement;
}

/** Pure. Undefined where anything stands beside the dialogue, or what opens it is not known. */
export function dialogueIn(text: string): Dialogue | undefined {
  const { invocations, assignments, unreadable } = walk(readScript(text));
  const [invocation] = invocations;
  if (unreadable !== undefined || invocation === undefined || invocations.length + assignments.length > 1)
    return undefined;
  const { span, input, output, redirects, name, args } = invocation;
  const isWhole = text.slice(0, span[0]).trim() === '' && text.slice(span[1]).trim() === '';
  const isPlain = input.kind === 'none' && output === 'shown' && redirects.length + invocation.assignments.length === 0;
  const words = [name, ...args];
  if (!isWhole || !isPlain || !words.every(({ exact }) => exact)) return undefined;
  return unwrapped([], words);
}

/** Programs that hand a terminal on to the command behind them. */
const HANDS_ON = new Set(['sudo', 'doas', 'exec', 'command', 'nice', 'docker', 'podman', 'kubectl', 'oc']);
const WRAPPED_MAX = 4;

function unwrapped(before: readonly Word[], words: readonly Word[]): Dialogue | undefined {
  const [program, ...args] = words;
  if (program === undefined || before.length > 64) return undefined;
  const base = baseName(program.text);
  const depth = before.filter(({ text }) => HANDS_ON.has(baseName(text))).length;
  const inners = innerOf(base, args);
  const [inner] = inners;
  if (inner !== undefined) {
    if (inners.length > 1 || inner.as !== 'words' || !HANDS_ON.has(base) || depth >= WRAPPED_MAX) return undefined;
    const outer = [program, ...args.slice(0, args.length - inner.words.length)];
    return unwrapped([...before, ...outer], inner.words);
  }
  return openedBy(before, base, args) ?? statementsOf([...before, ...words], base, args);
}

const SHELLS = new Set(['bash', 'sh', 'dash', 'ash', 'zsh', 'ksh', 'rbash']);
const ONLY_OPENS = /^-(|l|i|li|il|-login)$/;

/** `bash`; `sudo -i`; `su - app`. The shells' own startup files are left out: they could open one that does not ask. */
function openedBy(before: readonly Word[], base: string, args: readonly Word[]): Dialogue | undefined {
  const outer = before.map(({ text }) => text);
  if (SHELLS.has(base)) {
    if (!args.every(({ text }) => ONLY_OPENS.test(text))) return undefined;
    const isOwn = outer.every((word) => word === 'exec' || word === 'command');
    return { kind: 'shell', isOwn, around: (inner) => spelled([...(isOwn ? [] : outer), 'sh', '-c', inner]) };
  }
  if (base === 'sudo') {
    const options = sudoOptions(args.map(({ text }) => text));
    if (options === undefined) return undefined;
    return {
      kind: 'shell',
      isOwn: false,
      around: (inner) => spelled([...outer, 'sudo', ...options, 'sh', '-c', inner]),
    };
  }
  if (base !== 'su') return undefined;
  const named = args.map(({ text }) => text).filter((text) => !/^-(|l|-login)$/.test(text));
  // As a command of its own it would have no terminal to control jobs by.
  const [name] = named;
  if (named.length > 1 || name?.startsWith('-') === true) return undefined;
  return {
    kind: 'shell',
    isOwn: false,
    around: (inner) => spelled([...outer, 'su', ...named, `--session-command=${inner}`]),
  };
}

const SUDO_USER = /^(--user=|-u)?([\w.-]+)$/;

/** The options of a `sudo` that opens a shell, for one that runs a command as the same account in its home. */
function sudoOptions(args: readonly string[]): readonly string[] | undefined {
  const options = ['-H'];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (/^(-[isHE]+|--login|--shell|--set-home)$/.test(word)) continue;
    const user =
      /^-[isHE]*u$/.test(word) || word === '--user' ? args[(at += 1)] : /^(-u.+|--user=.+)$/.test(word) ? word : '';
    const name = SUDO_USER.exec(user ?? '')?.[2];
    if (name === undefined) return undefined;
    options.push('-u', name);
  }
  return options.length === 1 && args.length === 0 ? undefined : options;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
