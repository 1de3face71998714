/** What becomes of recordings and their keys: a part of the table of audit events. */
import { z } from 'zod';

const id = z.uuid();
const text = z.string().max(16_384);
const stream = z.enum(['screen', 'keystrokes']);
const held = { session: id, hold: id, reason: text };

const body = <Shape extends z.ZodRawShape>(description: string, shape: Shape) =>
  z.strictObject(shape).describe(description);

export const RECORDING_EVENTS = {
  'recording.held': body('A legal hold was placed on a session: nothing of it is erased.', held),
  'recording.released': body('A legal hold was lifted.', held),
  'recording.erasure_requested': body('Somebody asked that a key of a recording be destroyed.', {
    session: id,
    erasure: id,
    stream,
    reason: text,
    basis: text,
  }),
  'recording.erasure_decided': body('Somebody else decided about the erasure.', {
    session: id,
    erasure: id,
    verdict: z.enum(['approved', 'rejected']),
  }),
  'recording.erasure_refused': body('A decision about an erasure was refused.', {
    session: id,
    erasure: id,
    code: text,
  }),
  'recording.erased': body('A key of a recording was destroyed; the leaf tells outsiders.', {
    session: id,
    erasure: id,
    stream,
    leaf: z.number().int(),
  }),
  'recording.rewrapped': body('A key of a recording was wrapped anew to the recipients of that day.', {
    session: id,
    stream,
    from: text,
    to: text,
    leaf: z.number().int(),
  }),
  'recorder.log_conflict': body(
    'Somebody knows more of the signed log than is here, or another history of it: a copy was put back, or a second writer signs. Sessions ended.',
    {
      detail: text,
    },
  ),
  'recorder.disk_low': body('The disk under the recorder is too full for new sessions; those there are go on.', {
    free: text,
    needed: text,
  }),
  'recorder.disk_recovered': body('The disk under the recorder has room for new sessions again.', {
    free: text,
    needed: text,
  }),
  'recorder.failed': body('The recorder could not store; its sessions ended.', {
    code: text,
    detail: text,
    sessions: z.number().int(),
  }),
} as const;
