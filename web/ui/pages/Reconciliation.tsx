import { Group, List, Stack, Table, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Report, type ReportLine, useReports, useUnmatched } from '../api/reconciliation.ts';
import { Answer } from '../components/Answer.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { Scroll } from '../components/Scroll.tsx';
import { Tag } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { useLocale, useNameOf } from '../components/use-locale.ts';
import { formatMoment, fromLocalField, toLocalField } from '../format/dates.ts';
import { formatBytesExactly, formatCount } from '../format/numbers.ts';

const TONES = { deviation: 'bad', unexplained: 'wait', match: 'good' } as const;

/** 突合: reports with deviations first, and the day's sessions and tickets that have no other side. */
export function ReconciliationPage() {
  const { t } = useTranslation();
  const reports = useReports();
  return (
    <Page title={t('reconcile.title')} intro={t('reconcile.intro')}>
      <Queue />
      <Answer query={reports}>
        {(list) =>
          list.length === 0 ? (
            <Empty text={t('reconcile.none')} next={t('reconcile.none.next')} />
          ) : (
            <Stack>
              {list.map((report) => (
                <OneReport key={report.ticket} report={report} />
              ))}
            </Stack>
          )
        }
      </Answer>
    </Page>
  );
}

function OneReport({ report }: { readonly report: Report }) {
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

function Queue() {
  const { t } = useTranslation();
  const [day, setDay] = useState(() => toLocalField(new Date()).slice(0, 10));
  const from = fromLocalField(`${day}T00:00`) ?? new Date(0);
  const until = new Date(from.getFullYear(), from.getMonth(), from.getDate() + 1);
  const unmatched = useUnmatched(from, until);
  return (
    <Part title={t('reconcile.queue')}>
      <TextInput
        type="date"
        label={t('reconcile.day')}
        value={day}
        maw={240}
        mb="sm"
        required
        onChange={(event) => event.currentTarget.value !== '' && setDay(event.currentTarget.value)}
      />
      <Answer query={unmatched}>
        {({ sessions, tickets }) => (
          <Stack gap="sm">
            <Text fw={600}>{t('reconcile.sessionsWithout', { n: sessions.length })}</Text>
            <List>
              {sessions.map(({ id, person, target, openedAt }) => (
                <List.Item key={id}>
                  <TextLink to="/sessions/$id" params={{ id }}>
                    {person} · {target}
                  </TextLink>{' '}
                  <Moment at={openedAt} />
                </List.Item>
              ))}
            </List>
            <Text fw={600}>{t('reconcile.ticketsWithout', { n: tickets.length })}</Text>
            <List>
              {tickets.map(({ id, number, requester, notAfter }) => (
                <List.Item key={id}>
                  <TextLink to="/tickets/$id" params={{ id }}>
                    {t('reconcile.report', { number, name: requester })}
                  </TextLink>{' '}
                  <Moment at={notAfter} />
                </List.Item>
              ))}
            </List>
          </Stack>
        )}
      </Answer>
    </Part>
  );
}
