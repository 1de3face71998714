/**
 * PostgreSQL behind typed statements: every row is parsed, writers take a `Transaction`, idle errors never escape.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { Client, Pool, type PoolClient, type PoolConfig } from 'pg';
import type { z } from 'zod';
import { asError, GatewayError } from './errors.ts';
import type { Log } from './log.ts';
import type { Secret } from './secret.ts';

/** SQL with its values apart and the schema its rows are parsed with. */
export interface Statement<Row> {
  /** The same for the same text: the server parses and plans it once a connection. */
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly row: z.ZodType<Row>;
}

/** sql(RowSchema)`SELECT … WHERE id = ${id}`: values become $1, $2, …; nothing is ever spliced into the text. */
export function sql<Row>(row: z.ZodType<Row>) {
  return (strings: TemplateStringsArray, ...values: readonly unknown[]): Statement<Row> => ({
    ...prepared(strings),
    values,
    row,
  });
}

/** One entry a place in the code that writes SQL: a template's strings are one object for as long as the code lives. */
const PREPARED = new WeakMap<TemplateStringsArray, { readonly name: string; readonly text: string }>();

function prepared(strings: TemplateStringsArray): { readonly name: string; readonly text: string } {
  const known = PREPARED.get(strings);
  if (known !== undefined) return known;
  const text = strings.reduce((joined, part, at) => (at === 0 ? part : `${joined}$${at}${part}`), '');
  const made = { name: createHash('sha256').update(text).digest('hex').slice(0, 32), text };
  PREPARED.set(strings, made);
  return made;
}

/** Proof of an open transaction: commands that write take this and not the pool. */
export class Transaction {
  readonly client: PoolClient;

  constructor(client: PoolClient) {
    this.client = client;
  }
}

export type Queryable = Database | Transaction;

export interface DatabaseSettings {
  readonly url: Secret<string>;
  readonly poolSize: number;
  readonly log: Log;
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;
const RELISTEN_MS = 250;

export class Database implements AsyncDisposable {
  readonly pool: Pool;
  readonly #settings: DatabaseSettings;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<Client>();
  readonly #open = new Set<PoolClient>();

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.pool = new Pool({
      ...connection(settings.url),
      max: settings.poolSize,
      statement_timeout: STATEMENT_TIMEOUT_MS,
    });
    this.pool.on('connect', (client) => this.#open.add(client));
    this.pool.on('remove', (client) => this.#open.delete(client));
    // Without a listener the error of an idle connection (a database restart) is an uncaught exception.
    this.pool.on('error', (error) =>
      settings.log.warn({ event: 'database.idle_error', err: error }, 'idle connection lost'),
    );
  }

  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws.
   * READ COMMITTED; lock the aggregate's row first (`FOR UPDATE`).
   */
  async inTransaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const client = await connected(() => this.pool.connect());
    let broken: Error | undefined;
    // A connection cut between two statements has nobody awaiting it: unheard, its error would end the process.
    const onLost = (error: Error): void => {
      broken = error;
    };
    client.on('error', onLost);
    try {
      await client.query('BEGIN');
      const result = await work(new Transaction(client));
      await client.query('COMMIT');
      return result;
    } catch (thrown) {
      broken = (await rollback(client)) ?? broken;
      throw asDatabaseError(thrown);
    } finally {
      client.off('error', onLost);
      client.release(broken);
    }
  }

  /**
   * Calls `onNotification` for every NOTIFY on `channel`, reconnecting until this is closed. `onConnected` runs at the
   * start and after each reconnect, when notifications may have been missed: re-read then.
   * @throws {GatewayError} `database_unavailable` when the first connection fails; later ones are tried again.
   */
  async listen(channel: string, onNotification: (payload: string) => void, onConnected: () => void): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const client = new Client(connection(this.#settings.url));
    this.#listeners.add(client);
    client.on('error', (error) => {
      this.#settings.log.warn({ event: 'database.listen_lost', channel, err: error }, 'listening connection lost');
    });
    client.on('notification', ({ payload }) => onNotification(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    } catch (thrown) {
      this.#listeners.delete(client);
      client.end().catch(() => undefined);
      throw asDatabaseError(thrown);
    }
    client.once('end', () => {
      this.#listeners.delete(client);
      this.#again(() => this.listen(channel, onNotification, onConnected));
    });
    onConnected();
  }

  #again(listen: () => Promise<void>): void {
    if (this.#closing.signal.aborted) return;
    const timer = setTimeout(() => {
      listen().catch(() => this.#again(listen));
    }, RELISTEN_MS);
    timer.unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#listeners].map((client) => client.end()));
    await this.pool.end();
    // `end` resolves when the goodbyes are sent; a server that stops in between would answer them with an error.
    while (this.#open.size > 0) await once(this.pool, 'remove');
  }
}

/** All rows. */
export async function many<Row>(db: Queryable, statement: Statement<Row>): Promise<Row[]> {
  const { rows } = await query(db, statement);
  return rows.map((row) => statement.row.parse(row));
}

/** The one row, or undefined. */
export async function maybeOne<Row>(db: Queryable, statement: Statement<Row>): Promise<Row | undefined> {
  return (await many(db, statement))[0];
}

/** The one row. @throws {GatewayError} `not_found`. */
export async function one<Row>(db: Queryable, statement: Statement<Row>): Promise<Row> {
  const row = await maybeOne(db, statement);
  if (row === undefined) throw new GatewayError('not_found');
  return row;
}

/** Runs a statement for its effect. @returns how many rows it touched. */
export async function execute(db: Queryable, statement: Statement<unknown>): Promise<number> {
  return (await query(db, statement)).rowCount;
}

async function query(db: Queryable, statement: Statement<unknown>): Promise<{ rows: unknown[]; rowCount: number }> {
  const runner = db instanceof Transaction ? db.client : db.pool;
  try {
    const { rows, rowCount } = await runner.query<Record<string, unknown>>({
      name: statement.name,
      text: statement.text,
      values: [...statement.values],
    });
    return { rows, rowCount: rowCount ?? 0 };
  } catch (thrown) {
    throw asDatabaseError(thrown);
  }
}

function connection(url: Secret<string>): PoolConfig {
  return { connectionString: url.expose(), connectionTimeoutMillis: CONNECT_TIMEOUT_MS, application_name: 'sekisho' };
}

async function connected<Client>(connect: () => Promise<Client>): Promise<Client> {
  try {
    return await connect();
  } catch (thrown) {
    throw asDatabaseError(thrown);
  }
}

async function rollback(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (thrown) {
    return asError(thrown); // The connection is gone: it must leave the pool.
  }
}

/** SQLSTATE of an error from the server, e.g. `23505`; undefined when it is none. */
export function sqlState(thrown: unknown): string | undefined {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** Whether the server refused a row because another has its key: who came second loses. */
export function isUniqueViolation(thrown: unknown): boolean {
  return sqlState(thrown) === '23505';
}

/** Lost connections and shutdowns become `database_unavailable`; anything else stays what it is. */
function asDatabaseError(thrown: unknown): Error {
  const error = asError(thrown);
  if (error instanceof GatewayError) return error;
  const state = sqlState(error);
  const gone = state === undefined ? isConnectionFault(error) : /^(08|57P|53)/.test(state);
  return gone ? new GatewayError('database_unavailable', undefined, { cause: error }) : error;
}

function isConnectionFault(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^E[A-Z]+$/.test(code) ||
    /connection (terminated|timeout|ended)|timeout exceeded|not queryable/i.test(error.message)
  );
}
