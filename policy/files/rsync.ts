/** The server's side of rsync: `rsync --server [--sender] OPTIONS . PATH…` (rsync(1), server_options in options.c). */
import type { Word } from '../command/model.ts';
import type { Transfer, TransferDirection } from './model.ts';

/** The letters a client bundles; `e.` and what follows in the same word are its abilities, no program. */
const BUNDLE = /^-([acdghilmnopqrtuvxzADEHIJKLOPRSUWX0-9CNy]*)(?:e\d*\.[A-Za-z]*)?$/;

/** Long options without a value that a client hands to its server. */
const PLAIN = new Set(
  `sender append append-verify checksum delay-updates delete delete-after delete-before delete-delay delete-during
   delete-excluded delete-missing-args existing fake-super force force-change from0 fuzzy ignore-errors ignore-existing
   ignore-missing-args inplace list-only munge-links new-compress no-i-r no-implied-dirs no-inc-recursive
   no-r no-relative no-W no-whole-file numeric-ids old-compress omit-dir-times omit-link-times one-file-system open-noatime
   partial prealloc preallocate remove-sent-files remove-source-files safe-links size-only specials stats super
   sparse update use-qsort whole-file copy-links copy-dirlinks copy-unsafe-links keep-dirlinks no-specials no-devices
   mkpath trust-sender`.split(/\s+/),
);

/**
 * Long options whose value is a number, a name of an algorithm, or a pattern of who owns what, and stands in the same
 * word. No block size: with blocks of one byte the checksums of an upload tell what the old file holds.
 */
const VALUED = new Set(
  `bwlimit checksum-choice checksum-seed compress-choice compress-level chmod chown debug groupmap info
   log-format max-alloc max-delete max-size min-size modify-window only-write-batch out-format skip-compress stop-after
   stop-at suffix timeout usermap zc zl protocol`.split(/\s+/),
);

/** Long options whose value is a path the server reads from or writes to. */
const PATHS = new Set(['backup-dir', 'compare-dest', 'copy-dest', 'link-dest', 'partial-dir', 'temp-dir']);

/** By these a download brings what links inside a directory lead to. */
const FOLLOWING = ['L', 'copy-links', 'copy-unsafe-links', 'k', 'copy-dirlinks'];

/** By these an upload can leave what is in the directory already under another name: moved, copied as a base, linked. */
const FREEING = ['backup-dir', 'fuzzy', 'y', 'H'];

interface Options {
  readonly flags: Set<string>;
  readonly paths: Word[];
  refused: string | undefined;
}

export function readRsync(args: readonly Word[]): Transfer | undefined {
  if (args[0]?.text !== '--server') return undefined;
  const options: Options = { flags: new Set(), paths: [], refused: undefined };
  let at = 1;
  while (at < args.length && args[at]?.text.startsWith('-') === true) at += readOption(args, at, options);
  const [dot, ...operands] = args.slice(at);
  const { flags } = options;
  const has = (...names: readonly string[]): boolean => names.some((name) => flags.has(name));
  const direction: TransferDirection = has('sender') ? 'download' : 'upload';
  const removes = has('remove-source-files', 'remove-sent-files');
  return {
    protocol: 'rsync',
    direction,
    needs: direction === 'download' && removes ? ['download', 'upload'] : [direction],
    paths: [...operands, ...options.paths],
    recursive: true,
    intoDirectory: true,
    followsLinks: direction === 'download' && has(...FOLLOWING),
    frees: direction === 'upload' && has(...FREEING),
    makesLinks: direction === 'upload' && has('l', 'a'),
    refused: options.refused ?? oddOperand(dot, operands),
  };
}

function oddOperand(dot: Word | undefined, operands: readonly Word[]): string | undefined {
  if (dot?.text !== '.' || operands.length === 0) return 'rsync --server';
  const odd = operands.find(mayBeOption);
  return odd && `rsync ${odd.text}`;
}

/**
 * Whether rsync would read it as an option: it takes options behind its paths too, and `--sender` or `--daemon` there
 * would make it another program than the one that was judged. A leading wildcard stands for names that begin so.
 */
function mayBeOption({ text, pieces }: Word): boolean {
  return text.startsWith('-') || pieces[0]?.kind === 'glob';
}

/** @returns how many words it took. What is not known here is refused: an option may name a program, a log or a list. */
function readOption(args: readonly Word[], at: number, options: Options): number {
  const word = args[at];
  if (word === undefined) return 1;
  const { text, exact } = word;
  const [, name = '', value] = /^--([\w-]+)(?:=(.*))?$/s.exec(text) ?? [];
  if (PATHS.has(name)) return readPath(args, at, { name, value }, options);
  // A value in the next word would be a word that was read here as an option of its own.
  const isKnown = value === undefined ? PLAIN.has(name) : exact && VALUED.has(name);
  const letters = name === '' && exact ? BUNDLE.exec(text)?.[1] : undefined;
  if (isKnown) options.flags.add(name);
  else if (letters === undefined) options.refused ??= `rsync ${text.replace(/=.*/s, '')}`;
  for (const letter of letters ?? '') options.flags.add(letter);
  return 1;
}

function readPath(
  args: readonly Word[],
  at: number,
  { name, value }: { name: string; value: string | undefined },
  options: Options,
): number {
  const word = args[value === undefined ? at + 1 : at];
  // A wildcard alone in the next word may stand for many words.
  if (word === undefined || (value === undefined && !word.exact)) options.refused ??= `rsync --${name}`;
  options.flags.add(name);
  if (word !== undefined) options.paths.push(value === undefined ? word : valueOf(word, value));
  return value === undefined ? 2 : 1;
}

function valueOf(word: Word, text: string): Word {
  return { ...word, text, pieces: [{ kind: 'text', text, quoted: true }] };
}
