import { List, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useReports, useUnmatched } from '../api/reconciliation.ts';
import { Answer } from '../components/Answer.tsx';
import { TextLink } from '../components/Links.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { OneReport } from '../components/ReconciliationReport.tsx';
import { Moment } from '../components/Texts.tsx';
import { fromLocalField, toLocalField } from '../format/dates.ts';

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
