import { Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Home, SystemWeek } from '../../api/home.ts';
import { formatAge } from '../../format/dates.ts';
import { formatBytes, formatCount } from '../../format/numbers.ts';
import { DataTable } from '../DataTable.tsx';
import { TextLink } from '../Links.tsx';
import { Empty, Part } from '../Page.tsx';
import { useLocale, useTitle } from '../use-locale.ts';
import { Figures } from './Figures.tsx';

/** What waits for a decision and since when, who works on the systems now, and what left them. */
export function OwnerPart({ part }: { readonly part: NonNullable<Home['owner']> }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const live = part.systems.reduce((sum, system) => sum + system.live, 0);
  return (
    <Part title={t('home.owner')}>
      <Stack>
        <Figures
          figures={[
            {
              name: t('home.owner.waiting'),
              value: formatCount(part.waiting, locale),
              isBad: part.waiting > 0,
              link: (
                <TextLink to="/tickets" search={{ box: 'inbox' }}>
                  {t('home.inbox.open')}
                </TextLink>
              ),
            },
            {
              name: t('home.owner.oldest'),
              value: part.oldestAt === null ? '–' : formatAge(part.oldestAt, new Date(), locale),
            },
            {
              name: t('home.owner.live'),
              value: formatCount(live, locale),
              link: (
                <TextLink to="/sessions" search={{ box: 'live' }}>
                  {t('home.owner.live.open')}
                </TextLink>
              ),
            },
          ]}
        />
        {part.systems.length === 0 ? (
          <Empty text={t('home.owner.none')} />
        ) : (
          <SystemTable systems={part.systems} caption={t('home.week')} />
        )}
      </Stack>
    </Part>
  );
}

/** What happened on each system in the last seven days. */
export function SystemTable(props: { readonly systems: readonly SystemWeek[]; readonly caption: string }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const titleOf = useTitle();
  return (
    <DataTable
      caption={props.caption}
      columns={[
        {
          name: t('sessions.system'),
          isRowHeader: true,
          cell: ({ id, title }) => (
            <TextLink to="/sessions" search={{ box: 'all', system: id }}>
              {titleOf(title)}
            </TextLink>
          ),
        },
        { name: t('home.week.exports'), cell: ({ exports }) => formatCount(exports, locale) },
        { name: t('home.week.rows'), cell: ({ rows }) => formatCount(rows, locale) },
        { name: t('home.week.bytes'), cell: ({ bytes }) => formatBytes(bytes, locale) },
        { name: t('home.week.refusals'), cell: ({ refusals }) => formatCount(refusals, locale) },
        { name: t('home.week.sessions'), cell: ({ sessions }) => formatCount(sessions, locale) },
        { name: t('home.week.live'), cell: ({ live }) => formatCount(live, locale) },
      ]}
      rows={props.systems}
      keyOf={({ id }) => id}
      minWidth={680}
    />
  );
}
