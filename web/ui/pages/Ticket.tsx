import { Alert, Group, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe, useTicket } from '../api/queries.ts';
import type { May, Ticket } from '../api/schemas.ts';
import { Act, assetNames } from '../components/Act.tsx';
import { Answer } from '../components/Answer.tsx';
import { AskedAndDone } from '../components/AskedAndDone.tsx';
import { Facts, Page, Part } from '../components/Page.tsx';
import { TicketStateTag } from '../components/StateBadge.tsx';
import { Moment } from '../components/Texts.tsx';
import { TicketHistory } from '../components/TicketHistory.tsx';
import { TicketSteps } from '../components/TicketSteps.tsx';
import { useLocale } from '../components/use-locale.ts';
import { formatMoment } from '../format/dates.ts';
import type { Locale } from '../messages/index.ts';
import { formatBytes, formatBytesExactly, formatCount } from '../format/numbers.ts';

export function TicketPage({ id }: { readonly id: string }): ReactElement {
  const { t } = useTranslation();
  const ticket = useTicket(id);
  const number = ticket.data?.ticket.number;
  return (
    <Page title={number === undefined ? t('tickets.title') : t('tickets.number', { number })}>
      <Answer query={ticket}>{(answer) => <Whole ticket={answer.ticket} may={answer.may} />}</Answer>
    </Page>
  );
}

function Whole({ ticket, may }: { readonly ticket: Ticket; readonly may: May }) {
  const { t } = useTranslation();
  const me = useMe().data?.person.id;
  const own = ticket.requester.id === me;
  return (
    <>
      <Group gap="sm">
        <TicketStateTag state={ticket.state} />
        {own && ticket.state === 'requested' && <Text>{t('ticket.next.requested')}</Text>}
        {own && ticket.state === 'approved' && <Text>{t('ticket.next.approved')}</Text>}
      </Group>
      {ticket.result !== null && <AskedAndDone ticket={ticket} result={ticket.result} />}
      {(ticket.state === 'requested' || ticket.state === 'approved') && <Consequence ticket={ticket} />}
      <Part title={t('act.exact')}>
        <Act text={ticket.actText} judgement={ticket.judgement} assets={ticket.assets} />
      </Part>
      <Part title={t('ticket.request')}>
        <RequestFacts ticket={ticket} />
      </Part>
      <TicketSteps ticket={ticket} may={may} own={own} />
      <Part title={t('ticket.history')}>
        <TicketHistory ticket={ticket} />
      </Part>
    </>
  );
}

/** What an approval means, in one sentence with real numbers. */
function Consequence({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const names = assetNames(ticket.judgement);
  return (
    <Alert color="orange" variant="outline" bg="white" c="black">
      <Text fw={600}>
        {t(ticket.state === 'approved' ? 'ticket.consequence.approved' : 'ticket.consequence', {
          rows: formatCount(ticket.rowsMax, locale),
          bytes: formatBytes(ticket.bytesMax, locale),
          assets: names.length === 0 ? t('ticket.consequence.data') : names.join(', '),
          destination: t(`ticket.consequence.to.${ticket.destination}`, { requester: ticket.requester.name }),
          from: formatMoment(ticket.notBefore, locale),
          until: formatMoment(ticket.notAfter, locale),
        })}
      </Text>
    </Alert>
  );
}

function RequestFacts({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { requester, target } = ticket;
  const window = { from: formatMoment(ticket.notBefore, locale), until: formatMoment(ticket.notAfter, locale) };
  return (
    <Facts
      rows={[
        [t('ticket.requester'), t('ticket.employer', { name: requester.name, employer: requester.employer })],
        [t('ticket.target'), <span className="mono">{target.name}</span>],
        [t('ticket.system'), locale === 'ja' ? target.systemTitleJa : target.systemTitleEn],
        [t('ticket.purpose'), ticket.purpose],
        [t('ticket.client'), ticket.client === '' ? t('common.none') : ticket.client],
        [t('ticket.rowsMax'), formatCount(ticket.rowsMax, locale)],
        [t('ticket.bytesMax'), formatBytesExactly(ticket.bytesMax, locale)],
        [t('ticket.window'), t('ticket.window.value', window)],
        [t('ticket.destination'), t(`ticket.destination.${ticket.destination}`)],
        ...(ticket.parcel === null ? [] : [parcelRow(ticket.parcel, t, locale)]),
        [t('ticket.decideBy'), <Moment at={ticket.decideBy} />],
      ]}
    />
  );
}

/** What the one use put into the vault. */
function parcelRow(
  { number, outcome, sealed }: NonNullable<Ticket['parcel']>,
  t: TFunction,
  locale: Locale,
): readonly [string, string] {
  const { files, bytes, manifestSha256 } = sealed ?? { files: 0, bytes: 0, manifestSha256: '' };
  const told = { number, files: formatCount(files, locale), bytes: formatBytesExactly(bytes, locale), manifestSha256 };
  return [t('ticket.parcel'), t(`ticket.parcel.${outcome}`, told)];
}
