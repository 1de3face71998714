/** Audit events of the processes of a gateway. Joined in audit-events.ts. */
import { z } from 'zod';

const id = z.uuid();
const text = z.string().max(16_384);

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

export const PROCESS_EVENTS = {
  'gateway.started': body('A gateway process began its work.', { gateway: id, mode: text, version: text }),
  'gateway.stopped': body('A gateway process ended its work in order.', { gateway: id }),
  'gateway.reloaded': body('The workers of a gateway were replaced; earlier ones finish their sessions.', {
    gateway: id,
    workers: z.number().int(),
  }),
  'gateway.reload_refused': body('The workers were not replaced, and nothing changed.', { gateway: id, detail: text }),
  'worker.lost': body('A worker process broke off; its recordings are sealed and its sessions closed.', {
    gateway: id,
    worker: id,
    cause: text,
    sessions: z.number().int(),
  }),
} as const;
