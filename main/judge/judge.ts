/** `sekisho judge`: the gate's own judge, away from any gateway: no configuration, no database, no target. */
import { GatewayError } from '../../foundation/index.ts';
import {
  type Judgement,
  judgeCommand,
  judgeStatement,
  type Locale,
  type TargetPolicy,
  type VerdictName,
} from '../../policy/index.ts';
import { answerOf } from './answer.ts';
import { judgeLines } from './judge-lines.ts';
import { readPolicy } from './policy-file.ts';
import { wordJudgement } from './words.ts';

/** What a script sees without reading a word. Those of a refusal are apart from 1, which is a failure to judge. */
const STATUS: Record<VerdictName, number> = { allow: 0, deny: 2, needs_ticket: 2, ask: 3 };
const FAILED = 1;

export interface JudgeOptions {
  readonly policy: string | undefined;
  readonly commands: readonly string[];
  /** Lines of JSON from standard input. */
  readonly jsonl: boolean;
  /** Answer about the one command in JSON. */
  readonly json: boolean;
  /** The text is SQL. */
  readonly sql: boolean;
  readonly locale: Locale;
}

/** @throws {GatewayError} `request_invalid`, `policy_invalid`. */
export async function runJudge(options: JudgeOptions): Promise<number> {
  const policy = await readPolicy(policyOf(options.policy, 'judge'));
  const [command, ...others] = options.commands;
  if (options.jsonl) {
    if (command !== undefined)
      throw new GatewayError('request_invalid', 'With --jsonl the commands come from standard input.');
    const { unjudged } = await judgeLines(policy, { input: process.stdin, output: process.stdout });
    return unjudged === 0 ? 0 : FAILED;
  }
  if (command === undefined || others.length > 0) {
    throw new GatewayError('request_invalid', "Name one command, in quotes: sekisho judge --policy FILE 'pg_dump crm'");
  }
  const { judgement, tables, fingerprint } = await judgeOne(command, policy, options.sql);
  const more = options.sql ? { tables, fingerprint } : {};
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...answerOf(judgement), ...more })}\n`
      : wordJudgement(judgement, { policy, locale: options.locale, tables }),
  );
  return STATUS[judgement.verdict];
}

interface JudgedOne {
  readonly judgement: Judgement;
  /** Tables that the parsers of SQL find in it. */
  readonly tables: readonly string[];
  readonly fingerprint: string | null;
}

async function judgeOne(text: string, policy: TargetPolicy, isSql: boolean): Promise<JudgedOne> {
  if (!isSql) return { judgement: judgeCommand(text, policy), tables: [], fingerprint: null };
  const { refineStatement, StatementReader } = await loadParsers();
  await using reader = new StatementReader();
  const [judgement, reading] = [judgeStatement(text, policy), await reader.read(text)];
  const { relations: tables, ...refined } = refineStatement(text, { judgement, policy, reading });
  return { ...refined, tables };
}

/** Apart from its use: beside `await using` the compiler leaves the name of the file as it stands in the sources. */
function loadParsers(): Promise<typeof import('../../gateway/index.ts')> {
  return import('../../gateway/index.ts');
}

/** @throws {GatewayError} `request_invalid` when none was named. */
export function policyOf(file: string | undefined, command: string): string {
  if (file === undefined)
    throw new GatewayError(
      'request_invalid',
      `Name the policy: sekisho ${command} --policy FILE (docs/formats/policy-v1.md)`,
    );
  return file;
}
