import { Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type Report, type ReportLine, useTicketReport } from '../api/reconciliation.ts';
import { formatMoment } from '../format/dates.ts';
import { formatBytesExactly, formatCount } from '../format/numbers.ts';
import { TextLink } from './Links.tsx';
import { Part } from './Page.tsx';
import { Scroll } from './Scroll.tsx';
import { Tag } from './StateBadge.tsx';
import { Moment } from './Texts.tsx';
import { useLocale, useNameOf } from './use-locale.ts';

const TONES = { deviation: 'bad', unexplained: 'wait', match: 'good' } as const;

/** Asked and done of one ticket that is over; nothing while they were not compared. */
export function TicketReport({ ticket }: { readonly ticket: string }) {
  const report = useTicketReport(ticket);
  return report.data === undefined || report.data === null ? null : <OneReport report={report.data} />;
}

export function OneReport({ report }: { readonly report: Report }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const title = t('reconcile.report', { number: report.number, name: report.requester });
  return (
    <Part title={title}>
      <Group gap="sm" mb="sm">
        <Tag tone={TONES[report.verdict]}>{t(`reconcile.${report.verdict}`)}</Tag>
        <Text>{nameOf('kind', report.kind)}</Text>
        <Moment at={report.madeAt} />
        <TextLink to="/tickets/$id" params={{ id: report.ticket }}>
          {t('reconcile.ticket', { number: report.number })}
        </TextLink>
      </Group>
      <Scroll label={title}>
        <Table miw={640}>
          <Table.Thead>
            <Table.Tr>
              {(['what', 'asked', 'done', 'verdict', 'evidence'] as const).map((column) => (
                <Table.Th key={column} scope="col">
                  {t(`reconcile.column.${column}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.lines.map((line) => (
              <Line key={line.what} line={line} />
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </Part>
  );
}

function Line({ line }: { readonly line: ReportLine }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const show = useShown(line.what);
  const sessions = [...new Set(line.evidence.flatMap(({ session }) => (session === undefined ? [] : [session])))];
  const events = line.evidence.flatMap(({ event }) => (event === undefined ? [] : [event]));
  return (
    <Table.Tr className={line.verdict === 'deviation' ? 'deviates' : ''}>
      <Table.Th scope="row">{nameOf('reconcile.line', line.what)}</Table.Th>
      <Table.Td>{line.asked.length === 0 ? t('reconcile.nothingAsked') : line.asked.map(show).join(' / ')}</Table.Td>
      <Table.Td>{line.done.map(show).join(' / ')}</Table.Td>
      <Table.Td>
        <Tag tone={TONES[line.verdict]}>{t(`reconcile.${line.verdict}`)}</Tag>
      </Table.Td>
      <Table.Td>
        {sessions.map((id, index) => (
          <div key={id}>
            <TextLink to="/sessions/$id" params={{ id }}>
              {t('reconcile.session', { n: index + 1 })}
            </TextLink>
          </div>
        ))}
        {events.length > 0 && <Text size="sm">{t('reconcile.events', { list: events.join(', ') })}</Text>}
      </Table.Td>
    </Table.Tr>
  );
}

/** Moments, amounts and names, each as it is read. */
function useShown(what: string): (value: string | number) => string {
  const locale = useLocale();
  const nameOf = useNameOf();
  return (value) => {
    if (typeof value === 'number')
      return what === 'bytes' ? formatBytesExactly(value, locale) : formatCount(value, locale);
    if (what === 'time') return formatMoment(value, locale);
    if (what === 'statements') return value.slice(0, 12);
    return what === 'refusals' ? nameOf('event', value) : what === 'outcome' ? nameOf('outcome', value) : value;
  };
}
