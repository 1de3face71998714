/** Finds protected paths inside words: as the word, behind an option, a scheme or a colon, or inside code. */
import type { ProtectedAsset } from '../model.ts';
import type { Piece, Word } from './model.ts';
import { componentsOf, nearest, type Reach, reachOf, shapeOf } from './paths.ts';
import { wordOf } from './words.ts';

export interface PathAsset {
  readonly name: string;
  readonly components: readonly string[];
}

/** What was split of lists that never change, so that a policy is split once and not for every line of a session. */
const SPLIT = new WeakMap<readonly ProtectedAsset[], readonly PathAsset[]>();

/** The path assets of a policy. */
export function pathAssets(assets: readonly ProtectedAsset[]): readonly PathAsset[] {
  const known = SPLIT.get(assets) ?? splitPaths(assets);
  SPLIT.set(assets, known);
  return known;
}

function splitPaths(assets: readonly ProtectedAsset[]): readonly PathAsset[] {
  return assets.flatMap((asset) => {
    const components = componentsOf(asset.name);
    return asset.kind === 'path' && components.length > 0 ? [{ name: asset.name, components }] : [];
  });
}

/** What a word touches. Its parts behind `=`, `:`, `@`, a short option and inside quoted code are tried too. */
export function touched(word: Word, assets: readonly PathAsset[], directories: readonly string[]): readonly Touch[] {
  // Most words are no path at all: without a slash only an expansion or a known directory could make one.
  if (assets.length === 0 || (directories.length === 0 && !mayTouch(word, assets))) return [];
  const shapes = [word, ...fragmentsOf(word)].map(({ pieces }) => shapeOf(pieces));
  const bases = directories.map((directory) => shapeOf([{ kind: 'text', text: directory, quoted: true }]));
  return assets.flatMap((asset): Touch[] => {
    const reaches = shapes.map((shape) => reachOf(shape, asset.components, bases));
    const reach = nearest(reaches);
    return reach === 'apart' ? [] : [{ asset: asset.name, reach }];
  });
}

/**
 * A plain word that holds no name of any protected path reaches none, whatever is cut out of it: what is left are the
 * root of the tree, `..`, and the links of `/proc` to either.
 */
function mayTouch({ text, exact }: Word, assets: readonly PathAsset[]): boolean {
  if (!text.includes('/')) return false;
  if (!exact || ROOT.test(text) || text.includes('..') || text.includes('/proc')) return true;
  return assets.some(({ components }) => components.some((name) => name.includes('*') || text.includes(name)));
}

export interface Touch {
  readonly asset: string;
  readonly reach: Exclude<Reach, 'apart'>;
}

/** A slash that ends a part of a word, or stands before `.` at its end. */
const ROOT = /\/\.?(?:$|[\s=:@,"'`()<>;|&[\]{}\\+])/;
const SEPARATORS = /[\s=:@,"'`()<>;|&[\]{}\\+]+/;
const FRAGMENTS_MAX = 2_000;

function fragmentsOf(word: Word): Word[] {
  const groups: Piece[][] = [[]];
  for (const piece of word.pieces) {
    if (piece.kind !== 'text') {
      groups.at(-1)?.push(piece);
      continue;
    }
    for (const [at, text] of piece.text.split(SEPARATORS, FRAGMENTS_MAX).entries()) {
      if (at > 0) groups.push([]);
      groups.at(-1)?.push({ ...piece, text });
    }
  }
  const fragments = groups.length === 1 ? [] : groups.map((group) => wordOf(group, word.span));
  return [...fragments, ...attached(word)].filter((fragment) => fragment.text.includes('/'));
}

/** `-f/srv/x`: the value behind a short option. */
function attached(word: Word): Word[] {
  const [first, ...rest] = word.pieces;
  if (first?.kind !== 'text' || !first.text.startsWith('-')) return [];
  const slash = first.text.indexOf('/');
  return slash < 1 ? [] : [wordOf([{ ...first, text: first.text.slice(slash) }, ...rest], word.span)];
}
