import { Alert, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ExportTicket, TicketResult } from '../api/ticket-schemas.ts';
import { formatMoment } from '../format/dates.ts';
import { formatBytesExactly, formatCount } from '../format/numbers.ts';
import { reconcile, type ReconciledLine } from '../format/reconcile.ts';
import { TextLink } from './Links.tsx';
import { Part } from './Page.tsx';
import { Scroll } from './Scroll.tsx';
import { Tag } from './StateBadge.tsx';
import { useLocale, useNameOf } from './use-locale.ts';

interface AskedAndDoneProps {
  readonly ticket: ExportTicket;
  readonly result: TicketResult;
}

/** What was asked beside what was really done, deviations first. */
export function AskedAndDone({ ticket, result }: AskedAndDoneProps) {
  const { t } = useTranslation();
  const lines = reconcile({ ...ticket, result });
  const deviates = lines.some((line) => line.deviates);
  return (
    <Part title={t('ticket.result')}>
      <Stack gap="sm">
        <Alert
          color={deviates ? 'red' : 'green'}
          variant="outline"
          bg="var(--sk-sheet)"
          c="var(--sk-text)"
          role="status"
        >
          <Text fw={600}>{deviates ? t('ticket.result.deviates') : t('ticket.result.matches')}</Text>
        </Alert>
        <Scroll label={t('ticket.result')}>
          <Lines lines={lines} ticket={ticket} result={result} />
        </Scroll>
        <Text size="sm">
          {t('ticket.result.sha256')}: <span className="mono">{result.sha256}</span>
        </Text>
        <Text>
          <TextLink to="/sessions/$id" params={{ id: result.sessionId }}>
            {t('ticket.result.session')}
          </TextLink>
        </Text>
      </Stack>
    </Part>
  );
}

function Lines({ lines, ticket, result }: AskedAndDoneProps & { readonly lines: readonly ReconciledLine[] }) {
  const { t } = useTranslation();
  const values = useValues(ticket, result);
  return (
    <Table miw={520}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('ticket.result.what')}</Table.Th>
          <Table.Th scope="col">{t('ticket.result.asked')}</Table.Th>
          <Table.Th scope="col">{t('ticket.result.done')}</Table.Th>
          <Table.Th scope="col">{t('ticket.result.verdict')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line) => (
          <Table.Tr key={line.what} className={line.deviates ? 'deviates' : ''}>
            <Table.Th scope="row">{t(`ticket.result.${line.what}`)}</Table.Th>
            <Table.Td>{values[line.what].asked}</Table.Td>
            <Table.Td>{values[line.what].done}</Table.Td>
            <Table.Td>
              <Tag tone={line.deviates ? 'bad' : 'good'}>
                {line.deviates ? t('ticket.result.deviation') : t('ticket.result.within')}
              </Tag>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function useValues(ticket: ExportTicket, result: TicketResult) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useNameOf();
  const status = result.exitStatus === null ? t('ticket.result.noStatus') : String(result.exitStatus);
  const window = { from: formatMoment(ticket.notBefore, locale), until: formatMoment(ticket.notAfter, locale) };
  return {
    outcome: {
      asked: t('ticket.result.outcomeAsked'),
      done: t('ticket.result.outcomeDone', { outcome: nameOf('outcome', result.outcome), status }),
    },
    rows: {
      asked: t('ticket.result.atMost', { n: formatCount(ticket.rowsMax, locale) }),
      done: formatCount(result.rows, locale),
    },
    bytes: {
      asked: t('ticket.result.atMost', { n: formatBytesExactly(ticket.bytesMax, locale) }),
      done: formatBytesExactly(result.bytes, locale),
    },
    window: { asked: t('ticket.window.value', window), done: formatMoment(result.finishedAt, locale) },
  };
}
