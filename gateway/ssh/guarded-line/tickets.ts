/** Asking for a ticket at the prompt, about what was refused last. */
import { findRefusedAct, requestExport } from '../../../approvals/index.ts';
import { GatewayError, LIMITS } from '../../../foundation/index.ts';
import type { RefusedActId } from '../../../policy/index.ts';
import type { ChannelWork } from '../model.ts';

const HOUR_MS = 3_600_000;
const ASKED = /^\s*ticket(?:\s+(\S[^]*))?$/;

/** The purpose of `ticket PURPOSE`; empty without one. Undefined for any other line. */
export function purposeOf(line: string): string | undefined {
  const asked = ASKED.exec(line);
  return asked === null ? undefined : (asked[1] ?? '').trim();
}

/** Requests one run of the refused act with the bounds that fit it, from now on, and says what comes of it. */
export async function askForTicket(work: ChannelWork, id: RefusedActId, purpose: string): Promise<boolean> {
  const { deps, caller, person, session } = work;
  const who = session.authorization.person;
  const url = new URL(`/tickets/new?act=${id}`, deps.publicUrl).href;
  if (purpose === '') {
    await person.say('line.ticket.how', 'ticket_required', { url });
    return false;
  }
  const act = await findRefusedAct(deps.database, who, id);
  if (act === undefined) return false;
  const now = deps.clock.now();
  try {
    const ticket = await requestExport(
      deps,
      { person: who, signedInBy: caller.method === 'browser' ? 'browser' : 'ssh_key' },
      {
        ...{ refusedActId: id, purpose, client: '', ...act.suggested, notBefore: now },
        notAfter: new Date(now.getTime() + LIMITS.ticketAtPromptHours * HOUR_MS),
      },
    );
    const { number, rowsMax: rows, bytesMax: bytes } = ticket;
    const hours = LIMITS.ticketAtPromptHours;
    await person.say('line.ticket.requested', 'ticket_requested', { number, rows, bytes, hours });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown;
    await person.say('line.ticket.refused', thrown.code, { url, reason: thrown.message });
    return false;
  }
}
