/**
 * Whether a word can name a protected path, judged lexically: the gate never looks at the target's file system.
 *
 * `at`: the word is the path or lies below it. `maybe`: it is when an expansion yields the right name. `above`: it is a directory that contains the path, so a program that
 * descends reaches it. Symbolic links on the target are out of sight; see docs/gate.md.
 */
import type { Piece } from './model.ts';

export type Reach = 'at' | 'maybe' | 'above' | 'apart';

/** One component of a word read as a path. */
type Segment =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'glob'; readonly pattern: RegExp; readonly open: boolean }
  /** An expansion: whatever it yields, after `prefix`. */
  | { readonly kind: 'unknown'; readonly prefix: string };

/** A word read as a path. */
export interface Shape {
  readonly absolute: boolean;
  readonly segments: readonly Segment[];
}

/** Components of a protected path, e.g. `/srv/crm` → [srv, crm]. */
export function componentsOf(path: string): readonly string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return withoutParents(parts, (part) => part === '..');
}

/** How a word, read as one path, stands to `path`; relative words are tried from each of `directories` too. */
export function reachOf(shape: Shape, path: readonly string[], directories: readonly Shape[]): Reach {
  if (shape.absolute) return compare(shape.segments, path, 0);
  const reaches = directories
    .filter((base) => base.absolute)
    .map((base) => compare(joined(base.segments, shape.segments), path, 0));
  return nearest([...reaches, tailMatches(shape.segments, path)]);
}

const NEARNESS: readonly Reach[] = ['at', 'maybe', 'above', 'apart'];

/** The nearest of several readings of one word. */
export function nearest(reaches: readonly Reach[]): Reach {
  return NEARNESS.find((reach) => reaches.includes(reach)) ?? 'apart';
}

function joined(base: readonly Segment[], rest: readonly Segment[]): readonly Segment[] {
  return withoutParents([...base, ...rest], (segment) => segment.kind === 'name' && segment.name === '..');
}

/**
 * A relative word whose first components are the last ones of the protected path: `crm/data` can be /srv/crm/data when
 * somebody stands in /srv, and `../../srv/crm` when the root is two directories up. One bare component (`crm`) is too common a word to mean the directory.
 */
function tailMatches(segments: readonly Segment[], path: readonly string[]): Reach {
  const [first] = segments;
  const led = first?.kind === 'unknown' && first.prefix === '';
  const relative = led ? segments.slice(1) : segments;
  const [start] = relative;
  if (start === undefined || relative.length < (led ? 1 : 2)) return 'apart';
  if (start.kind === 'unknown' || (start.kind === 'glob' && start.open)) return 'apart';
  const reaches: Reach[] = [];
  // `../../srv/crm` is the whole path from the root; a path of one component would be any `./data`.
  for (let at = path.length > 1 ? 0 : 1; at < path.length; at += 1) {
    const reach = compare(relative, path.slice(at), 0);
    if (reach === 'at' || reach === 'maybe') reaches.push(reach);
  }
  return nearest(reaches);
}

function compare(segments: readonly Segment[], path: readonly string[], from: number): Reach {
  const expected = path[from];
  if (expected === undefined) return 'at';
  const segment = segments[from];
  if (segment === undefined) return 'above';
  if (segment.kind === 'name') return isName(segment.name, expected) ? compare(segments, path, from + 1) : 'apart';
  if (segment.kind === 'glob') {
    const meets = segment.pattern.test(expected) || expected.includes('*');
    return meets ? compare(segments, path, from + 1) : 'apart';
  }
  // An expansion at the end may be any number of components; in the middle it is read as one.
  if (!expected.startsWith(segment.prefix) && !segment.prefix.startsWith(expected)) return 'apart';
  if (from === segments.length - 1) return 'maybe';
  const rest = compare(segments, path, from + 1);
  return rest === 'at' ? 'maybe' : rest;
}

/** A protected name may hold `*`, where a copy was made under names nobody knew. */
function isName(name: string, expected: string): boolean {
  if (!expected.includes('*')) return name === expected;
  const parts = expected.split('*');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  return name.length >= first.length + last.length && name.startsWith(first) && name.endsWith(last);
}

const ESCAPE = /[.*+?^${}()|[\]\\]/g;

interface Draft {
  text: string;
  source: string;
  globs: number;
  unknown: boolean;
}

/** Splits the pieces of a word into path components; `.` and `name/..` disappear. */
export function shapeOf(pieces: readonly Piece[]): Shape {
  const drafts: Draft[] = [{ text: '', source: '', globs: 0, unknown: false }];
  for (const piece of pieces) {
    if (piece.kind === 'text') addText(drafts, piece.text);
    else addHole(drafts, piece.kind === 'unknown');
  }
  const [first] = drafts;
  const absolute = drafts.length > 1 && first?.source === '' && !first.unknown;
  const named = drafts.filter((draft) => draft.unknown || (draft.source !== '' && draft.text !== '.'));
  const isParent = (draft: Draft): boolean => draft.text === '..' && draft.globs === 0 && !draft.unknown;
  const segments = withoutParents(named, isParent).map(toSegment);
  return throughProc({
    absolute,
    segments: absolute || !isAnchored(drafts, isParent) ? segments : [ELSEWHERE, ...segments],
  });
}

/** A directory only the target knows. */
const ELSEWHERE: Segment = { kind: 'unknown', prefix: '' };

/** `./crm`, `../crm` and `crm/` are surely paths, of a directory only the target knows. */
function isAnchored(drafts: readonly Draft[], isParent: (draft: Draft) => boolean): boolean {
  const [first] = drafts;
  const last = drafts.at(-1);
  if (first === undefined || last === undefined || drafts.length < 2 || first.unknown) return false;
  return first.text === '.' || isParent(first) || (drafts.length === 2 && last.source === '' && !last.unknown);
}

function addText(drafts: Draft[], text: string): void {
  for (const [at, chunk] of text.split('/').entries()) {
    if (at > 0) drafts.push({ text: '', source: '', globs: 0, unknown: false });
    const last = drafts.at(-1);
    if (last === undefined || last.unknown) continue;
    if (last.globs === 0) last.text += chunk;
    last.source += chunk.replace(ESCAPE, '\\$&');
  }
}

function addHole(drafts: Draft[], unknown: boolean): void {
  const last = drafts.at(-1);
  if (last === undefined) return;
  last.source += '[^/]*';
  last.globs += 1;
  last.unknown ||= unknown;
}

function withoutParents<Part>(parts: readonly Part[], isParent: (part: Part) => boolean): Part[] {
  const kept: Part[] = [];
  for (const part of parts) {
    if (isParent(part)) kept.pop();
    else kept.push(part);
  }
  return kept;
}

function toSegment(draft: Draft): Segment {
  if (draft.unknown) return { kind: 'unknown', prefix: draft.text };
  if (draft.globs === 0) return { kind: 'name', name: draft.text };
  return { kind: 'glob', pattern: new RegExp(`^${draft.source}$`), open: draft.source === '[^/]*' };
}

/** `/proc/PID/root/srv/crm` is `/srv/crm`, and `/proc/PID/cwd/x` is `x`. */
function throughProc(shape: Shape): Shape {
  const [proc, , link, ...rest] = shape.segments;
  if (!shape.absolute || proc?.kind !== 'name' || proc.name !== 'proc' || link?.kind !== 'name') return shape;
  if (link.name === 'root') return { absolute: true, segments: rest };
  return link.name === 'cwd' ? { absolute: false, segments: rest } : shape;
}
