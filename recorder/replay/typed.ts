/**
 * What was typed, as lines: characters, corrections by Backspace, ^W and ^U, sent by Enter. A line that was edited in
 * other ways (arrows, history, completion) is what the keys say, not what ran: that is told by the markers.
 */
import { LIMITS } from '../../foundation/index.ts';

export interface TypedLine {
  readonly at: number;
  readonly text: string;
  readonly prompt: string;
  /** It was sent in one piece with its Enter, so that nothing of it could be on the screen before. */
  readonly atOnce: boolean;
}

const ESCAPE = /^\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|.)/su;
/** `ESC [` without its end, and what may follow it in the next frame. */
const CUT_ESCAPE = /^\u001b(?:\[[0-?]*[ -/]*|O)?$/;

export function createTypedLines() {
  const decoder = new TextDecoder();
  let held = '';
  let line = '';
  let begunAt = 0;
  let prompt: string | undefined;
  let pieces = 0;

  const edit = (character: string): void => {
    if (character === '\u007f' || character === '\b') line = Array.from(line).slice(0, -1).join('');
    else if (character === '\u0015') line = '';
    else if (character === '\u0017') line = line.replace(/\S*\s*$/u, '');
    else if (character >= ' ' || character === '\t')
      line = (line + character).slice(0, LIMITS.transcriptLineCharactersMax);
  };
  const take = (at: number): TypedLine | undefined => {
    const done = { at: begunAt, text: line, prompt: prompt ?? '', atOnce: pieces <= 1 };
    line = '';
    prompt = undefined;
    pieces = 0;
    begunAt = at;
    return done.text.trim() === '' ? undefined : done;
  };

  return {
    /** Whether the next key begins a line: what stands at the cursor then is its prompt. */
    get isEmpty(): boolean {
      return pieces === 0;
    },
    /** `promptNow` is used when a line begins. @returns the lines that were sent or given up with ^C. */
    push(bytes: Uint8Array, at: number, promptNow: string): TypedLine[] {
      const text = held + decoder.decode(bytes, { stream: true });
      held = '';
      const done: TypedLine[] = [];
      for (let place = 0; place < text.length; ) {
        const rest = text.slice(place, place + 64);
        if (rest.startsWith('\u001b')) {
          if (CUT_ESCAPE.test(rest) && place + rest.length === text.length) {
            held = rest;
            break;
          }
          place += ESCAPE.exec(rest)?.[0].length ?? 1;
          continue;
        }
        const character = String.fromCodePoint(text.codePointAt(place) ?? 0);
        place += character.length;
        if (pieces === 0) {
          begunAt = at;
          prompt = promptNow;
          pieces = 1;
        }
        if (character === '\r' || character === '\n' || character === '\u0003' || character === '\u0004') {
          const sent = take(at);
          if (sent !== undefined) done.push(sent);
        } else edit(character);
      }
      if (pieces > 0) pieces += 1;
      return done;
    },
    finish(at: number): TypedLine[] {
      const left = take(at);
      return left === undefined ? [] : [left];
    },
  };
}
