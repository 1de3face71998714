/** `sekisho rejudge SESSION`: what another policy would have answered to every judged line of a recorded session. */
import { Database, createLog, GatewayError, type Secret } from '../../foundation/index.ts';
import { message } from '../../messages/index.ts';
import { type Judgement, judgeCommand, type Locale, type TargetPolicy, type VerdictName } from '../../policy/index.ts';
import { verifySession } from '../../recorder/index.ts';
import { type ObjectPlace, recordingFiles } from '../recording-source.ts';
import { type Answer, answerOf } from './answer.ts';
import { type EarlierAnswers, earlierAnswers, eventsOfSession } from './earlier-answers.ts';
import { policyOf } from './judge.ts';
import { readPolicy } from './policy-file.ts';
import { readJudgedLines, type RecordedLines } from './recorded-lines.ts';
import { printable, wordJudgement } from './words.ts';

const SAME = 0;
const DIFFERS = 4;

export interface RejudgeOptions {
  readonly sessions: readonly string[];
  readonly policy: string | undefined;
  /** The policy of then, for a machine without the gateway's database. */
  readonly before: string | undefined;
  readonly dataDirectory: string;
  /** File of age identities; undefined: the console's own. */
  readonly identity?: string | undefined;
  /** Where the objects stand; undefined: in the data directory. */
  readonly place?: ObjectPlace | undefined;
  /** The gateway's database, where its audit events stand. */
  readonly database: Secret<string> | null;
  readonly json: boolean;
  readonly locale: Locale;
}

export interface Rejudged {
  readonly text: string;
  readonly at: string;
  /** Null when nothing tells what was answered then. */
  readonly before: VerdictName | null;
  readonly after: VerdictName;
  readonly answer: Answer;
  readonly judgement: Judgement;
}

export async function runRejudge(options: RejudgeOptions): Promise<number> {
  const { status, report } = await rejudgeSession(options);
  process.stdout.write(report);
  return status;
}

/** @throws {GatewayError} `recording_corrupt` when it is not the recording that was sealed: nothing is concluded from it. */
export async function rejudgeSession(options: RejudgeOptions): Promise<{ status: number; report: string }> {
  const policy = await readPolicy(policyOf(options.policy, 'rejudge SESSION'));
  const [sessionId, ...more] = options.sessions;
  if (sessionId === undefined || more.length > 0)
    throw new GatewayError('request_invalid', 'Name one session: sekisho rejudge SESSION --policy FILE');
  const recordings = await recordingFiles(options.dataDirectory, options.identity, options.place);
  const { verdict, findings } = await verifySession({ ...recordings, sessionId });
  if (verdict === 'TAMPERED' || verdict === 'INCOMPLETE') {
    const [gravest] = findings;
    const { code = '', where = '', detail = '' } = gravest ?? {};
    throw new GatewayError('recording_corrupt', `${verdict}: ${code} ${where} ${detail}`.trimEnd());
  }
  const recorded = await readJudgedLines(recordings, sessionId);
  const rows = rejudge(recorded, policy, await answersOfThen(options, sessionId));
  const changed = rows.filter(({ before, after }) => before !== null && before !== after);
  const print = options.json ? jsonReport : wordReport;
  return {
    status: changed.length === 0 ? SAME : DIFFERS,
    report: print({ sessionId, recorded, rows, changed, policy, locale: options.locale }),
  };
}

async function answersOfThen({ before, database: url }: RejudgeOptions, sessionId: string): Promise<EarlierAnswers> {
  if (before !== undefined) {
    const policy = await readPolicy(before);
    return ({ text }) => judgeCommand(text, policy).verdict;
  }
  if (url === null) return () => undefined;
  await using database = new Database({ url, poolSize: 1, log: createLog('silent') });
  return earlierAnswers(await eventsOfSession(database, sessionId));
}

/** Pure but for `answers`, which is asked line by line in their order. */
export function rejudge({ lines }: RecordedLines, policy: TargetPolicy, answers: EarlierAnswers): readonly Rejudged[] {
  return lines.map(({ text, micros }) => {
    const judgement = judgeCommand(text, policy);
    return {
      text,
      at: new Date(Number(micros / 1_000n)).toISOString(),
      before: answers({ text, judgement }) ?? null,
      after: judgement.verdict,
      answer: answerOf(judgement),
      judgement,
    };
  });
}

interface Report {
  readonly sessionId: string;
  readonly recorded: RecordedLines;
  readonly rows: readonly Rejudged[];
  readonly changed: readonly Rejudged[];
  readonly policy: TargetPolicy;
  readonly locale: Locale;
}

function jsonReport({ sessionId, recorded, rows, changed }: Report): string {
  const shown = rows.map(({ text, at, before, after, answer }) => ({
    ...{ text, at, before, after, changed: before === null ? null : before !== after, answer },
  }));
  const totals = { judged: rows.length, changed: changed.length, notes: recorded.notes };
  return `${JSON.stringify({ session: sessionId, ...totals, lines: shown })}\n`;
}

/** Lines whose answer then is not known are listed too, unless the policy lets them run. */
function wordReport({ sessionId, recorded, rows, changed, policy, locale }: Report): string {
  const unknown = rows.filter(({ before }) => before === null);
  const listed = rows.filter((row) => changed.includes(row) || (row.before === null && row.after !== 'allow'));
  const text = listed.flatMap(({ text: line, at, before, after, judgement }) => [
    message(locale, 'rejudge.changed', {
      ...{ time: at, after, text: printable(line) },
      before: before ?? message(locale, 'rejudge.unknown'),
    }),
    wordJudgement(judgement, { policy, locale }).trimEnd(),
  ]);
  const counts = { judged: rows.length, changed: changed.length, unknown: unknown.length, notes: recorded.notes };
  return `${[message(locale, 'rejudge.summary', { session: sessionId, ...counts }), ...text].join('\n')}\n`;
}
