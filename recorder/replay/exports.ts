/** What an auditor may take along: recordings for players, the transcript, the commands. */
import { z } from 'zod';
import { CSV_BEGIN, csvRow, printable } from '../../foundation/index.ts';
import { toAsciicast } from '../asciicast.ts';
import type { Frame } from '../frames.ts';
import { OutputCleaner } from './clean-output.ts';
import { createOutputDecoder } from './decode.ts';
import type { ReplayFrame, ReplayIndex, TranscriptLine } from './model.ts';

/**
 * The frames with only that in their output which a terminal may get, as UTF-8: `asciinema play` writes it to the
 * auditor's own terminal. Keystrokes are left out.
 */
async function* cleanFrames(frames: AsyncIterable<ReplayFrame>): AsyncGenerator<Frame, void, undefined> {
  const decoders = { o: createOutputDecoder(), e: createOutputDecoder() };
  const cleaner = new OutputCleaner();
  for await (const { type, micros, seq, payload } of frames) {
    if (type === 'i' || type === 'n' || type === 'u') continue;
    const shown = type === 'o' || type === 'e' ? Buffer.from(cleaner.push(decoders[type].push(payload))) : payload;
    yield { type, micros, seq, payload: shown };
  }
}

/** asciicast v3, without what was typed. @throws {GatewayError} `recording_corrupt`. */
export function exportAsciicast3(frames: AsyncIterable<ReplayFrame>): AsyncGenerator<string, void, undefined> {
  return toAsciicast(cleanFrames(frames));
}

/** asciicast v2 of the same: times since the beginning, the size in the header, no exit event. */
export async function* exportAsciicast2(frames: AsyncIterable<ReplayFrame>): AsyncGenerator<string, void, undefined> {
  let seconds = 0;
  for await (const line of exportAsciicast3(frames)) {
    const value: unknown = JSON.parse(line);
    if (Array.isArray(value)) {
      const [interval, code, data] = z.tuple([z.number(), z.string(), z.string()]).parse(value);
      seconds += interval;
      if (code !== 'x') yield escaped([Number(seconds.toFixed(6)), code, data]);
    } else if (typeof value === 'object' && value !== null) yield escaped(headerOf2(value));
  }
}

function headerOf2(header: object) {
  const term: unknown = Reflect.get(header, 'term');
  const of = (name: string): unknown =>
    typeof term === 'object' && term !== null ? Reflect.get(term, name) : undefined;
  const command: unknown = Reflect.get(header, 'command');
  return {
    version: 2,
    width: of('cols'),
    height: of('rows'),
    timestamp: Reflect.get(header, 'timestamp') as unknown,
    ...(command === undefined ? {} : { command }),
    ...(of('type') === undefined ? {} : { env: { TERM: of('type') } }),
  };
}

/** JSON leaves the C1 controls as they are, and a terminal takes U+009B for the start of an escape sequence. */
function escaped(value: unknown): string {
  const escape = (control: string): string => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `${JSON.stringify(value).replace(/[\u007f-\u009f]/g, escape)}\n`;
}

/** One line a time and kind: `12:00:01.250Z typed    ls -l`. No control character is left in it. */
export function transcriptText(index: ReplayIndex, lines: readonly TranscriptLine[]): string {
  return lines
    .map(
      (line) => `${new Date(index.startedAt + line.at).toISOString()} ${line.kind.padEnd(8)} ${printable(line.text)}\n`,
    )
    .join('');
}

/** RFC 4180, with a byte order mark so that spreadsheets read it as UTF-8. */
export function commandsCsv(index: ReplayIndex): string {
  const rows = index.markers
    .filter(({ kind }) => kind === 'command' || kind === 'file')
    .map(({ at, kind, text }) => [new Date(index.startedAt + at).toISOString(), String(at), kind, text]);
  return `${CSV_BEGIN}${[['time', 'milliseconds', 'kind', 'text'], ...rows].map(csvRow).join('')}`;
}
