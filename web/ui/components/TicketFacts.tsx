import { Alert, Text } from '@mantine/core';
import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ExportTicket, Ticket } from '../api/ticket-schemas.ts';
import { formatMoment } from '../format/dates.ts';
import { formatBytes, formatBytesExactly, formatCount } from '../format/numbers.ts';
import type { Locale } from '../messages/index.ts';
import { assetNames } from './Act.tsx';
import { Facts } from './Page.tsx';
import { Moment, Visible } from './Texts.tsx';
import { useLocale } from './use-locale.ts';

type Row = readonly [string, ReactNode];

/** What approving an export means, in one sentence with real numbers. */
export function Consequence({ ticket }: { readonly ticket: ExportTicket }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const names = assetNames(ticket.judgement);
  return (
    <Alert color="orange" variant="outline" bg="var(--sk-sheet)" c="var(--sk-text)">
      <Text fw={600}>
        {t(ticket.state === 'approved' ? 'ticket.consequence.approved' : 'ticket.consequence', {
          rows: formatCount(ticket.rowsMax, locale),
          bytes: formatBytes(ticket.bytesMax, locale),
          assets: names.length === 0 ? t('ticket.consequence.data') : names.join(', '),
          destination: t(`ticket.consequence.to.${ticket.destination}`, {
            requester: ticket.requester.name,
            recipient: ticket.recipient,
          }),
          from: formatMoment(ticket.notBefore, locale),
          until: formatMoment(ticket.notAfter, locale),
        })}
      </Text>
      <Text mt="xs">
        {t('ticket.uses')}: {t('ticket.uses.value', { n: ticket.usesMax, used: ticket.uses })}
        {ticket.scope === 'class' && <> · {t('ticket.scope.class')}</>}
      </Text>
    </Alert>
  );
}

/** What was asked for, whatever its kind. */
export function RequestFacts({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { requester, systems } = ticket;
  const title = (system: Ticket['systems'][number]): string => (locale === 'ja' ? system.titleJa : system.titleEn);
  const side = (name: string): string =>
    systems
      .filter((system) => system.side === name)
      .map(title)
      .join(', ');
  const window = { from: formatMoment(ticket.notBefore, locale), until: formatMoment(ticket.notAfter, locale) };
  const hours = formatCount((ticket.lastsSeconds ?? 0) / 3_600, locale);
  const waits = ticket.state === 'requested' || ticket.state === 'asked_back';
  const rows: readonly Row[] = [
    [t('ticket.requester'), t('ticket.employer', { name: requester.name, employer: requester.employer })],
    ...(ticket.kind === 'transfer'
      ? ([
          [t('work.from'), side('from')],
          [t('work.to'), side('to')],
        ] as const)
      : ([[t('ticket.system'), systems.map(title).join(', ')]] as const)),
    [t(ticket.kind === 'emergency' ? 'work.reason' : 'ticket.purpose'), <Visible text={ticket.purpose} />],
    ...kindRows(ticket, t, locale),
    [
      t('ticket.window'),
      ticket.lastsSeconds !== null && waits ? t('ticket.window.approval', { hours }) : t('ticket.window.value', window),
    ],
    ...(waits ? ([[t('ticket.decideBy'), <Moment at={ticket.decideBy} />]] as const) : []),
  ];
  return <Facts rows={rows} />;
}

function kindRows(ticket: Ticket, t: TFunction, locale: Locale): readonly Row[] {
  switch (ticket.kind) {
    case 'export':
      return exportRows(ticket, t, locale);
    case 'access':
      return [
        [t('work.targets'), ticket.targets.map(({ name }) => name).join(', ')],
        ...(ticket.reportBy === null ? [] : ([[t('work.reportBy'), <Moment at={ticket.reportBy} />]] as const)),
      ];
    case 'transfer':
      return ticket.parcelNumber === null ? [] : [[t('work.parcel'), `P-${ticket.parcelNumber}`]];
    case 'emergency':
      return [
        [t('work.targets'), ticket.targets.map(({ name }) => name).join(', ')],
        [t('emergency.reviewBy'), <Moment at={ticket.reviewBy} />],
        ...(ticket.review === null
          ? []
          : ([
              [
                t('review.title'),
                t('review.value', { name: ticket.review.reviewer.name, finding: t(`review.${ticket.review.finding}`) }),
              ],
              [t('ticket.reason'), <Visible text={ticket.review.reason} />],
            ] as const)),
      ];
  }
}

function exportRows(ticket: ExportTicket, t: TFunction, locale: Locale): readonly Row[] {
  const { client, clientInformed, parcel } = ticket;
  const informed = clientInformed === null ? t('common.notSaid') : t(clientInformed ? 'common.yes' : 'common.no');
  return [
    [t('ticket.target'), <span className="mono">{ticket.target.name}</span>],
    [t('ticket.client'), client === '' ? t('common.none') : <Visible text={client} />],
    [t('ticketNew.clientInformed'), informed],
    [t('ticketNew.legalBasis'), ticket.legalBasis === '' ? t('common.notSaid') : <Visible text={ticket.legalBasis} />],
    [t('ticket.rowsMax'), beside(ticket, 'rowsMax', (value) => formatCount(value, locale), t)],
    [t('ticket.bytesMax'), beside(ticket, 'bytesMax', (value) => formatBytesExactly(value, locale), t)],
    [t('ticket.uses'), beside(ticket, 'usesMax', (n) => t('ticket.uses.value', { n, used: ticket.uses }), t)],
    ...(ticket.asked === null || ticket.asked.notAfter === ticket.notAfter || ticket.asked.lastsSeconds !== null
      ? []
      : ([[t('ticket.limits.until'), endBeside(ticket.notAfter, ticket.asked.notAfter, t, locale)]] as const)),
    [t('ticket.scope'), t(`ticket.scope.${ticket.scope}`)],
    [t('ticket.destination'), t(`ticket.destination.${ticket.destination}`, { recipient: ticket.recipient })],
    [t('ticketNew.deleteBy'), ticket.deleteBy === null ? t('common.notSaid') : <Moment at={ticket.deleteBy} />],
    ...(parcel === null ? [] : [parcelRow(parcel, t, locale)]),
  ];
}

/** What is allowed, with what was asked for where that was more. */
function beside(
  ticket: ExportTicket,
  key: 'rowsMax' | 'bytesMax' | 'usesMax',
  show: (value: number) => string,
  t: TFunction,
): string {
  const asked = ticket.asked?.[key] ?? ticket[key];
  const allowed = show(ticket[key]);
  return asked === ticket[key] ? allowed : t('ticket.limits.asked', { allowed, asked: show(asked) });
}

function endBeside(allowed: string, asked: string, t: TFunction, locale: Locale): string {
  return t('ticket.limits.asked', { allowed: formatMoment(allowed, locale), asked: formatMoment(asked, locale) });
}

/** What the last use put into the vault. */
function parcelRow(
  { number, outcome, sealed }: NonNullable<ExportTicket['parcel']>,
  t: TFunction,
  locale: Locale,
): readonly [string, string] {
  const { files, bytes, manifestSha256 } = sealed ?? { files: 0, bytes: 0, manifestSha256: '' };
  const told = { number, files: formatCount(files, locale), bytes: formatBytesExactly(bytes, locale), manifestSha256 };
  return [t('ticket.parcel'), t(`ticket.parcel.${outcome}`, told)];
}
