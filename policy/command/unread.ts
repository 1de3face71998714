/** Texts that cannot be read, or that look like something they are not. */
import { LIMITS } from '../../foundation/index.ts';
import type { TargetMode } from '../model.ts';
import type { Bench } from './bench.ts';
import { asked, denied, isOutward, touching } from './found.ts';
import type { Found } from './model.ts';
import type { Unreadable } from './walk.ts';

/** Control characters but tab and line break: what they would do in a terminal is not what they look like here. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]|[\ud800-\udbff](?![\udc00-\udfff])/u;
/** They turn or hide what stands beside them: a person who approves would read another line than the shell. */
const INVISIBLE =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164\ufeff\uffa0\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/;

/**
 * Why a text is not judged at all, if it is not. Bytes that are no UTF-8 arrive as U+FFFD, and two texts that differ in
 * them would be one act; so a line in Shift_JIS or EUC-JP is refused as a whole and never split at the backslash that
 * may be the second byte of its characters.
 */
export function obstacleOf(text: string): Found | undefined {
  const rule = ruleAbout(text);
  return rule === undefined ? undefined : denied(rule, 'unreadable', [0, text.length], text.slice(0, SHOWN_MAX));
}

const SHOWN_MAX = 80;
/** Most lines: nothing below can stand in them, and each character is one byte. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

function ruleAbout(text: string): string | undefined {
  if (text.length <= LIMITS.commandBytesMax && PLAIN.test(text)) return undefined;
  if (text.length > LIMITS.commandBytesMax || Buffer.byteLength(text, 'utf8') > LIMITS.commandBytesMax)
    return 'gate.too-long';
  if (CONTROLS.test(text)) return 'gate.control-characters';
  if (text.includes('\ufffd')) return 'gate.not-utf8';
  if (INVISIBLE.test(text)) return 'gate.invisible-characters';
  return undefined;
}

/**
 * A backslash at the end joins the next line to this one: `w\\` and `get …` are `wget …`, judged as neither. Where each
 * text is a process of its own there is no next line.
 */
export function unfinished(text: string, mode: TargetMode): Found[] {
  let backslashes = 0;
  while (text.charAt(text.length - 1 - backslashes) === '\\') backslashes += 1;
  if (backslashes % 2 === 0) return [];
  const found = mode === 'exec-only' || mode === 'guarded-line' ? asked : denied;
  return [found('gate.unfinished', 'unreadable', [text.length - 1, text.length], text.slice(-SHOWN_MAX))];
}

/** Letters of other scripts that look like Latin ones, beside Latin ones in one word: `сat` with a Cyrillic letter. */
const MIXED =
  /[A-Za-z][\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]|[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}][A-Za-z]/u;
const ASCII = /^[\u0000-\u007f]*$/;

/** Words that look like others. Japanese beside Latin letters is ordinary writing and stays so. */
export function mixedScripts(text: string): Found[] {
  if (ASCII.test(text)) return [];
  const match = MIXED.exec(text);
  if (match === null) return [];
  return [asked('gate.mixed-scripts', 'unreadable', [match.index, match.index + match[0].length], match[0])];
}

interface Context {
  readonly text: string;
  /** What was found in the parts that could be read. */
  readonly found: readonly Found[];
  readonly bench: Bench;
}

const RULE_OF = { text: 'gate.unreadable', bounds: 'gate.nesting', open: 'gate.unfinished' } as const;

/** A text the grammar does not know is asked about; with something protected or a road out in it, it is denied. */
export function unreadable({ span, why }: Unreadable, { text, found, bench }: Context): Found {
  const subject = text.slice(span[0], Math.min(span[1], span[0] + SHOWN_MAX));
  const names = namesIn(text, bench);
  const hides = why !== 'text' || names.length > 0 || found.some(isOutward) || ROADS.test(text);
  const about = [RULE_OF[why], 'unreadable', span, subject] as const;
  return touching(hides ? denied(...about) : asked(...about), names);
}

/** Ways out that need no program of a list. */
const ROADS = /\/dev\/(tcp|udp)\/|base64|\|\s*(ba|z|k|da)?sh\b/;

/** The protected things whose last name stands in the text, however it is quoted. */
function namesIn(text: string, bench: Bench): string[] {
  const bare = text.replace(/["'\\]/g, '').toLowerCase();
  const paths = bench.paths.filter(({ components }) => bare.includes(components.slice(-2).join('/').toLowerCase()));
  const tables = bench.policy.assets.filter(({ kind, name }) => kind === 'table' && bare.includes(lastPart(name)));
  return [...paths, ...tables].map(({ name }) => name);
}

function lastPart(table: string): string {
  return table.slice(table.lastIndexOf('.') + 1).toLowerCase();
}
