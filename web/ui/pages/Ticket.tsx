import { Group, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe, useTicket } from '../api/queries.ts';
import type { Ticket, TicketAnswer } from '../api/ticket-schemas.ts';
import { Act } from '../components/Act.tsx';
import { Answer } from '../components/Answer.tsx';
import { AskedAndDone } from '../components/AskedAndDone.tsx';
import { Page, Part } from '../components/Page.tsx';
import { TicketReport } from '../components/ReconciliationReport.tsx';
import { Revealed } from '../components/Revealed.tsx';
import { Tag, TicketStateTag } from '../components/StateBadge.tsx';
import { Consequence, RequestFacts } from '../components/TicketFacts.tsx';
import { TicketHistory } from '../components/TicketHistory.tsx';
import { InsightPart, MissingNeeds } from '../components/TicketInsight.tsx';
import { TicketSteps } from '../components/TicketSteps.tsx';
import { ReviewForm, TicketThread } from '../components/TicketThread.tsx';

/** What is compared: it may have been used, and is over. */
const OVER: readonly Ticket['state'][] = ['used', 'aborted', 'revoked', 'expired', 'review_due', 'reviewed'];

export function TicketPage({ id }: { readonly id: string }): ReactElement {
  const { t } = useTranslation();
  const ticket = useTicket(id);
  const number = ticket.data?.ticket.number;
  return (
    <Page title={number === undefined ? t('tickets.title') : t('tickets.number', { number })}>
      <Answer query={ticket}>{(answer) => <Whole answer={answer} />}</Answer>
    </Page>
  );
}

function Whole({ answer }: { readonly answer: TicketAnswer }) {
  const { t } = useTranslation();
  const { ticket, may, missing, insight } = answer;
  const me = useMe().data?.person.id;
  const own = ticket.requester.id === me;
  const isExport = ticket.kind === 'export';
  return (
    <>
      <Standing ticket={ticket} own={own} />
      {isExport && ticket.result !== null && <AskedAndDone ticket={ticket} result={ticket.result} />}
      {OVER.includes(ticket.state) && <TicketReport ticket={ticket.id} />}
      {isExport && (ticket.state === 'requested' || ticket.state === 'approved') && <Consequence ticket={ticket} />}
      <MissingNeeds ticket={ticket} missing={missing} />
      <Content answer={answer} />
      <Part title={t('ticket.request')}>
        <RequestFacts ticket={ticket} />
      </Part>
      {!own && <InsightPart insight={insight} ticket={ticket} />}
      <TicketThread ticket={ticket} may={may} />
      <TicketSteps ticket={ticket} may={may} own={own} />
      {may.review && <ReviewForm ticket={ticket} />}
      <Part title={t('ticket.history')}>
        <TicketHistory ticket={ticket} />
      </Part>
    </>
  );
}

/** What it is, how it stands, and what its requester does next. */
function Standing({ ticket, own }: { readonly ticket: Ticket; readonly own: boolean }) {
  const { t } = useTranslation();
  return (
    <Group gap="sm">
      <Tag tone={ticket.kind === 'emergency' ? 'bad' : 'quiet'}>{t(`kind.${ticket.kind}`)}</Tag>
      <TicketStateTag state={ticket.state} />
      {own && ticket.state === 'requested' && <Text>{t('ticket.next.requested')}</Text>}
      {own && ticket.state === 'asked_back' && <Text>{t('ticket.next.asked_back')}</Text>}
      {own && ticket.kind === 'export' && ticket.state === 'approved' && <Text>{t('ticket.next.approved')}</Text>}
      {own && ticket.state === 'review_due' && <Text>{t('ticket.next.review_due')}</Text>}
    </Group>
  );
}

/** The whole text of what is asked, nothing hidden in it and nothing cut off. */
function Content({ answer: { ticket, insight } }: { readonly answer: TicketAnswer }) {
  const { t } = useTranslation();
  const { act } = insight.revealed;
  switch (ticket.kind) {
    case 'export':
      return (
        <Part title={t('act.exact')}>
          {act.some(({ kind }) => kind === 'lookalike') && <Revealed runs={act} label={t('ticket.odd.title')} />}
          <Act text={ticket.actText} judgement={ticket.judgement} assets={ticket.assets} />
        </Part>
      );
    case 'access':
      return (
        <Part title={t('work.plan')}>
          <Revealed runs={act} label={t('work.plan')} />
        </Part>
      );
    case 'transfer':
      return (
        <Part title={t('work.description')}>
          <Revealed runs={act} label={t('work.description')} />
        </Part>
      );
    case 'emergency':
      return (
        <Part title={t('work.reason')}>
          <Revealed runs={insight.revealed.purpose} label={t('work.reason')} />
        </Part>
      );
  }
}
