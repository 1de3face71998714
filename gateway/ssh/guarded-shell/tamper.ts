/** What would take the hook away, or change what its words mean: refused by the shell's own gate. Pure. */

const OWN = '__sekisho';

/** Variables that change how bash reads, keeps or runs what it is told; most are read-only there as well. */
const STATE =
  /\b(BASH_(ALIASES|CMDS|COMPAT|ENV|XTRACEFD|LOADABLES_PATH|ARGV0|ARGV|ARGC|COMMAND|SUBSHELL)|BASHOPTS|SHELLOPTS|POSIXLY_CORRECT|FUNCNEST|FUNCNAME|PROMPT_COMMAND|PS[0-4]|HIST(CONTROL|IGNORE|SIZE|FILE|FILESIZE|TIMEFORMAT|CMD)|LESSSECURE|INPUTRC|EXECIGNORE|GLOBIGNORE)\b/;

/** Builtins that change the shell itself, and the operands they may have. */
const BUILTINS: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
  trap: (args) => args.every((word) => /^-[lp]+$/.test(word)),
  set: isHarmlessSet,
  shopt: (args) => args.every((word) => /^-[pqo]+$/.test(word)) || (args[0] === '-q' && args.length === 2),
  enable: (args) => args.every((word) => /^-[aps]+$/.test(word)),
  bind: (args) => args.every((word) => /^-[lpPsSvVX]+$/.test(word)),
  complete: (args) => args.every((word) => word === '-p'),
  compopt: () => false,
  compgen: (args) => !args.some((word) => /^-[a-z]*[vFCW]|^(variable|export|arrayvar)$/.test(word)),
  history: (args) => args.every((word) => /^\d+$/.test(word)),
  fc: (args) => args.some((word) => /^-[nr]*l[nr]*$/.test(word)),
  exec: () => false,
  hash: (args) => args.every((word) => /^-[lrtd]+$/.test(word) || !word.startsWith('-')),
  source: () => false,
  '.': () => false,
  kill: (args) => !args.some((word) => /RTMAX|RTMIN|^-?(6[0-4]|5\d)$/i.test(word)),
  suspend: () => false,
};

/** Words that only hand the next one on to the shell's own builtins. */
const HANDS_ON = new Set(['builtin', 'command']);

/** `commands`: the commands of a text as unquoted words. @returns the word by which it touches the hook, if any. */
export function tamperedBy(text: string, commands: readonly (readonly string[])[]): string | undefined {
  if (text.includes(OWN)) return OWN;
  const state = STATE.exec(text)?.[0];
  if (state !== undefined && !isOnlyShown(text)) return state;
  for (const words of commands) {
    const own = words.find((word) => word.includes(OWN) || STATE.test(word));
    if (own !== undefined && !isOnlyShown(text)) return own;
    const [name = '', ...args] = withoutHands(words);
    const isHarmless = Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
    if (isHarmless?.(args) === false) return name;
  }
  return undefined;
}

/** `echo "$HISTSIZE"` alone changes nothing. */
function isOnlyShown(text: string): boolean {
  return /^\s*(echo|printenv)(\s+("?\$?\{?\w+\}?"?))*\s*$/.test(text) && !text.includes(OWN);
}

function withoutHands(words: readonly string[]): readonly string[] {
  const first = words.findIndex((word, at) => !HANDS_ON.has(word) && !(at > 0 && /^-[pvV]+$/.test(word)));
  return first === -1 ? [] : words.slice(first);
}

const LETTERS = /^[-+][abefhmuBCE]*o?$/;
const NAMES = new Set(
  `allexport braceexpand emacs errexit errtrace ignoreeof noclobber noglob notify nounset pipefail vi`.split(' '),
);

/** Options that leave the hook, its history and the meaning of a line alone; the words behind `--` are free. */
function isHarmlessSet(args: readonly string[]): boolean {
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '--' || !/^[-+]/.test(word)) return true;
    if (!LETTERS.test(word)) return false;
    const named = word.endsWith('o') ? args[at + 1] : undefined;
    if (named === undefined) continue;
    if (!NAMES.has(named)) return false;
    at += 1;
  }
  return true;
}
