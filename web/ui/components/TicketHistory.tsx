import { Timeline, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Ticket, TicketState } from '../api/ticket-schemas.ts';
import { Moment } from './Texts.tsx';
import { useNameOf } from './use-locale.ts';

interface Happened {
  readonly at: string;
  readonly what: string;
  readonly reason: string;
}

/** States that the last step of the history says already. */
const SHOWN_BY_STEPS: ReadonlySet<TicketState> = new Set([
  'requested',
  'asked_back',
  'approved',
  'rejected',
  'used',
  'aborted',
  'reviewed',
]);

/** What has happened to the ticket, in order. */
export function TicketHistory({ ticket }: { readonly ticket: Ticket }) {
  const happened = useHappened(ticket);
  return (
    <Timeline active={happened.length} bulletSize={14} lineWidth={2}>
      {happened.map((step) => (
        <Timeline.Item key={step.at + step.what} title={step.what}>
          {step.reason !== '' && (
            <Text style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>{step.reason}</Text>
          )}
          <Text size="sm" c="dimmed">
            <Moment at={step.at} seconds />
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function useHappened(ticket: Ticket): readonly Happened[] {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const asked = { at: ticket.createdAt, what: t('ticket.history.asked', { name: ticket.requester.name }), reason: '' };
  const decided = ticket.approvals.map((approval) => ({
    at: approval.decidedAt,
    what: t(`ticket.history.${approval.decision}`, {
      name: approval.approver.name,
      as: t(`ticket.as.${approval.as}`),
    }),
    reason: approval.reason,
  }));
  const said = ticket.messages.map((message) => ({
    at: message.writtenAt,
    what: t(`thread.${message.kind}`, { name: message.author.name }),
    reason: '',
  }));
  const reviewed =
    ticket.kind === 'emergency' && ticket.review !== null
      ? [
          {
            at: ticket.review.reviewedAt,
            what: t('ticket.history.reviewed', { name: ticket.review.reviewer.name }),
            reason: ticket.review.reason,
          },
        ]
      : [];
  const used =
    ticket.kind !== 'export' || ticket.result === null
      ? []
      : [
          {
            at: ticket.result.finishedAt,
            what: t('ticket.history.used', { outcome: nameOf('outcome', ticket.result.outcome) }),
            reason: '',
          },
        ];
  const shown = SHOWN_BY_STEPS.has(ticket.state);
  const state = t('ticket.history.now', { state: nameOf('state', ticket.state) });
  const now = shown ? [] : [{ at: ticket.updatedAt, what: state, reason: '' }];
  const steps = [asked, ...decided, ...said, ...used, ...reviewed, ...now];
  return steps.sort((left, right) => Date.parse(left.at) - Date.parse(right.at));
}
