/** Reads SQL in a thread of its own: a parser that takes too long is ended with its thread, and nothing else waits. */
import { parentPort } from 'node:worker_threads';
import { init, parse } from '@guanmingchiu/sqlparser-ts';
import { fingerprintSync, loadModule, parseSync } from 'libpg-query';
import { asError, invariant, LIMITS } from '../../foundation/index.ts';
import { type Dialect, type DialectReading, DIALECTS, WorkerQuestion } from './model.ts';
import { relationsOfOthers, relationsOfPostgresql } from './relations.ts';

invariant(parentPort, 'the reader of statements runs as a worker thread');
const port = parentPort;
await Promise.all([loadModule(), init()]);

/** How the two parsers say that a text is nested deeper than they go: it is no sign that the text is none of theirs. */
const TOO_DEEP = /recursion limit|memory exhausted|stack (depth|overflow|size)/i;

type Outcome = DialectReading | 'no_statement' | 'too_deep';

function readAs(dialect: Dialect, sql: string): Outcome {
  try {
    if (dialect !== 'postgresql')
      return { dialect, relations: relationsOfOthers(parse(sql, dialect)), fingerprint: null };
    return { dialect, relations: relationsOfPostgresql(parseSync(sql)), fingerprint: fingerprintSync(sql) };
  } catch (thrown) {
    if (TOO_DEEP.test(asError(thrown).message)) return 'too_deep';
    // A text may have broken the parser's memory. It would take no later text for a statement, and nobody would know.
    check(dialect);
    return 'no_statement';
  }
}

/** @throws what a broken parser throws: nobody catches it, so that the thread ends and a new one is started. */
function check(dialect: Dialect): void {
  if (dialect === 'postgresql') parseSync('SELECT 1');
  else parse('SELECT 1', dialect);
}

/** The whole text, else each statement of it that the dialect takes. */
function readWithParts(dialect: Dialect, sql: string, parts: readonly string[]): readonly Outcome[] {
  const whole = readAs(dialect, sql);
  if (whole !== 'no_statement') return [whole];
  if (parts.length > LIMITS.statementPartsMax) return ['too_deep'];
  const outcomes = parts.filter((part) => part !== sql).map((part) => readAs(dialect, part));
  const read = outcomes.filter((one) => typeof one === 'object');
  if (read.length === 0) return outcomes;
  const relations = [...new Set(read.flatMap((one) => one.relations))];
  return [...outcomes.filter((one) => one === 'too_deep'), { dialect, relations, fingerprint: null }];
}

port.on('message', (message: unknown) => {
  const { id, sql, parts } = WorkerQuestion.parse(message);
  const outcomes = DIALECTS.flatMap((dialect) => readWithParts(dialect, sql, parts));
  port.postMessage({
    id,
    readings: outcomes.filter((one) => typeof one === 'object'),
    gaveUp: outcomes.includes('too_deep'),
  });
});
port.postMessage({ id: 0, readings: [], gaveUp: false });
