/** Findings about protected paths: among the words of a command, in its redirections and in words outside commands. */
import type { Bench } from './bench.ts';
import { startupFindings } from './control.ts';
import { asked, denied, ticketed, touching } from './found.ts';
import type { Found, Invocation, Span, Word } from './model.ts';
import { type Touch, touched } from './operands.ts';
import { SHELLS } from './rules/interpreters.ts';
import { METADATA_ONLY, SHOWING } from './rules/ordinary.ts';

/** Programs that descend into a directory: for them a parent of a protected path is as good as the path. */
const DESCENDS = new Set(
  `tar gtar bsdtar cpio pax zip 7z 7za 7zr rar cp mv rsync scp sftp rg ag ack ln rclone restic borg duplicity genisoimage
   mkisofs mount`.split(/\s+/),
);

/** What the words of `tool` touch. */
export function pathFindings(invocation: Invocation, bench: Bench, tool: string): Found[] {
  if (METADATA_ONLY.has(tool) && isOnlyShown(invocation, tool)) return [];
  const { args, input, span, name } = invocation;
  const searches = tool === 'find' && feedsAnother(invocation);
  const descends = descendsInto(tool, args) || searches;
  const texts = input.kind === 'text' ? [...args, input.word] : args;
  const touches = texts.flatMap((word) => touched(word, bench.paths, invocation.directories));
  const surely = touches.filter(({ reach }) => reach === 'at' || (reach === 'above' && descends && !searches));
  const assets = surely.map(({ asset }) => asset);
  if (DESCENDS.has(tool)) assets.push(...namedBare(args, bench));
  if (assets.length > 0) {
    // From inside it, any relative word of a later line would be a protected path without saying so.
    const enters = tool === 'cd' || tool === 'pushd';
    const found = enters
      ? denied('gate.enters-protected', 'shell_control', span, name.text)
      : ticketed('gate.protected-path', 'bulk_read', span, name.text);
    return [touching(found, assets)];
  }
  const perhaps = touches.filter(({ reach }) => reach === 'maybe' || (reach === 'above' && descends));
  const found = perhapsTouching(perhaps, [span, name.text]);
  return [
    ...(found === undefined ? [] : [found]),
    ...(descends && bench.paths.length > 0 ? fromNowhere(invocation, bench, tool) : []),
  ];
}

/** Where it begins is not known: `.` may be any directory above a protected path, and `../..` the root. */
function fromNowhere({ args, directories, span, name }: Invocation, { policy }: Bench, tool: string): Found[] {
  const isPlaced = (policy.cwd ?? '') !== '' || directories.length > 0;
  if (isPlaced || !sourcesOf(tool, args).some(isSomewhere)) return [];
  return [asked('gate.unknown-directory', 'bulk_read', span, name.text)];
}

/** What an expansion or a filter may yield: nobody can say before it runs, so somebody is asked. */
function perhapsTouching(touches: readonly Touch[], [span, subject]: readonly [Span, string]): Found | undefined {
  if (touches.length === 0) return undefined;
  return touching(
    asked('gate.perhaps-protected', 'bulk_read', span, subject),
    touches.map(({ asset }) => asset),
  );
}

/** `cp a b .` reads a and b, and only writes where the last word leads. */
function sourcesOf(tool: string, args: readonly Word[]): readonly Word[] {
  return /^(cp|mv|ln|rsync|scp)$/.test(tool) ? args.slice(0, -1) : args;
}

/** A directory by where one stands: `.`, `..`, `../..`, `~`. */
function isSomewhere({ text }: Word): boolean {
  return /^(~[\w.-]*|\.{1,2})(\/+\.{0,2})*$/.test(text);
}

function descendsInto(tool: string, args: readonly Word[]): boolean {
  // A mount shows what lies below a directory under another name only when it binds it there: not `remount,ro /`.
  if (tool === 'mount' && !args.some((word) => /^(-[BRM]|--(r?bind|move))$|\bbind\b/.test(word.text))) return false;
  if (DESCENDS.has(tool)) return true;
  return (
    /^([efbz]?grep|diff|cat)$/.test(tool) &&
    args.some((word) => /^(-[a-zA-Z]*[rR]|--recursive|--dereference-recursive)/.test(word.text))
  );
}

/** `tar c crm`: the directory by its last name, which only a program that takes directories would mean. */
function namedBare(args: readonly Word[], bench: Bench): string[] {
  const names = new Set(args.map((word) => word.text));
  return bench.paths.filter(({ components }) => names.has(components.at(-1) ?? '')).map(({ name }) => name);
}

/** Names of protected files on the screen are no content; the same names handed to another program are. */
function isOnlyShown({ output, downstream, args }: Invocation, tool: string): boolean {
  if (tool === 'find' && args.some((word) => /^-(files0-from|fprint\w*|fls)$/.test(word.text))) return false;
  if (tool === 'file' && args.some((word) => /^(-[a-zA-Z]*[fm]|--files-from)/.test(word.text))) return false;
  return output === 'shown' || (output === 'piped' && downstream.every(isHarmlessAfter));
}

/** `find / -name x | xargs cat` hands what it finds below its roots to a reader. */
function feedsAnother({ output, downstream }: Invocation): boolean {
  return output === 'captured' || downstream.some((name) => !isHarmlessAfter(name));
}

/** `| cat` shows names; `| xargs cat` reads what they name. */
function isHarmlessAfter(name: string): boolean {
  const [feeder = '', program] = name.split(' ');
  return program === undefined ? SHOWING.has(feeder) || METADATA_ONLY.has(feeder) : METADATA_ONLY.has(program);
}

/** What the redirections of a command open. Writing into a protected path is no export; reading from it is. */
export function redirectFindings({ name, redirects, directories }: Invocation, bench: Bench): Found[] {
  const isShell = SHELLS.has(name.text.replace(/^.*\//, ''));
  return redirects.flatMap(({ word, operator, span }): Found[] => {
    if (operator.startsWith('<<')) return [];
    // A shell on a socket takes its lines from another host: no ticket about its name says what they will be.
    if (isShell && isSocket(word, operator)) return [denied('control.remote-shell', 'shell_control', span, word.text)];
    if (isSocket(word, operator)) return [ticketed('send.dev-tcp', 'offhost', span, word.text)];
    if (operator.includes('>') && operator !== '<>') return startupFindings(word, span);
    return namedBy(word, bench, directories, span);
  });
}

/** `/dev/tcp/HOST/PORT` of bash; a file opened both ways whose name nobody knows may be one. */
function isSocket({ text, exact }: Word, operator: string): boolean {
  return /^\/+dev\/+(tcp|udp)\//.test(text) || (operator === '<>' && !exact);
}

function namedBy(word: Word, bench: Bench, directories: readonly string[], span: Span): Found[] {
  const touches = touched(word, bench.paths, directories);
  const assets = touches.filter(({ reach }) => reach === 'at').map(({ asset }) => asset);
  if (assets.length > 0) return [touching(ticketed('gate.protected-path', 'bulk_read', span, word.text), assets)];
  const perhaps = perhapsTouching(
    touches.filter(({ reach }) => reach === 'maybe'),
    [span, word.text],
  );
  return perhaps === undefined ? [] : [perhaps];
}

/** Words outside commands: of `for`, `case` and assignments. `p=/srv/crm` now is `cat $p/x` later. */
export function looseFindings(words: readonly Word[], bench: Bench, directories: readonly string[]): Found[] {
  return words.flatMap((word) => namedBy(word, bench, directories, word.span));
}
