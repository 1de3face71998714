/** The server's side of the old scp protocol: `scp -f PATH…` sends, `scp -t PATH` receives. */
import type { Word } from '../command/model.ts';
import type { Transfer } from './model.ts';

/** Verbose, recursive, preserve, directory, quiet, compress; nothing that names a program or a file of settings. */
const LETTERS = /^-[vrpdqCft]+$/;

export function readScp(args: readonly Word[]): Transfer | undefined {
  const flags = new Set<string>();
  let at = 0;
  for (; at < args.length; at += 1) {
    const word = args[at];
    if (word === undefined || !word.text.startsWith('-') || word.text === '-') break;
    if (word.text === '--') {
      at += 1;
      break;
    }
    // -S, -o, -F and -D would run a program of the person's choice.
    if (!word.exact || !LETTERS.test(word.text)) return undefined;
    for (const letter of word.text.slice(1)) flags.add(letter);
  }
  if (flags.has('f') === flags.has('t')) return undefined;
  const direction = flags.has('f') ? 'download' : 'upload';
  const paths = args.slice(at);
  if (paths.length === 0 || (direction === 'upload' && paths.length > 1)) return undefined;
  return {
    protocol: 'scp',
    direction,
    needs: [direction],
    paths,
    recursive: flags.has('r'),
    intoDirectory: flags.has('d'),
    refused: undefined,
  };
}
