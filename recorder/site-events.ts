/** The audit events of sites; see audit-events.ts. */
import { z } from 'zod';

const id = z.uuid();
const text = z.string().max(16_384);

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

export const SITE_EVENTS = {
  'site.signed_in': body('A browser came from the console to a site, by a code that is used once.', {
    connection: id,
    target: id,
    sourceAddress: text,
  }),
  'site.entry_refused': body('A code for a site was used by nobody it was made for, twice or too late.', {
    target: id,
    sourceAddress: text,
  }),
  'site.credential_kept': body('A person kept what they sign in with at a site; the browser never sees it.', {
    target: id,
    account: text,
  }),
  'site.request_refused': body('A request to a site was not sent on.', {
    method: text,
    path: text,
    reason: text,
  }),
  'site.answer_cut': body('An answer of a site was cut in the middle: a limit was reached, or it broke off.', {
    method: text,
    path: text,
    reason: text,
    bytes: z.number().int(),
  }),
} as const;
