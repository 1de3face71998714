/** The server's side of the old scp protocol: `scp -f PATH…` sends, `scp -t PATH` receives. */
import type { Word } from '../command/model.ts';
import type { Transfer } from './model.ts';

/** Verbose, recursive, preserve, directory, quiet, compress; nothing that names a program or a file of settings. */
const LETTERS = /^-[vrpdqCft]+$/;

export function readScp(args: readonly Word[]): Transfer | undefined {
  const options = readOptions(args);
  if (options === undefined) return undefined;
  const { flags, paths } = options;
  if (flags.has('f') === flags.has('t')) return undefined;
  const direction = flags.has('f') ? 'download' : 'upload';
  if (paths.length === 0 || (direction === 'upload' && paths.length > 1)) return undefined;
  return {
    protocol: 'scp',
    direction,
    needs: [direction],
    paths,
    recursive: flags.has('r'),
    intoDirectory: flags.has('d'),
    followsLinks: direction === 'download' && flags.has('r'),
    frees: false,
    makesLinks: false,
    refused: undefined,
  };
}

function readOptions(args: readonly Word[]): { flags: ReadonlySet<string>; paths: readonly Word[] } | undefined {
  const flags = new Set<string>();
  for (const [at, word] of args.entries()) {
    if (word.text === '--') return { flags, paths: args.slice(at + 1) };
    if (!isOption(word)) {
      const paths = args.slice(at);
      // Some look for options behind the paths too: -r there would go down where only one file was judged.
      return paths.some(isOption) ? undefined : { flags, paths };
    }
    // -S, -o, -F and -D would run a program of the person's choice.
    if (!word.exact || !LETTERS.test(word.text)) return undefined;
    for (const letter of word.text.slice(1)) flags.add(letter);
  }
  return undefined;
}

function isOption({ text }: Word): boolean {
  return text.startsWith('-') && text !== '-';
}
