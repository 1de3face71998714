/** Whether a path a file protocol names is a protected one. */
import type { Judgement, ProtectedAsset, TargetPolicy } from '../model.ts';
import { digestOfForm } from '../digest.ts';
import { guards } from '../verdict.ts';
import type { Word } from '../command/model.ts';
import type { FileProtocol, Transfer } from './model.ts';
import { startsSomething } from './startup.ts';

/** `at`: the path or something below it. `above`: a directory that holds it. */
export type PathReach = 'at' | 'above' | 'apart';

/** How an absolute path without links, `.` and `..` stands to a protected one. */
export function reachOfPath(path: string, asset: string): PathReach {
  const wanted = partsOf(path);
  const guarded = partsOf(asset);
  const shorter = Math.min(wanted.length, guarded.length);
  if (!guarded.slice(0, shorter).every((name, at) => isName(wanted[at] ?? '', name))) return 'apart';
  return wanted.length >= guarded.length ? 'at' : 'above';
}

/**
 * The same for a path as a command names it, without looking at the target. A relative one may begin in any directory,
 * so it counts when any tail of the protected path could be meant.
 */
function reachOfWords(path: string, asset: string): PathReach {
  if (path.startsWith('/')) return reachOfPath(path, asset);
  const tails = partsOf(asset).map((_, at, parts) => `/${parts.slice(at).join('/')}`);
  const reaches = tails.map((tail) => reachOfPath(`/${path}`, tail));
  if (reaches.includes('at')) return 'at';
  return reaches.includes('above') ? 'above' : 'apart';
}

/** A protected name may hold `*`, where a copy was made under names nobody knew. */
function isName(name: string, expected: string): boolean {
  if (!expected.includes('*')) return name === expected;
  const parts = expected.split('*');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  return name.length >= first.length + last.length && name.startsWith(first) && name.endsWith(last);
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}

/** The protected paths of a target, when they are guarded at all. */
export function guardedPaths(policy: TargetPolicy): readonly string[] {
  if (!guards(policy)) return [];
  return policy.assets.filter(({ kind }) => kind === 'path').map(({ name }) => name);
}

/** A word nobody can place without the target: completed by it, led by `~`, climbing, or through /proc. */
function isUnclear({ exact, text }: Word): boolean {
  return !exact || /^~|(^|\/)\.\.(\/|$)|^\/+(proc|dev)(\/|$)/.test(text);
}

/**
 * Judges the server's side of scp, rsync or git before it runs. `unclear` names the first path that cannot be placed;
 * the answer is then no, because links and wildcards are the target's to resolve.
 */
export function judgeTransfer(
  transfer: Transfer,
  policy: TargetPolicy,
): { readonly judgement: Judgement; readonly unclear: string | undefined } {
  const { protocol, direction, paths, recursive, makesLinks, refused } = transfer;
  const names = paths.map(({ text }) => text);
  const assets = guardedPaths(policy);
  const unclear = assets.length === 0 ? undefined : paths.find(isUnclear)?.text;
  const act = { protocol, verb: direction === 'download' ? 'get' : 'put', names } as const;
  const odd = refused ?? startsSomething(transfer, policy);
  if (odd !== undefined) return { judgement: denial(act, odd), unclear: undefined };
  if (unclear !== undefined) return { judgement: denial(act, unclear), unclear };
  // A link is read through later, by a name that nobody could place here.
  if (makesLinks && assets.length > 0) return { judgement: denial(act, `${protocol} --links`), unclear: undefined };
  const read = readBy(transfer);
  const touched = assets.filter((asset) =>
    read.some(({ text }) => {
      const reach = reachOfWords(text, asset);
      return reach === 'at' || (reach === 'above' && recursive);
    }),
  );
  if (touched.length === 0 && transfer.followsLinks && assets.length > 0) {
    return { judgement: denial(act, `${protocol} -L`), unclear: undefined };
  }
  return { judgement: judgementOf(act, touched), unclear };
}

/** The paths whose contents it reads, or leaves where they can be read. */
export function readBy({ direction, frees, paths }: Transfer): readonly Word[] {
  return direction === 'download' || frees ? paths : paths.slice(1);
}

/** Judges it by where the target says that its paths lead. `names`: as the target resolves them. */
export function judgeResolved(
  { protocol, direction }: Transfer,
  names: readonly string[],
  assets: readonly ProtectedAsset['name'][],
): Judgement {
  return judgementOf({ protocol, verb: direction === 'download' ? 'get' : 'put', names }, assets);
}

/** What no grant and no ticket opens: the target does not say where `path` leads. */
export function denyUnclear({ protocol, direction, paths }: Transfer, path: string): Judgement {
  const names = paths.map(({ text }) => text);
  return denial({ protocol, verb: direction === 'download' ? 'get' : 'put', names }, path);
}

/** Judges one act of the sftp subsystem on `path`, which touches these protected assets. */
export function judgeFileAct(
  act: { readonly verb: string; readonly path: string },
  assets: readonly ProtectedAsset['name'][],
): Judgement {
  return judgementOf({ protocol: 'sftp', verb: act.verb, names: [act.path] }, assets);
}

/** An act of the sftp subsystem that no ticket opens. */
export function denyFileAct(act: { readonly verb: string; readonly path: string }): Judgement {
  return denial({ protocol: 'sftp', verb: act.verb, names: [act.path] }, act.path);
}

interface Act {
  readonly protocol: FileProtocol;
  readonly verb: string;
  readonly names: readonly string[];
}

function judgementOf({ protocol, verb, names }: Act, assets: readonly string[]): Judgement {
  const words = [protocol, verb, ...names];
  const subject = words.join(' ');
  const found = {
    rule: 'files.protected-path',
    class: 'bulk_read',
    span: [0, subject.length],
    subject,
    assets,
  } as const;
  return {
    verdict: assets.length === 0 ? 'allow' : 'needs_ticket',
    findings: assets.length === 0 ? [] : [found],
    commands: [words],
    objects: [...assets],
    copies: [],
    digest: digestOfForm('files', words),
  };
}

function denial({ protocol, verb, names }: Act, subject: string): Judgement {
  const words = [protocol, verb, ...names];
  return {
    verdict: 'deny',
    findings: [{ rule: 'files.refused', class: 'channel', span: [0, subject.length], subject, assets: [] }],
    commands: [words],
    objects: [],
    copies: [],
    digest: digestOfForm('files', words),
  };
}
