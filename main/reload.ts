/**
 * `sekisho reload`: replaces the workers of the gateway that runs on a data directory, which ends no session. The asking
 * is a SIGHUP; the answer is a file, for a signal carries none.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../config/index.ts';
import { asError, GatewayError, LIMITS, type Log } from '../foundation/index.ts';
import { findRecorderProcess } from '../recorder/index.ts';
import type { Running } from './all.ts';

const ANSWER = 'reload.json';
const LOOK_MS = 100;

const AnswerSchema = z.strictObject({
  pid: z.int(),
  /** How many this process has answered. */
  count: z.int(),
  /** Null: done. */
  refusal: z.string().nullable(),
  workers: z.int(),
});
type Answer = z.infer<typeof AnswerSchema>;

/** Replaces the workers at each SIGHUP, one time after the other. @returns what stops it. */
export function answerReloads(
  running: Pick<Running, 'directory' | 'reload' | 'workers'>,
  { load, log }: { load: () => Promise<Config>; log: Log },
): () => void {
  let count = 0;
  let last: Promise<void> = Promise.resolve();
  const answer = async (): Promise<void> => {
    // A configuration that cannot be used is refused here, before anything is begun.
    const refusal = await load()
      .then((config) => running.reload(config))
      .then(
        () => null,
        (thrown: unknown) => asError(thrown).message,
      );
    count += 1;
    const workers = running.workers().serving;
    if (refusal === null) log.info({ event: 'gateway.reloaded', workers }, 'new workers serve');
    else log.error({ event: 'gateway.reload_refused', refusal }, 'the workers were not replaced');
    await store(running.directory.root, { pid: process.pid, count, refusal, workers });
  };
  const onSignal = (): void => {
    last = last.then(answer).catch((thrown: unknown) => {
      log.error({ event: 'gateway.reload_unanswered', err: asError(thrown) }, 'the outcome of a reload is not told');
    });
  };
  process.on('SIGHUP', onSignal);
  return () => {
    process.off('SIGHUP', onSignal);
  };
}

async function store(directory: string, answer: Answer): Promise<void> {
  const path = join(directory, ANSWER);
  await writeFile(`${path}.tmp`, JSON.stringify(answer), { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}

/** Asks the gateway on this directory and waits for its answer. @throws {GatewayError} with its refusal. */
export async function runReload(dataDirectory: string): Promise<number> {
  const pid = await findRecorderProcess(join(dataDirectory, 'recorder'));
  if (pid === undefined) throw new GatewayError('not_found', `No gateway runs on ${dataDirectory}.`);
  const before = await readAnswer(dataDirectory);
  const asked = before?.pid === pid ? before.count : 0;
  process.kill(pid, 'SIGHUP');
  for (let waited = 0; waited < LIMITS.reloadSeconds * 1_000; waited += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const answer = await readAnswer(dataDirectory);
    if (answer?.pid !== pid || answer.count <= asked) continue;
    if (answer.refusal !== null) throw new GatewayError('start_refused', `Nothing was changed: ${answer.refusal}`);
    process.stdout.write(`sekisho: ${answer.workers} new workers serve; earlier ones finish their sessions\n`);
    return 0;
  }
  throw new GatewayError('start_refused', 'The gateway does not answer; its operator log says more.');
}

async function readAnswer(directory: string): Promise<Answer | undefined> {
  const text = await readFile(join(directory, ANSWER), 'utf8').catch(() => '{}');
  const parsed = AnswerSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}
