/**
 * Whether a word can name a protected path, judged lexically: the gate never looks at the target's file system.
 *
 * `at`: the word is the path or lies below it. `above`: it is a directory that contains the path, so a program that
 * descends reaches it. Symbolic links on the target are out of sight; see docs/gate.md.
 */
import type { Piece, Word } from './model.ts';

export type Reach = 'at' | 'above' | 'apart';

interface Segment {
  /** A regular expression source for one path component, or undefined when it may be several (an expansion). */
  readonly pattern: RegExp | undefined;
  readonly prefix: string;
}

interface Shape {
  readonly absolute: boolean;
  readonly segments: readonly Segment[];
}

/** Components of a protected path, e.g. `/srv/crm` → [srv, crm]. */
export function componentsOf(path: string): readonly string[] {
  return normalise(path.split('/')).filter((part) => part !== '');
}

/** How the whole word, read as one path, stands to `path`; relative words are tried from each of `directories`. */
export function reachOf(word: Word, path: readonly string[], directories: readonly string[]): Reach {
  const shape = shapeOf(word.pieces);
  if (shape.absolute) return compare(shape.segments, path, 0);
  const bases = directories.map((directory) => shapeOf([{ kind: 'text', text: directory, quoted: true }]));
  const reaches = bases.map((base) =>
    base.absolute ? compare([...base.segments, ...shape.segments], path, 0) : 'apart',
  );
  if (reaches.includes('at') || tailMatches(shape.segments, path)) return 'at';
  return reaches.includes('above') ? 'above' : 'apart';
}

/**
 * A relative word whose first components are the last ones of the protected path: `crm/data` can be /srv/crm/data when
 * somebody stands in /srv. One bare component (`crm`) is too common a word to mean the directory.
 */
function tailMatches(segments: readonly Segment[], path: readonly string[]): boolean {
  const [first] = segments;
  const relative =
    first !== undefined && first.pattern === undefined && first.prefix === '' ? segments.slice(1) : segments;
  if (relative.length < 2 && !(relative.length === 1 && relative !== segments)) return false;
  if (relative[0]?.pattern === undefined || isOpen(relative[0].pattern)) return false;
  for (let start = 1; start < path.length; start += 1) {
    if (compare(relative, path.slice(start), 0) === 'at') return true;
  }
  return false;
}

function isOpen(pattern: RegExp): boolean {
  return pattern.source === '^[^/]*$';
}

function compare(segments: readonly Segment[], path: readonly string[], from: number): Reach {
  const expected = path[from];
  if (expected === undefined) return 'at';
  const [segment, ...rest] = segments;
  if (segment === undefined) return 'above';
  if (segment.pattern !== undefined) return segment.pattern.test(expected) ? compare(rest, path, from + 1) : 'apart';
  // An expansion at the end may be any number of components; in the middle it is read as one.
  if (!expected.startsWith(segment.prefix) && !segment.prefix.startsWith(expected)) return 'apart';
  return rest.length === 0 ? 'at' : compare(rest, path, from + 1);
}

const ESCAPE = /[.*+?^${}()|[\]\\]/g;

function shapeOf(pieces: readonly Piece[]): Shape {
  const parts: { source: string; prefix: string; open: boolean }[] = [{ source: '', prefix: '', open: false }];
  for (const piece of pieces) {
    const last = parts.at(-1);
    if (last === undefined) break;
    if (piece.kind === 'glob') last.source += '[^/]*';
    else if (piece.kind === 'unknown') last.open = true;
    else addText(parts, piece.text);
  }
  const absolute = parts.length > 1 && parts[0]?.source === '' && !parts[0].open;
  const named = parts.filter((part) => part.open || (part.source !== '' && part.source !== '\\.'));
  return throughProc({ absolute, segments: withoutParents(named).map(toSegment) });
}

function addText(parts: { source: string; prefix: string; open: boolean }[], text: string): void {
  for (const [at, chunk] of text.split('/').entries()) {
    if (at > 0) parts.push({ source: '', prefix: '', open: false });
    const last = parts.at(-1);
    if (last === undefined) return;
    if (last.source === last.prefix.replace(ESCAPE, '\\$&') && !last.open) last.prefix += chunk;
    last.source += chunk.replace(ESCAPE, '\\$&');
  }
}

function withoutParents<Part extends { source: string; open: boolean }>(parts: readonly Part[]): Part[] {
  const kept: Part[] = [];
  for (const part of parts) {
    if (part.source === '\\.\\.' && !part.open) kept.pop();
    else kept.push(part);
  }
  return kept;
}

function toSegment(part: { source: string; prefix: string; open: boolean }): Segment {
  if (part.open) return { pattern: undefined, prefix: part.prefix };
  return { pattern: new RegExp(`^${part.source}$`), prefix: part.prefix };
}

/** `/proc/PID/root/srv/crm` is `/srv/crm`, and `/proc/PID/cwd/x` is `x`. */
function throughProc(shape: Shape): Shape {
  const [proc, , link, ...rest] = shape.segments;
  if (!shape.absolute || proc?.prefix !== 'proc') return shape;
  if (link?.prefix === 'root') return { absolute: true, segments: rest };
  return link?.prefix === 'cwd' ? { absolute: false, segments: rest } : shape;
}

function normalise(parts: readonly string[]): string[] {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === '..') kept.pop();
    else if (part !== '' && part !== '.') kept.push(part);
  }
  return kept;
}
