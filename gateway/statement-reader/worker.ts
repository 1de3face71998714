/** Reads SQL in a thread of its own: a parser that takes too long is ended with its thread, and nothing else waits. */
import { parentPort } from 'node:worker_threads';
import { init, parse } from '@guanmingchiu/sqlparser-ts';
import { fingerprintSync, loadModule, parseSync } from 'libpg-query';
import { invariant } from '../../foundation/index.ts';
import { type Dialect, type DialectReading, DIALECTS, WorkerQuestion } from './model.ts';
import { relationsOfOthers, relationsOfPostgresql } from './relations.ts';

invariant(parentPort, 'the reader of statements runs as a worker thread');
const port = parentPort;
await Promise.all([loadModule(), init()]);

function readAs(dialect: Dialect, sql: string): DialectReading | undefined {
  try {
    if (dialect !== 'postgresql')
      return { dialect, relations: relationsOfOthers(parse(sql, dialect)), fingerprint: null };
    return { dialect, relations: relationsOfPostgresql(parseSync(sql)), fingerprint: fingerprintSync(sql) };
  } catch {
    return undefined; // No statement of this dialect.
  }
}

port.on('message', (message: unknown) => {
  const { id, sql } = WorkerQuestion.parse(message);
  port.postMessage({
    id,
    readings: DIALECTS.map((dialect) => readAs(dialect, sql)).filter((one) => one !== undefined),
  });
});
port.postMessage({ id: 0, readings: [] });
