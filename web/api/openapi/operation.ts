import type { z } from 'zod';

/** What the API's description says of one route beside its method and path. */
export interface Operation {
  /** What it does, in a line, in English and Japanese. */
  readonly says: readonly [en: string, ja: string];
  /** The very schemas that the route reads its request with. */
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The JSON of the answer; left out: there is none. */
  readonly answer?: z.ZodType;
  /** Of an answer that is not JSON. */
  readonly media?: string;
  /** 200 with an answer and 204 without one, unless it says so. */
  readonly status?: 201 | 202;
  /** Whoever is not signed in may call it, too. */
  readonly open?: true;
}

/** By `METHOD /path` below `/api`, the path as Express has it. */
export type Operations = Readonly<Record<string, Operation>>;
