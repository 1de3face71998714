/** What the commands read of the API's answers; what is added to those later does not matter here. */
import { z } from 'zod';
import { TICKET_KINDS, TICKET_STATES } from '../../policy/index.ts';

const text = z.string();
const when = z.iso.datetime();
const count = z.number().nullable();
const named = z.looseObject({ name: text });
const target = z.looseObject({ id: z.uuid(), name: text, systemTitleEn: text, systemTitleJa: text });

export const Ticket = z.looseObject({
  ...{ id: z.uuid(), number: z.number(), kind: z.enum(TICKET_KINDS), state: z.enum(TICKET_STATES) },
  ...{ requester: named, purpose: text, actDigest: z.string().regex(/^[0-9a-f]{64}$/) },
  systems: z.array(z.looseObject({ titleEn: text, titleJa: text })),
  ...{ notBefore: when, notAfter: when, decideBy: when },
  approvals: z.array(z.looseObject({ approver: named, decision: text, reason: text })),
  // Of one kind or another.
  target: target.optional(),
  targets: z.array(target).optional(),
  ...{ actText: text.optional(), workPlan: text.optional(), description: text.optional() },
  ...{ client: text.optional(), destination: text.optional(), recipient: text.optional() },
  ...{ rowsMax: count.optional(), bytesMax: count.optional(), usesMax: z.number().optional() },
  assets: z.array(z.looseObject({ name: text, records: count.optional() })).optional(),
});
export type Ticket = z.output<typeof Ticket>;

export const Tickets = z.looseObject({ tickets: z.array(Ticket), next: z.number().optional() });
export const OneTicket = z.looseObject({ ticket: Ticket });
export const WholeTicket = z.looseObject({
  ticket: Ticket,
  insight: z.looseObject({
    risk: z.looseObject({ score: z.number() }),
    similar: z.array(z.looseObject({ number: z.number(), state: text, requesterName: text })),
  }),
});

export const Choices = z.looseObject({ targets: z.array(z.looseObject({ id: z.uuid(), name: text })) });

export const RefusedAct = z.looseObject({
  refusedAct: z.looseObject({
    text,
    suggested: z.looseObject({ rowsMax: z.number(), bytesMax: z.number(), destination: text }),
  }),
});

export const Targets = z.looseObject({
  targets: z.array(
    z.looseObject({
      ...{ name: text, loginName: text, account: text, actions: z.array(text), expiresAt: when, mode: text },
      systemTitle: z.looseObject({ en: text, ja: text }),
    }),
  ),
});

export const Sessions = z.looseObject({
  sessions: z.array(z.looseObject({ id: z.uuid(), openedAt: when })),
  next: text.nullable(),
});
