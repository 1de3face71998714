import { List, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Insight, Need, Ticket } from '../api/ticket-schemas.ts';
import { formatCount } from '../format/numbers.ts';
import { TextLink } from './Links.tsx';
import { Facts, Part } from './Page.tsx';
import { Tag, TicketStateTag } from './StateBadge.tsx';
import { Moment, Visible } from './Texts.tsx';
import { useLocale, useNameOf } from './use-locale.ts';

/** Whose yes is missing, by system and role. */
export function MissingNeeds({ ticket, missing }: { readonly ticket: Ticket; readonly missing: readonly Need[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useNameOf();
  if (missing.length === 0) return null;
  const titleOf = (id: string): string => {
    const system = ticket.systems.find((one) => one.id === id);
    return (locale === 'ja' ? system?.titleJa : system?.titleEn) ?? id;
  };
  return (
    <Part title={t('ticket.missing')}>
      <List>
        {missing.map((need) => (
          <List.Item key={need.as === 'owner' ? need.system : need.as}>
            {need.as === 'owner'
              ? t('ticket.missing.owner', { count: need.count, n: need.count, system: titleOf(need.system) })
              : t('ticket.missing.second', { why: need.why.map((why) => nameOf('secondLine', why)).join(', ') })}
          </List.Item>
        ))}
      </List>
    </Part>
  );
}

/** Where to look twice, what the person did before, and what was asked like it. */
export function InsightPart({ insight, ticket }: { readonly insight: Insight; readonly ticket: Ticket }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const nameOf = useNameOf();
  const { risk, history, similar } = insight;
  const n = (value: number): string => formatCount(value, locale);
  return (
    <Part title={t('ticket.insight')}>
      <Stack gap="sm">
        <Text>
          {t('ticket.risk')}: <Tag tone={risk.score >= 50 ? 'bad' : 'quiet'}>{`${risk.score} / 100`}</Tag>
        </Text>
        {risk.parts.length > 0 && (
          <List>
            {risk.parts.map(({ part, points }) => (
              <List.Item key={part}>
                {nameOf('risk', part)}: +{points}
              </List.Item>
            ))}
          </List>
        )}
        <Text size="sm" c="dimmed">
          {t('ticket.risk.help')}
        </Text>
        <Facts
          rows={[
            [
              t('ticket.person'),
              t('ticket.person.value', {
                used: n(history.used),
                rejected: n(history.rejected),
                aborted: n(history.aborted),
                emergencies: n(history.emergencies),
                rows: n(history.rowsLeft),
              }),
            ],
            [
              t('ticket.similar'),
              similar.length === 0 ? t('common.none') : <Similar similar={similar} ticket={ticket} />,
            ],
          ]}
        />
      </Stack>
    </Part>
  );
}

type SimilarTicket = Insight['similar'][number];

function Similar({ similar, ticket }: Pick<Insight, 'similar'> & { readonly ticket: Ticket }) {
  const { t } = useTranslation();
  return (
    <List>
      {similar.map((one) => (
        <List.Item key={one.id}>
          <TextLink to="/tickets/$id" params={{ id: one.id }}>
            {t('tickets.number', { number: one.number })}
          </TextLink>{' '}
          <TicketStateTag state={one.state} /> {one.requesterName}, <Moment at={one.createdAt} />
          <Differences earlier={one} ticket={ticket} />
        </List.Item>
      ))}
    </List>
  );
}

/** What this ticket asks otherwise than an earlier one like it: before → now. */
function Differences({ earlier, ticket }: { readonly earlier: SimilarTicket; readonly ticket: Ticket }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const count = (value: number | null): string => (value === null ? '–' : formatCount(value, locale));
  const asked: readonly (readonly [string, string, string])[] = [
    [t('ticket.requester'), earlier.requesterName, ticket.requester.name],
    [t('ticket.purpose'), earlier.purpose, ticket.purpose],
    ...(ticket.kind === 'export'
      ? ([
          [t('ticket.client'), earlier.client ?? '', ticket.client],
          [t('ticket.rowsMax'), count(earlier.rowsMax), count(ticket.rowsMax)],
          [t('ticket.bytesMax'), count(earlier.bytesMax), count(ticket.bytesMax)],
        ] as const)
      : []),
  ];
  const differing = asked.filter(([, before, now]) => before !== now);
  if (differing.length === 0) return <Text size="sm">{t('ticket.similar.same')}</Text>;
  return (
    <dl className="differences" aria-label={t('ticket.similar.differs')}>
      {differing.map(([name, before, now]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <del>
              <Visible text={before === '' ? '–' : before} />
            </del>{' '}
            →{' '}
            <ins>
              <Visible text={now === '' ? '–' : now} />
            </ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}
