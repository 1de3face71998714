/** What could follow at the cursor. The target is asked by a fixed script that gets the word as data. */
import { LIMITS } from '../../../foundation/index.ts';
import type { ClientChannel } from '../library/index.ts';
import type { TargetConnection } from '../target/index.ts';
import type { Completion } from './editor/editor.ts';
import { quote } from './state.ts';

interface CompletionSide {
  readonly connect: () => Promise<TargetConnection>;
  readonly directory: () => string;
  readonly variables: () => ReadonlyMap<string, string>;
  /** Whether this command would be allowed: names that `ls` may not show are not offered either. */
  readonly mayRun: (text: string) => boolean;
}

type Kind = 'command' | 'file';

interface Asked {
  readonly kind: Kind;
  readonly directory: string;
  readonly word: string;
  readonly names: readonly string[];
  readonly isWhole: boolean;
}

const SCRIPT = `[ -z "$1" ] || cd -P -- "$1" 2>/dev/null || exit 0
if [ "$2" = command ]; then compgen -A command -- "$3"; exit 0; fi
compgen -A file -- "$3" | while IFS= read -r name; do [ ! -d "$name" ] || name=$name/; printf '%s\\n' "$name"; done`;

/** Where a word begins: behind a blank or a sign of the shell that is not quoted. */
const WORD = /(?:[^\s|&;()<>\`"'\\$]|\\[^\n])*$/;
const COMMAND_PLACE = /(?:^|[|&;(\n]|\b(?:then|do|else|sudo|time|nohup|xargs)\s)\s*$/;
const PLAIN_NAME = /[^\p{L}\p{N}\p{M}@%+=:,./_~-]/gu;
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\uFFFD]/u;

export class Completer {
  readonly #side: CompletionSide;
  #last: Asked | undefined;

  constructor(side: CompletionSide) {
    this.#side = side;
  }

  /** After a line the target may hold other names. */
  forget(): void {
    this.#last = undefined;
  }

  async complete(text: string, at: number): Promise<Completion | undefined> {
    const head = text.slice(0, at);
    const variable = /\$([A-Za-z_]\w*)?$/.exec(head);
    if (variable !== null) return this.#variable(variable[1] ?? '', at);
    const from = WORD.exec(head)?.index ?? at;
    if (from > 0 && /["'\\]/.test(head.charAt(from - 1))) return undefined; // Inside quotes names mean other things.
    const typed = head.slice(from).replace(/\\([^])/g, '$1');
    const isCommand = COMMAND_PLACE.test(head.slice(0, from)) && !typed.includes('/');
    if (isCommand && typed === '') return undefined; // Every program there is.
    const names = await this.#names(isCommand ? 'command' : 'file', typed);
    const words = names.map((name) => name.replace(PLAIN_NAME, (sign) => `\\${sign}`));
    const [only] = words;
    return { from, words: words.length === 1 && only?.endsWith('/') === false ? [`${only} `] : words };
  }

  #variable(begun: string, at: number): Completion {
    const names = [...this.#side.variables().keys()].filter((name) => name.startsWith(begun)).sort();
    return { from: at - begun.length, words: names };
  }

  async #names(kind: Kind, typed: string): Promise<readonly string[]> {
    const directory = this.#side.directory();
    const home = this.#side.variables().get('HOME');
    const isAtHome = typed.startsWith('~/') && home !== undefined;
    const word = isAtHome ? home + typed.slice(1) : typed;
    const last = this.#last;
    const isKnown =
      last?.isWhole === true && last.kind === kind && last.directory === directory && word.startsWith(last.word);
    const sameFolder = isKnown && lastSlash(word) === lastSlash(last.word);
    const names = sameFolder ? last.names : await this.#ask(kind, directory, word);
    return names
      .filter((name) => name.startsWith(word))
      .map((name) => (isAtHome ? `~${name.slice(home.length)}` : name))
      .slice(0, LIMITS.completionNamesMax);
  }

  async #ask(kind: Kind, directory: string, word: string): Promise<readonly string[]> {
    if (kind === 'file' && !this.#side.mayRun(`ls -d -- ${quote(word)}*`)) return [];
    const connection = await this.#side.connect();
    const words = [SCRIPT, 'sekisho', directory, kind, word].map(quote).join(' ');
    const channel = await connection.exec(`exec bash --noprofile --norc -c ${words}`, {
      terminal: undefined,
      environment: {},
    });
    const { said, isWhole } = await readBounded(channel);
    const names = said.split('\n').filter((name) => name !== '' && !UNPRINTABLE.test(name));
    this.#last = { kind, directory, word, names: [...new Set(names)].sort(), isWhole };
    return this.#last.names;
  }
}

function lastSlash(word: string): number {
  return word.lastIndexOf('/');
}

/** What the target says, as much of it as is read and as long as it is waited for. */
function readBounded(channel: ClientChannel): Promise<{ said: string; isWhole: boolean }> {
  return new Promise((resolve) => {
    let said: Buffer = Buffer.alloc(0);
    const done = (isWhole: boolean): void => {
      clearTimeout(timer);
      channel.removeAllListeners('data');
      channel.close();
      const text = said.toString('utf8');
      resolve({ said: isWhole ? text : text.slice(0, text.lastIndexOf('\n') + 1), isWhole });
    };
    const timer = setTimeout(() => done(false), LIMITS.completionMillisMax);
    channel.stderr.resume();
    channel.on('data', (chunk: Buffer) => {
      said = Buffer.concat([said, chunk]);
      if (said.length > LIMITS.completionBytesMax) done(false);
    });
    channel.once('close', () => done(true));
    channel.end();
  });
}
