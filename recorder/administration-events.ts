/** Audit events of those who keep the gateway: what they tried, ended and pinned. */
import { z } from 'zod';

const id = z.uuid();
const text = z.string().max(16_384);

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

export const ADMINISTRATION_EVENTS = {
  'grant.ended': body('Somebody ended a grant; sessions that stood on it ended with it.', {
    ...{ grant: id, person: id, target: id, actions: z.array(text), reason: text },
  }),
  'target.connection_checked': body('Somebody had the road to a target checked, as far as the gateway goes alone.', {
    ...{ target: id, outcome: z.enum(['known', 'other', 'failed', 'behind']), code: text.nullable() },
    fingerprint: text.nullable().describe('Of the host key that was shown.'),
    signIn: text.nullable().describe('`entered`, why not, or null where nobody looks at its accounts.'),
  }),
  'target.host_key_pinned': body('An administrator pinned the host key that a target shows now.', {
    ...{ target: id, reason: text, before: text.nullable(), after: text },
  }),
} as const;
