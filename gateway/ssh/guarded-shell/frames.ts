/** What the hook says to the gateway, taken out of the shell's output however its bytes are split. Pure. */
import { LIMITS } from '../../../foundation/index.ts';

/** A line, or one simple command of it, that waits for a verdict. */
export interface Question {
  readonly kind: 'line' | 'command';
  /** Made for this question alone: the verdict must carry it. */
  readonly number: string;
  /** The prompt it belongs to. */
  readonly prompt: number;
  /** The first word is a function of the shell, whose own commands are asked about as well. */
  readonly isFunction: boolean;
  /** Undefined: it is not valid UTF-8, so nobody can judge it. */
  readonly text: string | undefined;
  readonly directory: string | undefined;
  readonly variables: ReadonlyMap<string, string>;
  /** Longer expansions of the text, as `${name%.txt}`, with what they yield. */
  readonly expansions: ReadonlyMap<string, string>;
}

export type Frame =
  | Question
  /** The verdict came. `typed`: what was typed ahead and read with it. */
  | { readonly kind: 'heard'; readonly number: string; readonly typed: Buffer }
  /** A prompt: how many there were, how often the hook ran before one, whether it is whole, and how many lines ran. */
  | { readonly kind: 'prompt'; readonly prompt: number; readonly hooks: number; readonly whole: boolean; lines: number }
  | { readonly kind: 'continued' }
  /** A command in the background that cannot ask, and did not run. */
  | { readonly kind: 'unasked' }
  /** Too long, or in no form the hook has. */
  | { readonly kind: 'unreadable' };

export interface FrameFilter {
  /** What of the output may be shown, and the frames in it, in order. */
  take(chunk: Buffer): { readonly shown: Buffer; readonly frames: readonly Frame[] };
  /** What was held back and turned out to be output. */
  rest(): Buffer;
}

const BEL = 0x07;

export function createFrameFilter(nonce: string): FrameFilter {
  const opening = Buffer.from(`\x1b]7001;${nonce};`);
  let held: Buffer = Buffer.alloc(0);
  return {
    take(chunk) {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const shown: Buffer[] = [];
      const frames: Frame[] = [];
      for (;;) {
        const start = held.indexOf(opening);
        const end = start === -1 ? -1 : held.indexOf(BEL, start);
        if (end === -1) {
          const isTooLong = start !== -1 && held.length - start > LIMITS.shellFrameBytesMax;
          if (isTooLong) frames.push({ kind: 'unreadable' });
          shown.push(
            release(start === -1 ? held.length - partialLength(held, opening) : isTooLong ? held.length : start),
          );
          held = Buffer.from(held); // The chunk's memory is used again.
          return { shown: Buffer.concat(shown), frames };
        }
        shown.push(release(start));
        const said = release(end + 1 - start).toString('latin1', opening.length, end - start);
        frames.push(readFrame(said));
      }
    },
    rest: () => release(held.length),
  };

  function release(length: number): Buffer {
    const released = held.subarray(0, length);
    held = held.subarray(length);
    return released;
  }
}

/** How many bytes at the end of `bytes` could be the beginning of `opening`. */
function partialLength(bytes: Buffer, opening: Buffer): number {
  for (let length = Math.min(opening.length - 1, bytes.length); length > 0; length -= 1) {
    if (bytes.subarray(bytes.length - length).equals(opening.subarray(0, length))) return length;
  }
  return 0;
}

function readFrame(said: string): Frame {
  const [kind = '', ...fields] = said.split(';');
  switch (kind) {
    case 'l':
    case 'q':
      return readQuestion(kind === 'l' ? 'line' : 'command', fields);
    case 'a':
      return { kind: 'heard', number: fields[0] ?? '', typed: decode(fields[2] ?? '') };
    case 'p':
      return readPrompt(fields);
    case 'c':
      return { kind: 'continued' };
    case 'b':
      return { kind: 'unasked' };
    default:
      return { kind: 'unreadable' };
  }
}

function readPrompt([prompt = '', hooks = '', state, lines = '']: readonly string[]): Frame {
  if (![prompt, hooks, lines].every((field) => /^\d{1,9}$/.test(field))) return { kind: 'unreadable' };
  return { kind: 'prompt', prompt: Number(prompt), hooks: Number(hooks), whole: state === 'ok', lines: Number(lines) };
}

const NUMBER = /^[0-9a-f-]{36}$/;
const PROMPT = /^\d{1,9}$/;
const ASSIGNED = /^([A-Za-z_][A-Za-z0-9_]*|[1-9@]|\$\{[^{}$`]+\})=([^]*)$/;
/** They are numbers or letters whatever their value is, and never a path. */
const SPECIAL = Object.entries({ '?': '0', '#': '0', $: '1', '!': '1', '-': 'h' });

function readQuestion(kind: Question['kind'], fields: readonly string[]): Frame {
  const [number = '', prompt = '', mark, text = '', directory = '', ...assigned] = fields;
  if (!NUMBER.test(number) || !PROMPT.test(prompt)) return { kind: 'unreadable' };
  const variables = new Map<string, string>(SPECIAL);
  const expansions = new Map<string, string>();
  for (const one of assigned) {
    const [, name, encoded] = ASSIGNED.exec(one) ?? [];
    const value = encoded === undefined ? undefined : decodeText(encoded);
    if (name === undefined || value === undefined) continue;
    if (name.startsWith('$')) expansions.set(name, value);
    else variables.set(name, value);
    if (name === '@') variables.set('*', value);
  }
  return {
    ...{ kind, number, prompt: Number(prompt), isFunction: mark === 'f', variables, expansions },
    ...{ text: decodeText(text), directory: decodeText(directory) },
  };
}

/** `%0a` and the like back to bytes; `encoded` is latin1. */
function decode(encoded: string): Buffer {
  const bytes = encoded.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

function decodeText(encoded: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(decode(encoded));
  } catch {
    return undefined; // What it means to the target's shell is not known here.
  }
}
