/**
 * Which control sequences may reach a terminal. Sources: ECMA-48 (5th edition) for the grammar, "XTerm Control
 * Sequences" for the private ones. What is not listed here does not pass.
 */
import { LIMITS } from '../../foundation/index.ts';
import { isStray } from './characters.ts';
import type { DroppedKind } from './model.ts';

/** ESC and one final byte: cursor save and restore, keypad, index, line feed, tab stop, reverse index, full reset. */
const ESCAPE_FINALS = new Set('78=>DEHMc');
/** ESC, an intermediate and a final byte: character sets (ISO 2022, which ISO-2022-JP is made of) and line sizes. */
const CHARACTER_SET = /^(?:[()*+][0-~]|\$[@AB]|\$[()][0-~]|#[34568])$/;

/** CSI finals without a prefix: moving, erasing, inserting, scrolling, tabs, colours. */
const CSI_FINALS = new Set('@ABCDEFGHIJKLMPSTXZ`abdefgmrsu');
/** Numbers of a parameter: longer ones only serve to keep a terminal busy. */
const PARAMETERS = /^(?:\d{0,5}[;:])*\d{0,5}$/;
/** ANSI modes: insert, new line. */
const ANSI_MODES = new Set(['4', '20']);
/**
 * DEC private modes: cursor keys, screen, origin, wrap, repeat, cursor, margins, mouse, focus, alternate screens,
 * bracketed paste, synchronised update. Not 1001 (highlight tracking waits for an answer of the target).
 */
const PRIVATE_MODES = new Set(
  `1 5 6 7 8 9 12 25 45 47 66 69 1000 1002 1003 1004 1005 1006 1007 1015 1016 1034 1047 1048 1049 2004 2026`.split(' '),
);
const CSI = /^([<=>?]?)([\d;:]*)([ -/]*)([@-~])$/;

const HARMLESS_FINAL = Uint8Array.from({ length: 256 }, (_, byte) => Number(CSI_FINALS.has(String.fromCharCode(byte))));
const BRACKET = 0x5b;

/**
 * Bytes of a sequence at `at` that may pass and is whole: the ordinary ones, colours and moves, without being looked at
 * one by one. 0 where it has to be.
 */
function ordinarySequence(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== 0x1b) return 0;
  const letter = bytes[at + 2] ?? 0;
  // `ESC ( B` stands in front of every word that curses programs paint.
  if (bytes[at + 1] === 0x28) return letter >= 0x30 && letter <= 0x7e ? 3 : 0;
  if (bytes[at + 1] !== BRACKET) return 0;
  return letter === 0x3f ? ordinaryMode(bytes, at) : ordinaryControl(bytes, at);
}

function ordinaryControl(bytes: Uint8Array, at: number): number {
  const end = Math.min(bytes.length, at + LIMITS.controlSequenceBytesMax);
  for (let index = at + 2, digits = 0; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte >= 0x40) return HARMLESS_FINAL[byte] === 1 ? index + 1 - at : 0;
    digits = byte === 0x3b || byte === 0x3a ? 0 : digits + 1;
    if (byte < 0x30 || byte > 0x3b || digits > 5) return 0;
  }
  return 0;
}

/** One private mode that may be set or reset, written without leading zeros. */
function ordinaryMode(bytes: Uint8Array, at: number): number {
  let mode = 0;
  for (let index = at + 3; index < at + 8; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === 0x68 || byte === 0x6c) return PRIVATE_MODES.has(String(mode)) ? index + 1 - at : 0;
    if (byte < 0x30 || byte > 0x39 || (byte === 0x30 && mode === 0)) return 0;
    mode = mode * 10 + byte - 0x30;
  }
  return 0;
}

/** Bytes here that pass though they are no text; 0 where they have to be looked at one by one. */
export function shownLength(bytes: Uint8Array, at: number): number {
  return isStray(bytes, at) ? 1 : ordinarySequence(bytes, at);
}

/** @param sequence without its ESC. @returns undefined where it may pass. */
export function refuseEscape(sequence: string): DroppedKind | undefined {
  if (sequence.length === 1 && ESCAPE_FINALS.has(sequence)) return undefined;
  if (CHARACTER_SET.test(sequence)) return undefined;
  // DECID: the terminal would type its answer.
  return sequence === 'Z' ? 'device_report' : 'escape';
}

/** @param sequence what follows `ESC [`, with its final byte. @returns undefined where it may pass. */
export function refuseControl(sequence: string): DroppedKind | undefined {
  const parts = CSI.exec(sequence);
  if (parts === null) return 'csi';
  const [, prefix = '', parameters = '', intermediates = '', final = ''] = parts;
  if (!PARAMETERS.test(parameters)) return 'csi';
  if (prefix === '?') return refusePrivate(parameters, intermediates, final);
  if (intermediates !== '') return refuseIntermediate(parameters, intermediates, final);
  // DA 2 is a fixed row of digits, which vim and tmux wait for.
  if (prefix === '>') return final === 'c' && isNone(parameters) ? undefined : 'csi';
  if (prefix !== '') return final === 'c' ? 'device_report' : 'csi';
  return refusePlain(parameters, final);
}

function refusePlain(parameters: string, final: string): DroppedKind | undefined {
  if (CSI_FINALS.has(final)) return undefined;
  switch (final) {
    case 'h':
    case 'l':
      return parameters.split(';').every((mode) => ANSI_MODES.has(mode)) ? undefined : 'csi';
    case 'n':
      // Whether it is well, and where the cursor is: digits alone, and line editors need them.
      return parameters === '5' || parameters === '6' ? undefined : 'device_report';
    case 'c':
      return isNone(parameters) ? undefined : 'device_report';
    case 't':
      return refuseWindow(parameters);
    default:
      // Among them `i`, which prints the screen, and `x`, `y`, which report.
      return 'csi';
  }
}

/** Of the window operations only keeping and restoring the title. The attack: a title set before is typed back by `21t`. */
function refuseWindow(parameters: string): DroppedKind | undefined {
  const [operation] = parameters.split(';');
  if (operation === '22' || operation === '23') return undefined;
  return operation === '20' || operation === '21' ? 'title_report' : 'csi';
}

function refusePrivate(parameters: string, intermediates: string, final: string): DroppedKind | undefined {
  if (intermediates !== '') return 'device_report';
  if (final === 'J' || final === 'K') return undefined;
  if (!'hlrs'.includes(final)) return final === 'n' ? 'device_report' : 'csi';
  return parameters.split(';').every((mode) => PRIVATE_MODES.has(mode)) ? undefined : 'private_mode';
}

/** The cursor's shape and the soft reset; `*y` and `$p` report, among them a checksum of what the screen shows. */
function refuseIntermediate(parameters: string, intermediates: string, final: string): DroppedKind | undefined {
  if (intermediates === ' ' && final === 'q') return undefined;
  if (intermediates === '!' && final === 'p' && parameters === '') return undefined;
  return 'pyxw'.includes(final) ? 'device_report' : 'csi';
}

function isNone(parameters: string): boolean {
  return parameters === '' || parameters === '0';
}

const OSC_KINDS: Readonly<Record<string, DroppedKind>> = {
  '8': 'osc_hyperlink',
  '9': 'osc_notify',
  '99': 'osc_notify',
  '777': 'osc_notify',
  '52': 'osc_clipboard',
  '133': 'osc_prompt',
  '633': 'osc_prompt',
  '1337': 'osc_file',
  '5113': 'osc_file',
  '5522': 'osc_file',
};
const COLOUR = /^(?:[45]|1\d|10[45]|11\d);/;

/** @param head the first characters of a string of this kind. @returns undefined for a title, which alone may pass. */
export function refuseString(kind: DroppedKind, head: string): DroppedKind | undefined {
  return kind === 'osc' ? refuseCommand(head) : kind;
}

function refuseCommand(head: string): DroppedKind | undefined {
  const [number = ''] = head.split(';', 1);
  if (/^[012]$/.test(number) && head.length > 1) return undefined;
  if (COLOUR.test(head) && head.includes('?')) return 'osc_colour_query';
  return Object.hasOwn(OSC_KINDS, number) ? (OSC_KINDS[number] ?? 'osc') : 'osc';
}

/** Introducers of strings by the byte behind ESC. `k` is the title of screen and tmux. */
export const STRINGS: Readonly<Record<string, DroppedKind>> = {
  ']': 'osc',
  P: 'dcs',
  X: 'sos',
  '^': 'pm',
  _: 'apc',
  k: 'escape',
};

/** @param command the bytes of a title command between its introducer and its end. @returns the same, made plain. */
export function plainCommand(command: string, utf8: boolean): Buffer {
  const encoding = utf8 ? 'utf8' : 'latin1';
  const text = Buffer.from(command.slice(2), 'latin1').toString(encoding);
  return Buffer.concat([Buffer.from(`\x1b]${command.slice(0, 2)}`), Buffer.from(plainTitle(text, utf8), encoding)]);
}

/** What is left of a title: no controls, no beginning of a transfer offer, nothing that is not a character. */
function plainTitle(text: string, utf8: boolean): string {
  const controls = utf8 ? /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\uFFFD]/gu : /[\0-\x1f\x7f]/g;
  const plain = text.replace(controls, '').replaceAll('::', ': :');
  return Array.from(plain).slice(0, LIMITS.terminalTitleCharactersMax).join('');
}
