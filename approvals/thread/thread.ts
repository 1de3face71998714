/** What is asked back and answered about a request, kept word for word. */
import { GatewayError, LIMITS, newUuid, type Transaction } from '../../foundation/index.ts';
import { decideApproval, nextTicketState, type Principal, type TicketId } from '../../policy/index.ts';
import { requireText } from '../checks.ts';
import type { ApprovalsDeps, TicketView } from '../model.ts';
import { publish } from '../outbox.ts';
import { takeStep } from '../steps.ts';
import { countMessages, insertMessage, type MessageToWrite } from './queries.ts';

/**
 * Somebody who could decide asks instead; the request waits for the answer and cannot be approved before.
 * @throws {GatewayError} as `decideTicket`.
 */
export function askBack(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
  asked: { readonly text: string },
): Promise<TicketView> {
  const text = requireText('text', asked.text, LIMITS.workTextCharactersMax);
  const actor = principal.person.id;
  return takeStep(deps, principal, id, {
    name: 'ask_back',
    judge: ({ ticket, facts, now }) => {
      const decided = decideApproval({ ...facts, askedDigest: ticket.actDigest });
      if (!decided.allowed) return { refused: decided.reason };
      return {
        to: nextTicketState(ticket.kind, ticket.state, 'ask_back'),
        write: (tx) => writeMessage(tx, { ticket: id, author: actor, kind: 'question', text, now }),
        event: { type: 'ticket.asked_back', actor, ticket: id, body: { text } },
      };
    },
    after: (tx) => publish(tx, deps.clock, 'ticket.decided', { ticket: id, state: 'asked_back' }),
  });
}

/** The requester answers, and the request waits for its decision again. @throws {GatewayError} as `decideTicket`. */
export function answerQuestion(
  deps: ApprovalsDeps,
  principal: Principal,
  id: TicketId,
  asked: { readonly text: string },
): Promise<TicketView> {
  const text = requireText('text', asked.text, LIMITS.workTextCharactersMax);
  const actor = principal.person.id;
  return takeStep(deps, principal, id, {
    name: 'answer',
    judge: ({ ticket, now }) => {
      if (ticket.requester !== actor) return { refused: 'not_the_requester' };
      if (ticket.state !== 'asked_back') return { refused: 'wrong_state' };
      if (now >= ticket.decideBy) return { refused: 'expired' };
      return {
        to: nextTicketState(ticket.kind, ticket.state, 'answer'),
        write: (tx) => writeMessage(tx, { ticket: id, author: actor, kind: 'answer', text, now }),
        event: { type: 'ticket.answered', actor, ticket: id, body: { text } },
      };
    },
    after: (tx) => publish(tx, deps.clock, 'ticket.requested', { ticket: id, state: 'requested' }),
  });
}

/** @throws {GatewayError} `too_many_requests`. */
export async function writeMessage(tx: Transaction, message: MessageToWrite): Promise<void> {
  if ((await countMessages(tx, message.ticket)) >= LIMITS.ticketMessagesMax) {
    throw new GatewayError('too_many_requests', 'This ticket has as many messages as one may have.');
  }
  await insertMessage(tx, { ...message, id: newUuid(message.now) });
}
