/**
 * One pass over a recording: what a player gets, what a reader reads, and where to jump, in the order it happened.
 * Pieces that came within a fiftieth of a second are one event. Nothing of it is kept here but the state of the screen.
 */
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { decodeMeta } from '../recording.ts';
import { OutputCleaner } from './clean-output.ts';
import { createOutputDecoder } from './decode.ts';
import { decodeWebStep, wordWebStep } from '../web/steps.ts';
import { markerOf } from './markers.ts';
import type { Marker, ReplayFrame, TranscriptLine } from './model.ts';
import { fitting, Screen } from './screen.ts';
import { createTypedLines, type TypedLine } from './typed.ts';

export interface WalkStart {
  readonly startedAt: number;
  readonly cols: number;
  readonly rows: number;
  readonly hasTerminal: boolean;
}

/** Each is given in the order of the recording; a promise is waited for. */
export interface WalkSink {
  start(start: WalkStart, screen: Screen): void;
  /** Before it reaches the screen. */
  event(at: number, code: 'o' | 'r', data: string): Promise<void> | void;
  /** Bytes of output that came at `at`. */
  output(at: number, bytes: number): void;
  marker(marker: Marker): void;
  line(line: TranscriptLine): Promise<void> | void;
}

export interface WalkEnd {
  readonly sessionId: string;
  readonly durationMillis: number;
  readonly charsets: readonly string[];
}

const TOGETHER_MILLIS = 20;
const WITHOUT_TERMINAL = new Set(['', 'dumb']);
const PIECES_QUEUED_MAX = 64;
/** Where it is known, the recording says when the target's terminal stopped showing what is typed. */
const EchoSchema = z.strictObject({ echo: z.boolean() });
const SIZE = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/;

/** @throws {GatewayError} `recording_corrupt`, and what `frames` throws. */
export async function walkRecording(frames: AsyncIterable<ReplayFrame>, sink: WalkSink): Promise<WalkEnd> {
  let walk: Walk | undefined;
  for await (const frame of frames) {
    if ((walk === undefined) !== (frame.type === 'h')) {
      throw new GatewayError('recording_corrupt', 'The header frame is missing.');
    }
    if (walk === undefined) walk = new Walk(frame, sink);
    else await walk.take(frame);
  }
  if (walk === undefined) throw new GatewayError('recording_corrupt', 'The recording is empty.');
  return await walk.finish();
}

/** The state of one pass; `walkRecording` drives it where the recording has an end. */
export class Walk {
  readonly #sink: WalkSink;
  readonly #meta: ReturnType<typeof decodeMeta>;
  readonly #started: bigint;
  readonly #screen: Screen;
  readonly #hasTerminal: boolean;
  readonly #decoders = { o: createOutputDecoder(), e: createOutputDecoder() };
  readonly #cleaner = new OutputCleaner();
  readonly #typed = createTypedLines();
  readonly #lines: TranscriptLine[] = [];
  #prompt = '';
  #promptIsOld = true;
  #echoes = true;
  /** Lines sent in one piece: the next output tells whether they are shown. */
  #unseen: TypedLine[] = [];
  #text = '';
  #textAt = 0;
  #at = 0;
  #lastWasReturn = false;
  #queued = 0;

  constructor(header: ReplayFrame, sink: WalkSink) {
    this.#sink = sink;
    this.#meta = decodeMeta(header.payload);
    this.#started = header.micros;
    const { columns, rows, term } = this.#meta;
    this.#hasTerminal = !WITHOUT_TERMINAL.has(term);
    const onLine = ({ at, text, stayed }: { at: number; text: string; stayed: boolean }): void => {
      this.#lines.push({ at, kind: stayed ? 'screen' : 'passed', text });
    };
    this.#screen = new Screen({ columns, rows, hasTerminal: this.#hasTerminal, onLine });
    sink.start(
      { startedAt: Number(header.micros / 1_000n), ...fitting(columns, rows), hasTerminal: this.#hasTerminal },
      this.#screen,
    );
  }

  async take({ type, micros, payload }: ReplayFrame): Promise<void> {
    const at = Number((micros - this.#started) / 1_000n);
    if (at - this.#textAt >= TOGETHER_MILLIS) await this.#show();
    this.#at = Math.max(at, this.#at);
    if (type === 'o' || type === 'e') await this.#takeOutput(type, payload);
    else if (type === 'i') await this.#takeInput(payload);
    else if (type === 'r') await this.#takeResize(payload.toString('latin1'));
    else if (type === 'm' || type === 'g' || type === 'x') await this.#takeMark(type, payload.toString('utf8'));
    else if (type === 'w') await this.#takeStep(payload);
    else if (type === 'n') this.#echoes = EchoSchema.parse(JSON.parse(payload.toString('utf8'))).echo;
  }

  async finish(): Promise<WalkEnd> {
    await this.#addOutput(this.#decoders.o.finish() + this.#decoders.e.finish());
    await this.#show();
    for (const line of [...this.#unseen, ...this.#typed.finish(this.#at)]) this.#tellTyped(line, false);
    await this.#screen.finish(this.#at);
    await this.#tell();
    const charsets = new Set([...this.#decoders.o.charsets, ...this.#decoders.e.charsets]);
    return { sessionId: this.#meta.sessionId, durationMillis: this.#at, charsets: [...charsets] };
  }

  /** The bytes of a protocol that carries files are for programs; what passed is told by the marks. */
  get #isForPeople(): boolean {
    return this.#meta.kind !== 'files' && this.#meta.kind !== 'web';
  }

  async #takeOutput(type: 'o' | 'e', payload: Buffer): Promise<void> {
    this.#sink.output(this.#at, payload.length);
    if (!this.#isForPeople) return;
    for (let from = 0; from < payload.length; from += LIMITS.replayPieceCharactersMax) {
      const piece = payload.subarray(from, from + LIMITS.replayPieceCharactersMax);
      await this.#addOutput(this.#decoders[type].push(piece));
    }
  }

  async #addOutput(text: string): Promise<void> {
    if (text === '') return;
    if (this.#text === '') this.#textAt = this.#at;
    this.#text += text;
    if (this.#text.length >= LIMITS.replayPieceCharactersMax / 2) await this.#show();
  }

  /** Gives out what has come so far, though more may come of the same moment. */
  flush(): Promise<void> {
    return this.#show();
  }

  /** Gives out what has come together. */
  async #show(): Promise<void> {
    if (this.#text === '') return;
    const cleaned = this.#cleaner.push(this.#text);
    this.#text = '';
    if (cleaned === '') return;
    await this.#sink.event(this.#textAt, 'o', this.#hasTerminal ? cleaned : this.#asOnTerminal(cleaned));
    this.#screen.write(cleaned, this.#textAt);
    this.#queued += 1;
    if (this.#queued % PIECES_QUEUED_MAX === 0) await this.#screen.drained();
    this.#promptIsOld = true;
    const unseen = this.#unseen;
    this.#unseen = [];
    for (const line of unseen) this.#tellTyped(line, cleaned.includes(line.text));
    await this.#tell();
  }

  #asOnTerminal(text: string): string {
    const before = this.#lastWasReturn ? '\r' : '';
    this.#lastWasReturn = text.endsWith('\r');
    return (before + text).replace(/(?<!\r)\n/g, '\r\n').slice(before.length);
  }

  async #takeInput(payload: Buffer): Promise<void> {
    if (!this.#isForPeople) return;
    if (!this.#hasTerminal) {
      for (const line of this.#typed.push(payload, this.#at, '')) this.#tellTyped(line, true);
      await this.#tell();
      return;
    }
    await this.#show();
    const ends = payload.includes(0x0d) || payload.includes(0x0a);
    if (this.#promptIsOld && this.#typed.isEmpty) {
      this.#prompt = (await this.#screen.cursorLine()).before;
      this.#promptIsOld = false;
    }
    const shown = ends && !this.#typed.isEmpty ? (await this.#screen.cursorLine()).whole : '';
    for (const line of this.#typed.push(payload, this.#at, this.#prompt)) {
      if (line.atOnce && this.#echoes) this.#unseen.push(line);
      else this.#tellTyped(line, this.#echoes && isShown(line, shown));
    }
  }

  #tellTyped({ at, text, prompt }: TypedLine, isSeen: boolean): void {
    this.#lines.push({ at, kind: 'typed', text, prompt, ...(isSeen ? {} : { hidden: true as const }) });
  }

  async #takeResize(text: string): Promise<void> {
    const [, columns, rows] = SIZE.exec(text) ?? [];
    if (columns === undefined || rows === undefined) return;
    await this.#show();
    const fit = fitting(Number(columns), Number(rows));
    await this.#sink.event(this.#at, 'r', `${fit.cols}x${fit.rows}`);
    await this.#screen.resize(fit.cols, fit.rows, this.#at);
    this.#sink.marker(markerOf(this.#at, 'r', text));
  }

  async #takeMark(type: 'm' | 'g' | 'x', text: string): Promise<void> {
    await this.#show();
    const marker = markerOf(this.#at, type, text.slice(0, LIMITS.transcriptLineCharactersMax));
    this.#sink.marker(marker);
    this.#lines.push({ at: this.#at, kind: marker.kind === 'command' ? 'executed' : 'note', text: marker.text });
    await this.#tell();
  }

  /** An exchange with a site is one mark, at its end. */
  async #takeStep(payload: Buffer): Promise<void> {
    const step = decodeWebStep(payload);
    if (step.step !== 'done') return;
    this.#sink.output(this.#at, step.bytesOut);
    await this.#takeMark('m', wordWebStep(step));
  }

  async #tell(): Promise<void> {
    if (this.#lines.length === 0) return;
    for (const line of this.#lines.splice(0)) await this.#sink.line(line);
  }
}

/** A line edited in place stands there with its prompt, though not in the order of its keys. */
function isShown({ text, prompt }: TypedLine, shown: string): boolean {
  const after = shown.startsWith(prompt) ? shown.slice(prompt.length) : shown;
  if (after.includes(text)) return true;
  return shown.trimEnd().length > prompt.trimEnd().length && !/pass(word|phrase|code)|パスワード|暗証/i.test(prompt);
}
