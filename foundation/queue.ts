/**
 * Background work over BullMQ: on PostgreSQL by default, on Redis when a Redis URL is set. One API for both.
 *
 * A payload is parsed with its schema before the handler sees it; a handler must be safe to run twice.
 */
import { randomUUID } from 'node:crypto';
import { createPostgresBackend, type JobsOptions, Queue, type RepeatOptions, runMigrations, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { z } from 'zod';
import { asError, GatewayError } from './errors.ts';
import type { Log } from './log.ts';
import type { Secret } from './secret.ts';

export type QueueBackend =
  | { readonly kind: 'postgres'; readonly url: Secret<string> }
  | { readonly kind: 'redis'; readonly url: Secret<string> };

/** One kind of work: its name (also the queue's) and the shape of its payload. */
export interface JobKind<Payload> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
}

export interface AddOptions {
  /** Two jobs of one id are one job. */
  readonly id?: string;
  readonly delayMs?: number;
}

const ATTEMPTS = 5;
const BACKOFF_MS = 1_000;
const DONE_KEPT = 1_000;
const FAILED_KEPT = 5_000;
const ERROR_LOG_INTERVAL_MS = 5_000;
const POOL_SIZE = 4;
/** A worker that gave no sign of life for so long is dead, and its job another's. */
const LEASE_MS = 30_000;

interface Opened {
  /** `force`: without waiting for what is in hand. */
  close(force?: boolean): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** What both backends' queues have in common, as far as we use it. */
interface Adder extends Opened {
  add(name: string, data: unknown, options: JobsOptions): Promise<unknown>;
  upsertJobScheduler(
    id: string,
    repeat: Omit<RepeatOptions, 'key'>,
    template: { name: string; data: unknown; opts: Pick<JobsOptions, 'removeOnComplete' | 'removeOnFail'> },
  ): Promise<unknown>;
}

/** The queues of one process. */
export class JobQueues implements AsyncDisposable {
  readonly #backend: QueueBackend;
  readonly #log: Log;
  readonly #leaseMs: number;
  readonly #opened: Opened[] = [];
  readonly #redis: Redis[] = [];
  readonly #queues = new Map<string, Adder>();
  readonly #schedules: (() => Promise<unknown>)[] = [];

  constructor(backend: QueueBackend, log: Log, leaseMs = LEASE_MS) {
    this.#backend = backend;
    this.#log = log;
    this.#leaseMs = leaseMs;
  }

  /** Adds one job; it survives a crash once this returns. */
  async add<Payload>(kind: JobKind<Payload>, payload: Payload, options: AddOptions = {}): Promise<void> {
    await this.#queue(kind.name).add(kind.name, kind.payload.parse(payload), {
      attempts: ATTEMPTS,
      backoff: { type: 'exponential', delay: BACKOFF_MS },
      removeOnComplete: { count: DONE_KEPT },
      removeOnFail: { count: FAILED_KEPT },
      // Always an id of ours: for its own, BullMQ creates a sequence, and the gateway's role may create nothing.
      jobId: options.id ?? randomUUID(),
      ...(options.delayMs === undefined ? {} : { delay: options.delayMs }),
    });
  }

  /** Adds the same job again and again; one schedule per kind, however many processes ask for it. */
  async every<Payload>(kind: JobKind<Payload>, payload: Payload, intervalMs: number): Promise<void> {
    const schedule = (): Promise<unknown> =>
      this.#queue(kind.name).upsertJobScheduler(
        `every-${kind.name}`,
        { every: intervalMs },
        {
          name: kind.name,
          data: kind.payload.parse(payload),
          opts: { removeOnComplete: { count: 10 }, removeOnFail: { count: 100 } },
        },
      );
    this.#schedules.push(schedule);
    this.#queue(kind.name); // Opens the connection that tells it.
    // A Redis that is away is told when it is there: nothing that starts waits for it.
    if (this.#backend.kind === 'postgres' || this.#redis.some(({ status }) => status === 'ready')) await schedule();
  }

  /** Runs `handle` for each job of `kind`, at most `concurrency` at once, until this is closed. */
  work<Payload>(kind: JobKind<Payload>, handle: (payload: Payload) => Promise<void>, concurrency = 4): void {
    const processor = async (job: { data: unknown }): Promise<void> => {
      await handle(kind.payload.parse(job.data));
    };
    const backend = this.#backend;
    const options = {
      ...{ concurrency, lockDuration: this.#leaseMs, stalledInterval: this.#leaseMs },
      maxStalledCount: ATTEMPTS,
    };
    const worker =
      backend.kind === 'postgres'
        ? new Worker(kind.name, processor, { ...options, connection: postgres(backend.url) }, createPostgresBackend)
        : new Worker(kind.name, processor, { ...options, connection: this.#connectRedis(backend.url) });
    worker.on('failed', (job, error) => {
      this.#log.warn({ event: 'job.failed', kind: kind.name, job: job?.id, err: error }, 'job failed');
    });
    this.#keep(kind.name, worker);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const away = this.#redis.some(({ status }) => status !== 'ready');
    // Whoever waits for a Redis that is away to take leave of it waits for ever: a stop must not hang on it.
    if (away) for (const redis of this.#redis) redis.disconnect();
    await Promise.allSettled(this.#opened.toReversed().map((opened) => opened.close(away)));
    for (const redis of this.#redis) redis.disconnect();
  }

  #queue(name: string): Adder {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const backend = this.#backend;
    const queue: Adder =
      backend.kind === 'postgres'
        ? new Queue(name, { connection: postgres(backend.url) }, createPostgresBackend)
        : new Queue(name, { connection: this.#connectRedis(backend.url) });
    this.#queues.set(name, queue);
    this.#keep(name, queue);
    return queue;
  }

  #connectRedis(url: Secret<string>): Redis {
    const redis = new Redis(url.expose(), { maxRetriesPerRequest: null });
    const failed = this.#errorLogger('redis');
    redis.on('error', failed);
    // A Redis that came back may have forgotten the schedules, and with them everything that falls due by time.
    redis.on('ready', () => {
      for (const schedule of this.#schedules) schedule().catch((thrown: unknown) => failed(asError(thrown)));
    });
    this.#redis.push(redis);
    return redis;
  }

  #keep(name: string, opened: Opened): void {
    opened.on('error', this.#errorLogger(name));
    this.#opened.push(opened);
  }

  /** A lost database makes a worker fail many times a second: one line each few seconds says as much. */
  #errorLogger(name: string): (error: Error) => void {
    let last = 0n;
    return (error) => {
      const now = process.hrtime.bigint();
      if (last !== 0n && now - last < BigInt(ERROR_LOG_INTERVAL_MS) * 1_000_000n) return;
      last = now;
      this.#log.warn({ event: 'queue.error', queue: name, err: error }, 'queue connection trouble');
    };
  }
}

/** Asks Redis once whether it is there. @throws what the connection says, within `milliseconds`. */
export async function pingRedis(url: Secret<string>, milliseconds: number): Promise<void> {
  const redis = new Redis(url.expose(), {
    lazyConnect: true,
    connectTimeout: milliseconds,
    commandTimeout: milliseconds,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let first: Error | undefined;
  redis.on('error', (error: Error) => {
    first ??= error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (thrown) {
    throw first ?? asError(thrown);
  } finally {
    redis.disconnect();
  }
}

/** Creates or upgrades the queue's own tables (schema `bullmq`) and lets `role` use them. Needs the owner's URL. */
export async function migrateQueue(ownerUrl: Secret<string>, role: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl.expose() });
  client.on('error', () => undefined); // Every failure surfaces in the awaited calls below.
  try {
    await client.connect();
    await runMigrations(client);
    const grantee = client.escapeIdentifier(role);
    await client.query(`GRANT USAGE ON SCHEMA bullmq TO ${grantee};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${grantee};
      GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA bullmq TO ${grantee};
      GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bullmq TO ${grantee};`);
  } catch (thrown) {
    throw new GatewayError('start_refused', 'The queue tables cannot be created.', { cause: asError(thrown) });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function postgres(url: Secret<string>) {
  return { connectionString: url.expose(), max: POOL_SIZE, skipMigrations: true };
}
