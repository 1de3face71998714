/** The audit events of terminals in the browser; see audit-events.ts. */
import { z } from 'zod';

const id = z.uuid();
const text = z.string().max(16_384);

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

export const TERMINAL_EVENTS = {
  'terminal.opened': body('Somebody opened a terminal in the browser; what it lets in has events of its own.', {
    ...{ connection: id, webSession: id, loginName: text, sourceAddress: text },
  }),
  'terminal.resumed': body('The browser of a running terminal came back to it.', {
    ...{ connection: id, sourceAddress: text },
  }),
  'terminal.refused': body(
    'A terminal was asked for by a page of another site, or by an opener that was used, is too old or belongs to another sign-in.',
    { webSession: id, reason: z.enum(['origin', 'opener']) },
  ),
} as const;
