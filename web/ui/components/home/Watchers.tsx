import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Home, Overdue, PersonWeek } from '../../api/home.ts';
import { formatCount } from '../../format/numbers.ts';
import { DataTable } from '../DataTable.tsx';
import { TextLink } from '../Links.tsx';
import { Empty, Part } from '../Page.tsx';
import { ProtectionLine } from '../ProtectionLine.tsx';
import { Tag } from '../StateBadge.tsx';
import { useLocale } from '../use-locale.ts';
import { type Figure, Figures } from './Figures.tsx';
import { SystemTable } from './Owner.tsx';

function useOverdueFigures(): (overdue: Overdue) => readonly Figure[] {
  const { t } = useTranslation();
  const locale = useLocale();
  const figure = (name: string, value: number, link: Figure['link']): Figure => ({
    ...{ name, value: formatCount(value, locale), isBad: value > 0 },
    ...(link === undefined ? {} : { link }),
  });
  return ({ emergencies, reviews, deviations }) => [
    figure(
      t('home.overdue.emergencies'),
      emergencies,
      <TextLink to="/tickets" search={{ box: 'all' }}>
        {t('nav.tickets')}
      </TextLink>,
    ),
    figure(t('home.overdue.reviews'), reviews, <TextLink to="/reviews">{t('nav.reviews')}</TextLink>),
    figure(t('home.overdue.deviations'), deviations, <TextLink to="/reconciliation">{t('nav.reconcile')}</TextLink>),
  ];
}

/** Whether the recordings stand, what is overdue, and the ways to look. */
export function AuditorPart({ part }: { readonly part: NonNullable<Home['auditor']> }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const overdue = useOverdueFigures();
  const { checks } = part;
  const number = (value: number): string => formatCount(value, locale);
  return (
    <Part title={t('home.auditor')}>
      <Stack>
        <Group gap="lg">
          <TextLink to="/search">{t('nav.search')}</TextLink>
          <TextLink to="/sessions" search={{ box: 'all', refusals: '1' }}>
            {t('home.auditor.refusals')}
          </TextLink>
          <TextLink to="/audit">{t('nav.audit')}</TextLink>
        </Group>
        <Figures
          figures={[
            { name: t('home.checks.verified'), value: number(checks.verified) },
            {
              name: t('home.checks.unchecked'),
              value: number(checks.unchecked),
              link: (
                <TextLink to="/sessions" search={{ box: 'all', verdict: 'none', state: 'closed' }}>
                  {t('home.checks.show')}
                </TextLink>
              ),
            },
            {
              name: t('home.checks.tampered'),
              value: number(checks.tampered),
              isBad: checks.tampered > 0,
              link: (
                <TextLink to="/sessions" search={{ box: 'all', verdict: 'TAMPERED' }}>
                  {t('home.checks.show')}
                </TextLink>
              ),
            },
            { name: t('home.checks.unsealed'), value: number(checks.unsealed), isBad: checks.unsealed > 0 },
          ]}
        />
        <Figures figures={overdue(part.overdue)} />
        <Text size="sm">{t(`home.index.${part.index.state}`, { n: part.index.waiting })}</Text>
        <ProtectionLine />
      </Stack>
    </Part>
  );
}

/** People and systems to look at first, by what happened in the last seven days. */
export function SecurityPart({ part }: { readonly part: NonNullable<Home['security']> }) {
  const { t } = useTranslation();
  const overdue = useOverdueFigures();
  return (
    <Part title={t('home.security')}>
      <Stack>
        <Figures figures={overdue(part.overdue)} />
        {part.persons.length === 0 ? <Empty text={t('home.persons.none')} /> : <PersonTable persons={part.persons} />}
        <SystemTable systems={part.systems} caption={t('home.systems')} />
      </Stack>
    </Part>
  );
}

function PersonTable({ persons }: { readonly persons: readonly PersonWeek[] }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <DataTable
      caption={t('home.persons')}
      columns={[
        {
          name: t('sessions.person'),
          isRowHeader: true,
          cell: ({ id, name, locked }) => (
            <>
              <TextLink to="/sessions" search={{ box: 'all', person: id }}>
                {name}
              </TextLink>{' '}
              {locked && <Tag tone="bad">{t('home.persons.locked')}</Tag>}
            </>
          ),
        },
        { name: t('home.persons.employer'), cell: ({ employer }) => employer },
        { name: t('home.week.emergencies'), cell: ({ emergencies }) => formatCount(emergencies, locale) },
        { name: t('home.week.exports'), cell: ({ exports }) => formatCount(exports, locale) },
        { name: t('home.week.rows'), cell: ({ rows }) => formatCount(rows, locale) },
        { name: t('home.week.refusals'), cell: ({ refusals }) => formatCount(refusals, locale) },
      ]}
      rows={persons}
      keyOf={({ id }) => id}
      minWidth={680}
    />
  );
}

/** What is kept here, and whether the gateway is well. */
export function AdministratorPart({ part }: { readonly part: NonNullable<Home['administrator']> }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { estate, workers } = part;
  const number = (value: number): string => formatCount(value, locale);
  return (
    <Part title={t('home.administrator')}>
      <Stack>
        <Figures
          figures={[
            {
              name: t('home.estate.persons'),
              value: number(estate.persons),
              link: <TextLink to="/people">{t('nav.people')}</TextLink>,
            },
            { name: t('home.estate.targets'), value: number(estate.targets) },
            { name: t('home.estate.keys'), value: number(estate.keys) },
            {
              name: t('home.estate.locked'),
              value: number(estate.locked),
              link: <TextLink to="/locks">{t('nav.locks')}</TextLink>,
            },
            {
              name: t('home.estate.live'),
              value: number(estate.live),
              link: (
                <TextLink to="/sessions" search={{ box: 'live' }}>
                  {t('home.owner.live.open')}
                </TextLink>
              ),
            },
            ...(workers.wanted === 0
              ? []
              : [
                  {
                    name: t('home.estate.workers'),
                    value: `${number(workers.serving)} / ${number(workers.wanted)}`,
                    isBad: workers.serving < workers.wanted,
                  },
                ]),
          ]}
        />
        <ProtectionLine />
      </Stack>
    </Part>
  );
}
