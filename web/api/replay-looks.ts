/** Who may look at a recording, and that they did. */
import type { Request } from 'express';
import { z } from 'zod';
import { GatewayError } from '../../foundation/index.ts';
import type { Principal, SessionId } from '../../policy/index.ts';
import { appendAuditEvent, type Derived, type OpenReplay } from '../../recorder/index.ts';
import type { WebApiDeps } from './deps.ts';
import { principalOf } from './guards.ts';
import { requireRecording } from './recordings.ts';
import { createViews } from './views.ts';

/** How long a first replay may be made while somebody waits for the answer. */
export const WAIT_MILLIS = 5_000;

export const whole = z
  .string()
  .regex(/^(0|[1-9]\d{0,6})$/, 'must be a whole number')
  .transform(Number);

export const EXPORTED = ['cast2', 'cast3', 'transcript', 'commands'] as const;
export type Exported = (typeof EXPORTED)[number];

export interface Looks {
  /** Lets in who may see the recording and notes that they look, once a view. @returns the view. */
  enter(
    request: Request,
    id: SessionId,
    look: { readonly view: string | undefined; readonly form: 'replay' | 'transcript' },
  ): Promise<string>;
  note(principal: Principal, id: SessionId, how: How): Promise<void>;
}

type How = { form: 'replay' | 'transcript' } | { form: 'download'; file: Exported };

export function createLooks(deps: WebApiDeps): Looks {
  const { database, clock } = deps;
  const views = createViews(clock);
  const note: Looks['note'] = (principal, id, how) =>
    appendAuditEvent(database, clock, {
      ...{ type: 'recording.viewed', actor: principal.person.id, session: id },
      body: { session: id, ...how },
    });
  return {
    note,
    enter: async (request, id, { view, form }) => {
      const principal = principalOf(request);
      await requireRecording(deps, principal, id);
      const { id: person } = principal.person;
      if (view !== undefined && views.holds(view, person, id)) return view;
      await note(principal, id, { form });
      return views.issue(person, id);
    },
  };
}

/** @throws {GatewayError} `not_found` while it is being made. */
export async function openReplay(derived: Derived, id: SessionId): Promise<OpenReplay> {
  const replay = await derived.replay(id, WAIT_MILLIS);
  if (replay === 'building') throw new GatewayError('not_found', 'The replay is being made.');
  return replay;
}
