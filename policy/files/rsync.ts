/** The server's side of rsync: `rsync --server [--sender] OPTIONS . PATH…` (rsync(1), server_options in options.c). */
import type { Word } from '../command/model.ts';
import type { Transfer, TransferDirection } from './model.ts';

/** The letters a client bundles; `e.` and what follows in the same word are its abilities, no program. */
const BUNDLE = /^-[acdghilmnopqrtuvxzADEHIJKLOPRSUWX0-9BCNy]*(e\d*\.[A-Za-z]*)?$/;

/** Long options without a value that a client hands to its server. */
const PLAIN = new Set(
  `sender append append-verify checksum delay-updates delete delete-after delete-before delete-delay delete-during
   delete-excluded delete-missing-args existing fake-super force force-change from0 fuzzy ignore-errors ignore-existing
   ignore-missing-args inplace list-only log-format munge-links new-compress no-i-r no-implied-dirs no-inc-recursive
   no-r no-relative no-W no-whole-file numeric-ids old-compress omit-dir-times omit-link-times one-file-system open-noatime
   partial prealloc preallocate remove-sent-files remove-source-files safe-links size-only specials stats super
   sparse update use-qsort whole-file copy-links copy-dirlinks copy-unsafe-links keep-dirlinks no-specials no-devices
   mkpath trust-sender`.split(/\s+/),
);

/** Long options whose value is a number, a name of an algorithm, or a pattern of who owns what. */
const VALUED = new Set(
  `block-size bwlimit checksum-choice checksum-seed compress-choice compress-level chmod chown debug groupmap info
   log-format max-alloc max-delete max-size min-size modify-window only-write-batch out-format skip-compress stop-after
   stop-at suffix timeout usermap zc zl protocol`.split(/\s+/),
);

/** Long options whose value is a path the server reads from or writes to. */
const PATHS = new Set(['backup-dir', 'compare-dest', 'copy-dest', 'link-dest', 'partial-dir', 'temp-dir']);

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
  if (dot?.text !== '.' || operands.length === 0) options.refused ??= 'rsync --server';
  const { flags } = options;
  const direction: TransferDirection = flags.has('sender') ? 'download' : 'upload';
  const removes = flags.has('remove-source-files') || flags.has('remove-sent-files');
  return {
    protocol: 'rsync',
    direction,
    needs: direction === 'download' && removes ? ['download', 'upload'] : [direction],
    paths: [...operands, ...options.paths],
    recursive: true,
    intoDirectory: true,
    refused: options.refused,
  };
}

/** @returns how many words it took. What is not known here is refused: an option may name a program, a log or a list. */
function readOption(args: readonly Word[], at: number, options: Options): number {
  const word = args[at];
  if (word === undefined) return 1;
  const { text, exact } = word;
  const [, name = '', value] = /^--([\w-]+)(?:=(.*))?$/s.exec(text) ?? [];
  if (PATHS.has(name)) {
    options.paths.push(...(value === undefined ? args.slice(at + 1, at + 2) : [valueOf(word, value)]));
    return value === undefined ? 2 : 1;
  }
  if (value === undefined && PLAIN.has(name)) options.flags.add(name);
  else if (!exact || !isHarmless(name, text)) {
    options.refused ??= `rsync ${name === '' ? text : `--${name}`}`;
  }
  return 1;
}

function isHarmless(name: string, text: string): boolean {
  return name === '' ? BUNDLE.test(text) : VALUED.has(name);
}

function valueOf(word: Word, text: string): Word {
  return { ...word, text, pieces: [{ kind: 'text', text, quoted: true }] };
}
