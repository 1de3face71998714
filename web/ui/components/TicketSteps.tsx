import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type LoweredLimits,
  useDecideTicket,
  useFinishEmergency,
  useRevokeTicket,
  useWithdrawTicket,
} from '../api/ticket-commands.ts';
import type { May, Ticket } from '../api/ticket-schemas.ts';
import { Confirm } from './Confirm.tsx';
import { Failure } from './Failure.tsx';
import { LowerLimits } from './LowerLimits.tsx';
import { Part } from './Page.tsx';

interface StepsProps {
  readonly ticket: Ticket;
  readonly may: May;
  readonly own: boolean;
}

/** The steps the gateway says this person may take now; it is asked again when one is taken. */
export function TicketSteps({ ticket, may, own }: StepsProps) {
  const { t } = useTranslation();
  const withdraw = useWithdrawTicket(ticket.id);
  const revoke = useRevokeTicket(ticket.id);
  const finish = useFinishEmergency(ticket.id);
  return (
    <>
      {(may.approve || may.reject) && (
        <Part title={t('ticket.decide')}>
          <DecisionForm ticket={ticket} may={may} />
        </Part>
      )}
      {own && ticket.state === 'requested' && <Text c="dimmed">{t('ticket.own')}</Text>}
      {(may.withdraw || may.revoke || may.finish) && (
        <Group>
          {may.withdraw && (
            <Confirm
              label={t('ticket.withdraw')}
              title={t('ticket.withdraw.title')}
              body={t('ticket.withdraw.body')}
              step={withdraw}
            />
          )}
          {may.finish && (
            <Confirm
              label={t('emergency.finish')}
              title={t('emergency.finish.title')}
              body={t('emergency.finish.body')}
              step={finish}
            />
          )}
          {may.revoke && (
            <Confirm
              label={t('ticket.revoke')}
              title={t('ticket.revoke.title')}
              body={t(ticket.kind === 'export' ? 'ticket.revoke.body' : 'ticket.revoke.entry')}
              step={revoke}
              reasonLabel={t('ticket.reason')}
              danger
            />
          )}
        </Group>
      )}
    </>
  );
}

/** A decision names the digest of the act that was shown, so it cannot be counted for another one. */
function DecisionForm({ ticket, may }: { readonly ticket: Ticket; readonly may: May }) {
  const { t } = useTranslation();
  const decide = useDecideTicket(ticket.id);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [limits, setLimits] = useState<LoweredLimits>({});
  const [opened] = useState(() => new Date().getTime());
  const missing = reason.trim() === '';
  const take = (decision: 'approve' | 'reject'): void => {
    setTried(true);
    if (missing) return;
    const less = decision === 'approve' && Object.keys(limits).length > 0 ? { limits } : {};
    decide.mutate({ decision, reason: reason.trim(), actDigest: ticket.actDigest, ...less });
  };
  return (
    <Stack maw={720}>
      <Text>{t(ticket.kind === 'export' ? 'ticket.decide.note' : 'ticket.decide.work')}</Text>
      {ticket.kind === 'export' && may.approve && (
        <LowerLimits ticket={ticket} now={opened} lowered={limits} onChange={setLimits} />
      )}
      <Textarea
        label={t('ticket.reason')}
        description={t('ticket.reasonHelp')}
        required
        autosize
        minRows={2}
        maxLength={2_000}
        value={reason}
        error={tried && missing ? t('common.required') : undefined}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {decide.error !== null && <Failure error={decide.error} />}
      <Group>
        {may.approve && (
          <Button loading={decide.isPending} onClick={() => take('approve')}>
            {t(ticket.kind === 'export' ? 'ticket.approve' : 'ticket.approve.work')}
          </Button>
        )}
        {may.reject && (
          <Button variant="default" disabled={decide.isPending} onClick={() => take('reject')}>
            {t('ticket.reject')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}
