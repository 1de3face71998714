/** Where an act leaves copies of protected things on the target: under a new name they are still what they were. */
import type { AssetCopy } from '../model.ts';
import type { Bench } from './bench.ts';
import type { Invocation, Redirect, Word } from './model.ts';
import { touched } from './operands.ts';
import { componentsOf, reachOf, shapeOf } from './paths.ts';
import { literalWord } from './words.ts';

/** A file that a command writes. */
interface Write {
  readonly to: Word;
  /** What is written there; left out: whatever the act reads. */
  readonly from?: readonly Word[];
  readonly directories: readonly string[];
  /** A source lands in this directory under its own name, as in `cp a b dir/`. */
  readonly into?: true;
}

/** The files a command writes by its words and redirections. */
function writesOf(invocation: Invocation, tool: string): readonly Write[] {
  const { redirects, directories } = invocation;
  return [...redirects.flatMap((one) => redirectedTo(one, directories)), ...writtenBy(invocation, tool)];
}

function writtenBy(invocation: Invocation, tool: string): readonly Write[] {
  const { args, directories } = invocation;
  if (/^(cp|mv|ln|install|rsync|scp)$/.test(tool)) return copied(tool, args, directories);
  const operands = operandsPast(tool, args);
  if (tool === 'tee' || tool === 'sponge') return operands.map((to) => ({ to, directories }));
  if (tool === 'split' || tool === 'csplit') {
    const prefix = operands[1] ?? literalWord('x', operands[0]?.span ?? invocation.span);
    return [{ to: suffixed(prefix, '*'), directories }];
  }
  if (tool === 'zip' || tool === 'rar' || /^7z[ar]?$/.test(tool)) {
    const archive = operands.find(({ text }) => tool === 'zip' || text.length > 1);
    return archive === undefined ? [] : [{ to: archive, directories }];
  }
  const extension = COMPRESSED.get(tool);
  if (extension !== undefined) return compressed(operands, extension, directories);
  return [...outputs(args, directories), ...(tool.endsWith('tar') ? archives(args, directories) : [])];
}

/** Short options that take the next word, by tool. */
const TAKES_NEXT = new Map([
  ['install', /^-[a-zA-Z]*[mogS]$/],
  ['cp', /^-S$/],
  ['split', /^-[a-zA-Z]*[ablnC]$/],
  ['csplit', /^-[a-zA-Z]*[bfn]$/],
  ['rsync', /^-[a-zA-Z]*[efBM]$/],
]);

/** The words that are no options and no values of options. */
function operandsPast(tool: string, args: readonly Word[]): readonly Word[] {
  const takesNext = TAKES_NEXT.get(tool);
  return args.filter(({ text }, at) => !text.startsWith('-') && takesNext?.test(args[at - 1]?.text ?? '') !== true);
}

/** `> file`, `>> file`, `&> file`. */
function redirectedTo({ operator, word }: Redirect, directories: readonly string[]): readonly Write[] {
  if (!operator.includes('>') || /^(\d+|-)$/.test(word.text) || word.text.startsWith('/dev/')) return [];
  return [{ to: word, directories }];
}

const COMPRESSED = new Map([
  ['gzip', '.gz'],
  ['pigz', '.gz'],
  ['bzip2', '.bz2'],
  ['xz', '.xz'],
  ['lzma', '.lzma'],
  ['zstd', '.zst'],
  ['lz4', '.lz4'],
  ['compress', '.Z'],
]);

function compressed(operands: readonly Word[], extension: string, directories: readonly string[]): readonly Write[] {
  return operands.map((word) => ({ to: suffixed(word, extension), from: [word], directories }));
}

function suffixed(word: Word, suffix: string): Word {
  return { ...word, text: `${word.text}${suffix}` };
}

/** `cp a b dir`, `cp -t dir a b`. */
function copied(tool: string, args: readonly Word[], directories: readonly string[]): readonly Write[] {
  const option = args.findIndex(({ text }) => /^(-t|--target-directory)$/.test(text));
  const named = args[option + 1];
  const attached = args.find(({ text }) => text.startsWith('--target-directory='));
  const operands = operandsPast(tool, args);
  if (attached !== undefined) {
    const to = literalWord(attached.text.slice(attached.text.indexOf('=') + 1), attached.span);
    return [{ to, from: operands, directories, into: true }];
  }
  if (option !== -1 && named !== undefined) {
    return [{ to: named, from: operands.filter((word) => word !== named), directories, into: true }];
  }
  const to = operands.at(-1);
  const from = operands.slice(0, -1);
  if (to === undefined || from.length === 0) return [];
  const into = from.length > 1 || to.text.endsWith('/') || isDirectory(to.text);
  return [{ to, from, directories, ...(into ? { into } : {}) }];
}

/** A place where many things lie: what is copied there is not all of it. */
function isDirectory(path: string): boolean {
  return /^(\.{1,2}|\/|\/[\w.-]+|\/(home|mnt|media|var|usr|run)\/[\w.-]+|\/dev\/shm)(\/\.?)*$/.test(path);
}

const OUTPUT = /^(-o|-O|-out|--out|--output|--output-file|--result-file|--target-dir|--dump-file|--tab|-w|--outfile)$/;
const OUTPUT_ATTACHED =
  /^(?:of|--?(?:out|output|output-file|result-file|file|target-dir|tab|outfile|archive|to-path))=(.+)$/;

function outputs(args: readonly Word[], directories: readonly string[]): Write[] {
  return args.flatMap((word, at): Write[] => {
    const attached = OUTPUT_ATTACHED.exec(word.text)?.[1];
    if (attached !== undefined) return [{ to: { ...word, text: attached }, directories }];
    const next = args[at + 1];
    return OUTPUT.test(word.text) && next !== undefined ? [{ to: next, directories }] : [];
  });
}

/** `tar cf file`, `tar -czf file`. */
function archives(args: readonly Word[], directories: readonly string[]): Write[] {
  const at = args.findIndex(
    ({ text }, index) => /^-[a-zA-Z]*f$/.test(text) || (index === 0 && /^[a-zA-Z]*f$/.test(text)),
  );
  const to = at === -1 ? undefined : args[at + 1];
  return to === undefined || to.text === '-' ? [] : [{ to, directories }];
}

/**
 * The copies that the act leaves of the `touchedAssets`, in the order of the text. A path may end in a name with `*`
 * where the names are not known. A place that is not known (a variable, a relative path with no directory) is left out.
 */
export function copiesOf(touchedAssets: readonly string[], bench: Bench): readonly AssetCopy[] {
  const copies = new Map<string, AssetCopy>();
  if (touchedAssets.length === 0) return [];
  const writes = bench.judged.flatMap(([tool, invocation]) => writesOf(invocation, tool));
  for (const write of writes) {
    const { from, directories } = write;
    for (const source of from ?? [undefined]) {
      const path = destinationOf(write, source);
      const assets = source === undefined ? touchedAssets : assetsAt(source, directories, { bench, copies });
      if (path === undefined || bench.paths.some((asset) => isBelow(path, asset.components))) continue;
      for (const name of assets) {
        const asset = originOf(name, bench);
        copies.set(`${asset}\0${path}`, { asset, path });
      }
    }
  }
  return [...copies.values()];
}

interface Known {
  readonly bench: Bench;
  readonly copies: ReadonlyMap<string, AssetCopy>;
}

/** What a source holds: a protected thing, or a copy made earlier in the same text. */
function assetsAt(source: Word, directories: readonly string[], { bench, copies }: Known): readonly string[] {
  const named = touched(source, bench.paths, directories).map(({ asset }) => asset);
  const path = absolute(source, directories);
  const again = [...copies.values()].filter((copy) => path !== undefined && isBelow(path, componentsOf(copy.path)));
  return [...named, ...again.map(({ asset }) => asset)];
}

function originOf(name: string, { policy }: Bench): string {
  return policy.assets.find((asset) => asset.name === name)?.copyOf ?? name;
}

function isBelow(path: string, components: readonly string[]): boolean {
  return reachOf(shapeOf([{ kind: 'text', text: path, quoted: true }]), components, []) === 'at';
}

function destinationOf({ to, directories, into }: Write, source: Word | undefined): string | undefined {
  const path = absolute(to, directories);
  if (path === undefined || into !== true || source === undefined) return path;
  const name =
    source.text
      .replace(/\/+\.?$/, '')
      .split('/')
      .at(-1) ?? '';
  return `${path === '/' ? '' : path}/${source.exact && name !== '' ? name : globOf(name)}`;
}

function globOf(name: string): string {
  return name.includes('*') && /^[\w.*@%+=:,-]+$/.test(name) ? name : '*';
}

/** The plain absolute path of a word, where it is known. */
function absolute(word: Word, directories: readonly string[]): string | undefined {
  if (word.text.startsWith('~') || word.pieces.some((piece) => piece.kind === 'unknown')) return undefined;
  const base = word.text.startsWith('/') ? '' : directories.findLast((directory) => directory.startsWith('/'));
  return base === undefined ? undefined : `/${componentsOf(`${base}/${word.text}`).join('/')}`;
}
