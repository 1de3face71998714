/** Sessions and recordings as the API answers with them. */
import { z } from 'zod';
import { VERDICTS } from '../../../evidence/index.ts';
import { count, id, named, text, titles, when, whenOrNull } from './answers.ts';

export const Session = z
  .object({
    ...{ id, person: named, target: z.object({ name: text }), system: z.object({ id, title: titles }) },
    ...{ account: text, kind: z.enum(['shell', 'exec', 'files', 'web']), command: text.nullable() },
    ...{ sourceAddress: text, openedAt: when, closedAt: whenOrNull, closeReason: text.nullable() },
    ...{ exitStatus: z.int().nullable(), sealed: z.boolean(), refusals: count, exports: count },
    verdict: text.nullable(),
  })
  .meta({ id: 'Session' });

export const VerifyReport = z
  .object({
    verdict: z.enum(VERDICTS),
    ...{ frames: count, bytes: count },
    findings: z.array(
      z.object({
        severity: z.enum(['tampered', 'missing', 'unwitnessed', 'notice']),
        ...{ code: text, where: text, detail: text },
      }),
    ),
  })
  .meta({ id: 'VerifyReport' });

const Ready = z.object({
  ...{ state: z.literal('ready'), sessionId: id, view: text, startedAt: z.number(), durationMillis: count },
  markers: z.array(z.object({ at: count, kind: text, text })),
  parts: count,
});
export const Replay = z
  .discriminatedUnion('state', [Ready, z.object({ state: z.literal('building') })])
  .meta({ id: 'Replay' });

export const TranscriptLine = z
  .object({ at: count, kind: z.enum(['screen', 'passed', 'typed', 'executed', 'note']), text })
  .meta({ id: 'TranscriptLine' });

export const IndexHealth = z
  .object({ state: z.enum(['complete', 'behind', 'failed']), waiting: count, unreadable: count, sessions: count })
  .meta({ id: 'IndexHealth' });

export const Hit = z
  .object({ session: id, field: z.enum(['shown', 'typed', 'executed']), at: count, offset: count, text })
  .meta({ id: 'SearchHit' });

export const Exchange = z
  .object({
    ...{ at: when, n: count, method: text, url: text, status: z.int().nullable(), outcome: text, kind: text },
    ...{ rows: count, bytesIn: count, bytesOut: count, millis: count },
  })
  .meta({ id: 'WebExchange' });
