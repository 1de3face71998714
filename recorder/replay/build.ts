/** Makes a replay of a recording: segments with snapshots, transcript, markers, and the index of them. */
import { LIMITS } from '../../foundation/index.ts';
import { type ContainerWriter, packJson } from './container.ts';
import { createDensity } from './density.ts';
import type { Marker, ReplayFrame, ReplayIndex, Segment, TranscriptLine } from './model.ts';
import type { Screen } from './screen.ts';
import { createPauseCutter } from './time-map.ts';
import { type WalkEnd, type WalkSink, type WalkStart, walkRecording } from './walk.ts';

export type OnLine = (line: TranscriptLine, startedAt: number) => Promise<void>;

const PAUSE_KEPT_MILLIS = 2_000;
const SEGMENT_CHARACTERS = 96 * 1024;
const SEGMENT_EVENTS = 4_000;
const SEGMENT_MILLIS = 10 * 60_000;
const TRANSCRIPT_CHARACTERS = 64 * 1024;

/** Writes the replay into `container`; each line of the transcript goes to `onLine` too. The last record is the index. */
export async function buildReplay(
  frames: AsyncIterable<ReplayFrame>,
  container: ContainerWriter,
  onLine: OnLine,
): Promise<ReplayIndex> {
  const builder = new Builder(container, onLine);
  const end = await walkRecording(frames, builder);
  const index = await builder.finish(end);
  await container.add(packJson(index));
  return index;
}

class Builder implements WalkSink {
  readonly #container: ContainerWriter;
  readonly #onLine: OnLine;
  #start: WalkStart = { startedAt: 0, cols: 80, rows: 24, hasTerminal: true };
  #screen: Screen | undefined;
  readonly #pauses = createPauseCutter(PAUSE_KEPT_MILLIS);
  readonly #density = { whole: createDensity(), cut: createDensity() };
  readonly #markers: Marker[] = [];
  #markersLeftOut = 0;
  #segment: Segment | undefined;
  #segmentCharacters = 0;
  readonly #segments: [at: number, record: number][] = [];
  #startedSegmentAt = 0;
  #lastEventAt = 0;
  #lines: TranscriptLine[] = [];
  #lineCharacters = 0;
  readonly #transcript: ReplayIndex['transcript'] = [];

  constructor(container: ContainerWriter, onLine: OnLine) {
    this.#container = container;
    this.#onLine = onLine;
  }

  start(start: WalkStart, screen: Screen): void {
    this.#start = start;
    this.#screen = screen;
    this.#segment = { snapshot: { cols: start.cols, rows: start.rows, init: '' }, events: [[0, 'o', '']] };
  }

  async event(at: number, code: 'o' | 'r', data: string): Promise<void> {
    this.#pauses.note(at);
    if (this.#isFull(at)) await this.#cut(at);
    this.#segment?.events.push([at, code, data]);
    this.#segmentCharacters += data.length;
    this.#lastEventAt = at;
  }

  output(at: number, bytes: number): void {
    this.#density.whole.add(at, bytes);
    this.#density.cut.add(this.#pauses.note(at), bytes);
  }

  marker(marker: Marker): void {
    this.#pauses.note(marker.at);
    if (this.#markers.length < LIMITS.replayMarkersMax) this.#markers.push(marker);
    else this.#markersLeftOut += 1;
  }

  async line(line: TranscriptLine): Promise<void> {
    await this.#onLine(line, this.#start.startedAt);
    if (line.hidden === true) return; // Keystrokes that nobody saw stay under their own key.
    this.#lines.push(line);
    this.#lineCharacters += line.text.length;
    if (this.#lineCharacters >= TRANSCRIPT_CHARACTERS) await this.#packLines();
  }

  async finish({ sessionId, durationMillis, charsets }: WalkEnd): Promise<ReplayIndex> {
    const duration = Math.max(durationMillis, this.#startedSegmentAt + 1);
    this.#segment?.events.push([duration, 'o', '']);
    await this.#writeSegment();
    await this.#packLines();
    return {
      ...{ v: 1, sessionId, durationMillis: duration, charsets: [...charsets] },
      ...{ startedAt: this.#start.startedAt, columns: this.#start.cols, rows: this.#start.rows },
      hasTerminal: this.#start.hasTerminal,
      cuts: this.#pauses.cuts.map(([from, until]) => [from, until]),
      ...{ markers: this.#markers, markersLeftOut: this.#markersLeftOut },
      density: { whole: this.#density.whole.result, cut: this.#density.cut.result },
      ...{ segments: this.#segments, transcript: this.#transcript },
    };
  }

  #isFull(at: number): boolean {
    // Every event of a segment comes before the next one begins.
    if (at <= this.#lastEventAt) return false;
    const events = this.#segment?.events.length ?? 0;
    const millis = at - this.#startedSegmentAt;
    return this.#segmentCharacters >= SEGMENT_CHARACTERS || events >= SEGMENT_EVENTS || millis >= SEGMENT_MILLIS;
  }

  async #cut(at: number): Promise<void> {
    await this.#writeSegment();
    const snapshot = await this.#screen?.snapshot();
    if (snapshot === undefined) return;
    this.#segment = { snapshot, events: [[at, 'o', '']] };
    this.#startedSegmentAt = at;
  }

  async #writeSegment(): Promise<void> {
    const record = await this.#container.add(packJson(this.#segment));
    this.#segments.push([this.#startedSegmentAt, record]);
    this.#segmentCharacters = 0;
  }

  async #packLines(): Promise<void> {
    const [first] = this.#lines;
    if (first === undefined) return;
    // A line of the screen is told when it can change no more, which is later than when it came.
    this.#lines.sort((one, other) => one.at - other.at);
    const record = await this.#container.add(packJson(this.#lines));
    this.#transcript.push({ record, from: first.at, lines: this.#lines.length });
    this.#lines = [];
    this.#lineCharacters = 0;
  }
}
