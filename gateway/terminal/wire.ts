/**
 * What a browser and its terminal say to each other. Bytes of the terminal are binary messages in both directions; the
 * rest is text: one JSON object a message. docs/formats/terminal-v1.md.
 */
import { z } from 'zod';
import { LIMITS } from '../../foundation/index.ts';

export const SUBPROTOCOL = 'sekisho.terminal.v1';

const side = z.int().min(1).max(LIMITS.terminalSideMax);

/** The size of a terminal, in columns and rows of cells. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
}

const FromBrowserSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('resize'), columns: side, rows: side }),
  /** Everything before this place of the output was drawn. */
  z.strictObject({ type: z.literal('drawn'), offset: z.int().nonnegative() }),
  /** The person closed the terminal: it does not wait for them. */
  z.strictObject({ type: z.literal('leave') }),
]);

export type FromBrowser = z.infer<typeof FromBrowserSchema>;

export type ToBrowser =
  /** The output goes on from this place; `complete` is false where some before it was forgotten. */
  | { readonly type: 'attached'; readonly offset: number; readonly complete: boolean }
  /** Nothing follows. `status`: of the program; null when the gateway ended it. */
  | { readonly type: 'ended'; readonly status: number | null };

/** @returns undefined for anything else: the connection that said it is closed. */
export function readMessage(text: string): FromBrowser | undefined {
  try {
    return FromBrowserSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
