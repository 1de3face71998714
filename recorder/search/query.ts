/** What somebody looks for: words that stand on one line, `"words in quotes"` as they are. */
import { z } from 'zod';
import { GatewayError, LIMITS } from '../../foundation/index.ts';
import { formsOf } from './normalise.ts';

export const SEARCH_FIELDS = ['shown', 'typed', 'executed'] as const;
export type SearchField = (typeof SEARCH_FIELDS)[number];

export const SearchPlaceSchema = z.strictObject({
  from: z.number().int(),
  session: z.string(),
  part: z.number().int(),
  /** Counted from the first one of the session in its part. */
  block: z.number().int(),
  line: z.number().int(),
});
/** Where a page of hits ended. */
export type SearchPlace = z.infer<typeof SearchPlaceSchema>;

export const SearchRequestSchema = z.strictObject({
  text: z.string(),
  fields: z.array(z.enum(SEARCH_FIELDS)).min(1),
  /** Only these; null for all. */
  sessions: z.array(z.string()).nullable(),
  /** Unix milliseconds of the line itself. */
  after: z.number().int().nullable(),
  before: z.number().int().nullable(),
  hits: z.number().int().positive().max(LIMITS.searchHitsMax),
  hitsPerSession: z.number().int().positive().max(LIMITS.searchHitsMax),
  from: SearchPlaceSchema.nullable(),
});
export type SearchRequest = z.infer<typeof SearchRequestSchema>;

export interface SearchHit {
  readonly session: string;
  readonly field: SearchField;
  /** Unix milliseconds. */
  readonly at: number;
  /** Milliseconds since the session's recording began. */
  readonly offset: number;
  /** Of the line, around what was found. */
  readonly text: string;
  readonly linesBefore: readonly string[];
  readonly linesAfter: readonly string[];
}

export interface SearchAnswer {
  readonly hits: readonly SearchHit[];
  /** Sessions of this page in which more was found than is shown. */
  readonly moreIn: readonly string[];
  /** Where to go on; null when everything was looked at. */
  readonly next: SearchPlace | null;
  /** Time ran out before the page was full: what is missing is looked for from `next` on. */
  readonly ranOut: boolean;
}

/** A word in its forms. */
export type Word = readonly [string, ...string[]];

const WORDS = /"([^"]*)"|(\S+)/g;

/** @throws {GatewayError} `request_invalid` for none, or too many. */
export function wordsOf(text: string): Word[] {
  if (text.length > LIMITS.searchQueryCharactersMax) throw new GatewayError('request_invalid', 'text: is too long.');
  const words = [...text.replace(/[“”]/g, '"').matchAll(WORDS)]
    .map(([, quoted, plain]) => formsOf(quoted ?? plain ?? ''))
    .filter(([usual]) => usual.trim() !== '');
  if (words.length === 0) throw new GatewayError('request_invalid', 'text: names nothing to look for.');
  if (words.length > LIMITS.searchWordsMax) throw new GatewayError('request_invalid', 'text: has too many words.');
  return words;
}

/** Whether the line holds every word, in the usual form or as it was written. */
export function holdsWords(line: string, words: readonly Word[]): boolean {
  const forms = formsOf(line);
  return words.every((word) => word.some((form) => forms.some((text) => text.includes(form))));
}
