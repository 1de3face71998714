import * as z from 'zod/mini';
import { call } from './client.ts';

const Opener = z.object({ id: z.string(), opener: z.string() });
export type Opener = z.output<typeof Opener>;

export interface Window {
  readonly columns: number;
  readonly rows: number;
}

/** A new terminal: what opens it, once and soon. */
export function askTerminal(loginName: string, window: Window): Promise<Opener> {
  return call(Opener, 'POST', '/api/terminals', { loginName, window });
}

/** The same for a terminal that runs; `since`: up to where this page has drawn it, null when it has drawn nothing. */
export function askTerminalBack(id: string, since: number | null): Promise<Opener> {
  return call(Opener, 'POST', `/api/terminals/${encodeURIComponent(id)}/openers`, { since });
}

export const FromTerminal = z.discriminatedUnion('type', [
  z.object({ type: z.literal('attached'), offset: z.number(), complete: z.boolean() }),
  z.object({ type: z.literal('ended'), status: z.nullable(z.number()) }),
]);
