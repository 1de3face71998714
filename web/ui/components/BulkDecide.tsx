import { Button, Checkbox, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDecideOne } from '../api/ticket-commands.ts';
import type { ExportTicket, Ticket } from '../api/ticket-schemas.ts';
import { formatCount } from '../format/numbers.ts';
import { Failure } from './Failure.tsx';
import { Part } from './Page.tsx';
import { ExactText } from './Texts.tsx';
import { useLocale } from './use-locale.ts';

/** Tickets that ask for the same act, or for one on the same server: at least two of them. */
function alike(tickets: readonly Ticket[]): readonly (readonly ExportTicket[])[] {
  const groups = new Map<string, ExportTicket[]>();
  for (const ticket of tickets) {
    if (ticket.kind !== 'export' || ticket.state !== 'requested') continue;
    const key = `${ticket.target.id} ${ticket.judgement.commands[0]?.[0] ?? ''}`;
    groups.set(key, [...(groups.get(key) ?? []), ticket]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** Decides like tickets together: each is shown whole, chosen by itself and decided by itself. */
export function BulkDecide({ tickets }: { readonly tickets: readonly Ticket[] }) {
  const { t } = useTranslation();
  const groups = alike(tickets);
  if (groups.length === 0) return null;
  return (
    <Part title={t('bulk.title')}>
      <Stack>
        <Text>{t('bulk.intro')}</Text>
        {groups.map((group) => (
          <LikeTickets key={group[0]?.id} group={group} />
        ))}
      </Stack>
    </Part>
  );
}

function LikeTickets({ group }: { readonly group: readonly ExportTicket[] }) {
  const { t } = useTranslation();
  const decide = useDecideOne();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const missing = reason.trim() === '';
  const approve = async (): Promise<void> => {
    setTried(true);
    if (missing) return;
    // One request a ticket, each for the act that was shown; the first that fails stops the rest.
    for (const { id, actDigest } of group.filter((ticket) => chosen.includes(ticket.id))) {
      await decide.mutateAsync({ id, decision: 'approve', reason: reason.trim(), actDigest });
    }
    setChosen([]);
  };
  return (
    <Paper withBorder p="md">
      <Stack>
        <Checkbox.Group value={[...chosen]} onChange={setChosen} aria-label={t('bulk.title')}>
          <Stack>
            {group.map((ticket) => (
              <One key={ticket.id} ticket={ticket} />
            ))}
          </Stack>
        </Checkbox.Group>
        <Textarea
          label={t('ticket.reason')}
          required
          autosize
          maxLength={2_000}
          value={reason}
          error={tried && missing ? t('common.required') : undefined}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {decide.error !== null && <Failure error={decide.error} />}
        <Group>
          <Button
            disabled={chosen.length === 0}
            loading={decide.isPending}
            onClick={() => void approve().catch(() => undefined)}
          >
            {t('bulk.approve', { count: chosen.length, n: chosen.length })}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function One({ ticket }: { readonly ticket: ExportTicket }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const label = t('bulk.one', {
    number: ticket.number,
    name: ticket.requester.name,
    rows: formatCount(ticket.rowsMax, locale),
    purpose: ticket.purpose,
  });
  return (
    <Stack gap={4}>
      <Checkbox value={ticket.id} label={label} />
      <ExactText text={ticket.actText} label={t('act.exact')} />
    </Stack>
  );
}
