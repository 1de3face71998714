/**
 * Exports a recording as asciicast v3 (docs.asciinema.org/manual/asciicast/v3). It is for watching, not evidence:
 * asciicast is UTF-8, so bytes that are not become U+FFFD, and input is left out because it holds passwords.
 *
 * Escape sequences stay inside JSON strings, so printing the export to an auditor's terminal runs nothing.
 */
import { GatewayError } from '../foundation/index.ts';
import type { Frame } from './frames.ts';
import { decodeMeta } from './recording.ts';

const COLUMNS = 80;
const ROWS = 24;
const WITHOUT_TERMINAL = new Set(['', 'dumb']);
const SIZE = /^[1-9]\d{0,4}x[1-9]\d{0,4}$/;

/** The lines, each with its newline. @throws {GatewayError} `recording_corrupt`. */
export async function* toAsciicast(frames: AsyncIterable<Frame>): AsyncGenerator<string, void, undefined> {
  // A character may be cut between two frames; output and stderr are cut independently.
  const decoders = { o: new TextDecoder(), e: new TextDecoder() };
  let last: Frame | undefined;
  let shownMicros = 0n;
  let hasTerminal = true;
  const event = (micros: bigint, code: string, data: string): string => {
    const seconds = Number(micros - shownMicros) / 1e6; // Since the event before; none is lost by what is left out.
    shownMicros = micros;
    return line([seconds, code, data]);
  };
  for await (const frame of frames) {
    if ((last === undefined) !== (frame.type === 'h'))
      throw new GatewayError('recording_corrupt', 'The header frame is missing.');
    last = frame;
    const { type, micros, payload } = frame;
    if (type === 'h') {
      shownMicros = micros;
      hasTerminal = !WITHOUT_TERMINAL.has(decodeMeta(payload).term);
      yield line(headerOf(frame));
    } else if (type === 'o' || type === 'e') {
      const text = decoders[type].decode(payload, { stream: true });
      if (text !== '') yield event(micros, 'o', hasTerminal ? text : asOnTerminal(text));
    } else if (type === 'r' || type === 'm' || type === 'x' || type === 'g') {
      yield event(micros, ...sideEvent(type, payload.toString('utf8')));
    }
  }
  const tail = decoders.o.decode() + decoders.e.decode();
  if (last !== undefined && tail !== '') yield event(last.micros, 'o', tail);
}

/** Without a terminal nobody turned LF into CR LF, and a replay would be a staircase. */
function asOnTerminal(text: string): string {
  return text.replace(/(?<!\r)\n/g, '\r\n');
}

function headerOf({ payload, micros }: Frame) {
  const { columns, rows, term, command } = decodeMeta(payload);
  return {
    version: 3,
    term: { cols: columns || COLUMNS, rows: rows || ROWS, ...(term === '' ? {} : { type: term }) },
    timestamp: Number(micros / 1_000_000n),
    ...(command === null ? {} : { command }),
  };
}

function sideEvent(type: 'r' | 'm' | 'x' | 'g', text: string): [code: string, data: string] {
  switch (type) {
    case 'r':
      return SIZE.test(text) ? ['r', text] : ['m', 'unreadable resize'];
    case 'g':
      return ['m', `gap: ${text}`];
    case 'm':
    case 'x':
      return [type, text];
  }
}

/** JSON leaves DEL and the C1 controls as they are, and a terminal takes U+009B for the start of an escape sequence. */
function line(value: unknown): string {
  const escaped = (control: string): string => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value).replace(/[\u007f-\u009f]/g, escaped)}\n`;
}
