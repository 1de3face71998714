/**
 * What of a target's output a terminal or player may get: text, colours, cursor movement, clearing, the alternate
 * screen. An allow-list, for the terminal is the auditor's: left out are strings (OSC 52 writes the clipboard, titles and
 * links deceive), questions that the terminal would answer as if it were typed (ENQ, DA, DSR, DECRQM, window reports),
 * printing, mouse and paste modes. Whole sequences only come out, so that anything may be written between two pieces.
 */
import { LIMITS } from '../../foundation/index.ts';

const NOT_PLAIN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const KEPT_CONTROLS = new Set(['\b', '\v', '\f', '\r', '\u000e', '\u000f']);
const CSI_PLAIN = /^\u001b\[[\d;:]*[@A-HIJKLMPSTXZ`bdefghlmrsu]$/;
const CSI_STYLE = /^\u001b\[(\d* q|!p)$/;
const CSI_PRIVATE = /^\u001b\[\?([\d;]*)([hlJK])$/;
const MODES = new Set(['', '1', '5', '6', '7', '12', '25', '47', '1047', '1048', '1049']);
const ESCAPES = /^\u001b([78DEHMc=>]|#8|[()*+][0-9A-Za-z])$/;
const STRING_ENDS = new Set(['\u0007', '\u009c', '\u0018', '\u001a']);
const STRING_STARTS = new Set(['P', 'X', ']', '^', '_']);
/** The C1 controls as the two characters they stand for. */
const C1 = new Map(
  [
    ...(['\u0084D', '\u0085E', '\u0088H', '\u008dM', '\u009b[', '\u0090P', '\u0098X', '\u009d]', '\u009e^'] as const),
    '\u009f_',
  ].map((pair) => [pair.charAt(0), pair.charAt(1)] as const),
);

type State = 'ground' | 'escape' | 'sequence' | 'string';

/** Reads cleaned text out of raw text, piece by piece. */
export class OutputCleaner {
  #state: State = 'ground';
  #held = '';
  #skipped = 0;

  /** What may be shown of the text so far and was not given out yet. */
  push(text: string): string {
    let shown = '';
    for (let at = 0; at < text.length; ) {
      if (this.#state === 'ground') {
        NOT_PLAIN.lastIndex = at;
        const next = NOT_PLAIN.exec(text)?.index ?? text.length;
        shown += text.slice(at, next);
        at = next;
        if (at === text.length) break;
      }
      shown += this.#step(text.charAt(at));
      at += 1;
    }
    return shown;
  }

  /** One character that is no plain text, or any inside a sequence. */
  #step(character: string): string {
    if (this.#state === 'string') return this.#inString(character);
    if (character === '\u001b') {
      this.#state = 'escape';
      this.#held = character;
      return '';
    }
    if (character === '\u0018' || character === '\u001a') return this.#reset();
    if (this.#state === 'ground') return this.#inGround(character);
    // Controls inside a sequence act at once on a terminal; here they would hide what follows, so the sequence ends.
    if (character < ' ' || character > '~') {
      this.#reset();
      return character === '\n' || character === '\t' || !isControl(character) ? character : this.#inGround(character);
    }
    this.#held += character;
    return this.#state === 'escape' ? this.#inEscape(character) : this.#inSequence(character);
  }

  #reset(): string {
    this.#state = 'ground';
    this.#held = '';
    return '';
  }

  #give(allowed: boolean): string {
    const sequence = this.#held;
    this.#reset();
    return allowed ? sequence : '';
  }

  #inGround(character: string): string {
    if (KEPT_CONTROLS.has(character)) return character;
    const second = C1.get(character);
    if (second === undefined) return '';
    this.#held = `\u001b${second}`;
    return this.#inEscape(second);
  }

  #inEscape(character: string): string {
    if (this.#held.length === 2 && character === '[') {
      this.#state = 'sequence';
      return '';
    }
    if (this.#held.length === 2 && STRING_STARTS.has(character)) {
      this.#state = 'string';
      this.#held = '';
      this.#skipped = 0;
      return '';
    }
    if (character >= ' ' && character <= '/' && this.#held.length < 4) {
      this.#state = 'escape';
      return '';
    }
    return this.#give(ESCAPES.test(this.#held));
  }

  #inSequence(character: string): string {
    if (character >= '@') return this.#give(isAllowedSequence(this.#held));
    return this.#held.length > LIMITS.controlSequenceBytesMax ? this.#reset() : '';
  }

  #inString(character: string): string {
    this.#skipped += 1;
    if (character === '\u001b') {
      this.#state = 'escape'; // ST is ESC \, which is left out as any unknown escape; another one begins anew.
      this.#held = character;
      return '';
    }
    const ended = STRING_ENDS.has(character);
    // A string that never ends may not hide all that follows.
    return ended || this.#skipped > LIMITS.controlStringBytesMax ? this.#reset() : '';
  }
}

function isControl(character: string): boolean {
  return character < ' ' || (character >= '\u007f' && character <= '\u009f');
}

function isAllowedSequence(sequence: string): boolean {
  if (CSI_PLAIN.test(sequence) || CSI_STYLE.test(sequence)) return true;
  const [, modes, final] = CSI_PRIVATE.exec(sequence) ?? [];
  if (modes === undefined) return false;
  return final === 'J' || final === 'K' || modes.split(';').every((mode) => MODES.has(mode));
}

const COLOURS = /\u001b\[[\d;:]*m/g;
const CONTROLS = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])|[\u0000-\u001f]/;

/** The runs of text in cleaned output, as they came: colour does not break a run, everything else does. */
export function textRuns(cleaned: string): string[] {
  return cleaned.replace(COLOURS, '').split(CONTROLS);
}
