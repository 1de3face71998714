/** What was judged in a recorded session, read off its recording. */
import { openRecordingReader, type RecordingSource } from '../../recorder/index.ts';

export interface RecordedLine {
  readonly text: string;
  /** Unix time in microseconds. */
  readonly micros: bigint;
}

export interface RecordedLines {
  readonly lines: readonly RecordedLine[];
  /** Marks of the gateway itself. They are counted, since a typed line can look like one. */
  readonly notes: number;
}

const NOTE =
  /^(sekisho: (paused: |resumed$)|legacy algorithms: |recovered$|(upload|download) .* \d+ ([0-9a-f]{64}|-)$)/s;

/** The gateway marks each line before it judges it. @throws {GatewayError} as a `RecordingReader`. */
export async function readJudgedLines(recordings: RecordingSource, sessionId: string): Promise<RecordedLines> {
  const lines: RecordedLine[] = [];
  let notes = 0;
  for await (const { type, payload, micros } of openRecordingReader(recordings).frames(sessionId)) {
    if (type !== 'm') continue;
    const text = payload.toString('utf8');
    if (NOTE.test(text)) notes += 1;
    else lines.push({ text, micros });
  }
  return { lines, notes };
}
