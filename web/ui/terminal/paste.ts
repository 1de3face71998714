/** What may be pasted without a question, and what is pasted at all. */

/** Control characters but tab and line ends: an escape in what was copied could end the bracket around a paste. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gu;
const LINE_ENDS = /\r\n|\r|\n/u;

export interface Pasted {
  /** As it will be typed. */
  readonly text: string;
  readonly lines: number;
  /** Characters that nobody would see, and that were left out. */
  readonly leftOut: number;
}

export function readPaste(copied: string): Pasted {
  const text = copied.replace(CONTROLS, '');
  return { text, lines: linesOf(text).length, leftOut: copied.length - text.length };
}

export function linesOf(text: string): readonly string[] {
  return text.split(LINE_ENDS);
}

/** A line end runs what stands before it, whoever put it there: that, and what was hidden, is looked at first. */
export function needsLook({ lines, leftOut }: Pasted): boolean {
  return lines > 1 || leftOut > 0;
}
