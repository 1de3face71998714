/** `sekisho judge --jsonl`: one judged line in, one answer out, in order, for as long as lines come. */
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';
import { asError, type ErrorCode, hasErrno, LIMITS } from '../../foundation/index.ts';
import { type Judgement, judgeCommand, judgeStatement, type TargetPolicy } from '../../policy/index.ts';
import { answerOf, type Unjudged } from './answer.ts';
import { type Line, LineSplitter } from './lines.ts';

/** Other fields pass unread: a row of a corpus is an input as it stands. */
const Input = z.union([
  z.object({ command: z.string(), cwd: z.string().optional(), sql: z.boolean().optional() }),
  z.object({ sql: z.string() }),
]);

export interface Counted {
  readonly judged: number;
  readonly unjudged: number;
}

/** Reads `input` to its end. What is held is one chunk of it and the answers to that chunk. */
export async function judgeLines(
  policy: TargetPolicy,
  { input, output }: { input: Readable; output: Writable },
): Promise<Counted> {
  const splitter = new LineSplitter(LIMITS.judgeLineBytesMax);
  const judge = createLineJudge(policy);
  const gone = new AbortController();
  output.on('error', (error) => {
    gone.abort(); // The reader has what it wanted (`| head`).
    if (!hasErrno(error, 'EPIPE')) input.destroy(error);
  });
  const write = async (lines: readonly Line[]): Promise<void> => {
    if (lines.length === 0 || gone.signal.aborted || output.write(judge.answers(lines))) return;
    await once(output, 'drain').catch(() => undefined); // It is gone: said above.
  };
  for await (const chunk of input) {
    await write(splitter.take(asBuffer(chunk)));
    if (gone.signal.aborted) break;
  }
  await write(splitter.rest());
  return judge.counted();
}

function asBuffer(chunk: unknown): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
}

/** Judges line by line; empty lines are answered too, so that the n-th answer belongs to the n-th line. */
export function createLineJudge(policy: TargetPolicy): { answers(lines: readonly Line[]): string; counted(): Counted } {
  let [judged, unjudged] = [0, 0];
  const answer = (line: Line): string => {
    const at = judged + unjudged + 1;
    const read = readLine(line);
    if ('error' in read) {
      unjudged += 1;
      const { error, message } = read;
      return JSON.stringify({ verdict: 'deny', ticket: false, error, message, line: at } satisfies Unjudged);
    }
    judged += 1;
    return JSON.stringify(answerOf(judgeOne(read, policy)));
  };
  return {
    answers: (lines) => lines.map((line) => `${answer(line)}\n`).join(''),
    counted: () => ({ judged, unjudged }),
  };
}

function judgeOne(input: z.infer<typeof Input>, policy: TargetPolicy): Judgement {
  if (!('command' in input)) return judgeStatement(input.sql, policy);
  const { command, cwd, sql } = input;
  if (sql === true) return judgeStatement(command, policy);
  return judgeCommand(command, cwd === undefined ? policy : { ...policy, cwd });
}

interface Unread {
  readonly error: ErrorCode;
  readonly message: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function readLine(line: Line): z.infer<typeof Input> | Unread {
  if (line === undefined)
    return { error: 'request_too_large', message: `The line is longer than ${LIMITS.judgeLineBytesMax} bytes.` };
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(line));
  } catch (thrown) {
    return { error: 'request_invalid', message: `The line is not JSON in UTF-8: ${asError(thrown).message}` };
  }
  const parsed = Input.safeParse(value);
  return parsed.success
    ? parsed.data
    : { error: 'request_invalid', message: 'The line has no text "command", and no text "sql".' };
}
