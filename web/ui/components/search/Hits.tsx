import { Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FoundSession, SearchHit, SearchPage } from '../../api/replay.ts';
import { foundSpans } from '../../format/found.ts';
import { markedParts } from '../../format/marked.ts';
import { formatOffset } from '../../format/replay-time.ts';
import type { SearchFilters } from '../../format/search-filters.ts';
import { TextLink } from '../Links.tsx';
import { Tag } from '../StateBadge.tsx';
import { Moment, Visible } from '../Texts.tsx';
import { useNameOf } from '../use-locale.ts';

interface HitsProps {
  readonly pages: readonly SearchPage[];
  readonly text: string;
  readonly filters: SearchFilters;
}

/** What was found, by work session; each line leads to its moment in the replay. */
export function Hits({ pages, text, filters }: HitsProps) {
  const { t } = useTranslation();
  const sessions = new Map(pages.flatMap((page) => page.sessions.map((session) => [session.id, session] as const)));
  const more = new Set(pages.flatMap(({ moreIn }) => moreIn));
  const found = new Map<string, SearchHit[]>();
  for (const hit of pages.flatMap(({ hits }) => hits)) found.set(hit.session, [...(found.get(hit.session) ?? []), hit]);
  return (
    <Stack gap="lg" component="ol" className="found">
      {[...found].map(([id, hits]) => (
        <li key={id}>
          <SessionLine id={id} session={sessions.get(id)} />
          <ul>
            {hits.map((hit, n) => (
              <HitLine key={n} hit={hit} text={text} />
            ))}
          </ul>
          {more.has(id) && (
            <TextLink to="/search" search={{ ...filters, session: id }}>
              {t('search.moreInSession')}
            </TextLink>
          )}
        </li>
      ))}
    </Stack>
  );
}

function SessionLine({ id, session }: { readonly id: string; readonly session: FoundSession | undefined }) {
  const { t } = useTranslation();
  if (session === undefined) return <Text className="mono">{id}</Text>;
  return (
    <Text fw={600}>
      <TextLink to="/sessions/$id" params={{ id }}>
        <Moment at={session.openedAt} />
      </TextLink>{' '}
      · {session.personName} · <span className="mono">{`${session.account}@${session.targetName}`}</span>
      {session.ticket !== null && <> · {t('tickets.number', { number: session.ticket })}</>}
    </Text>
  );
}

function HitLine({ hit, text }: { readonly hit: SearchHit; readonly text: string }) {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  return (
    <li>
      <div className="found-where">
        <Tag tone="quiet">{nameOf('search.field', hit.field)}</Tag>{' '}
        <TextLink to="/sessions/$id" params={{ id: hit.session }} search={{ at: Math.max(0, hit.offset - 500) }}>
          {t('search.jump', { at: formatOffset(hit.offset) })}
        </TextLink>{' '}
        <Text span size="sm" c="dimmed">
          <Moment at={new Date(hit.at).toISOString()} seconds />
        </Text>
      </div>
      <pre className="exact found-lines">
        {hit.linesBefore.map((line, n) => (
          <div key={n} className="found-near">
            <Visible text={line} />
          </div>
        ))}
        <div>
          {markedParts(hit.text, foundSpans(hit.text, text)).map((part, n) =>
            part.marked ? (
              <mark key={n}>
                <Visible text={part.text} />
              </mark>
            ) : (
              <Visible key={n} text={part.text} />
            ),
          )}
        </div>
        {hit.linesAfter.map((line, n) => (
          <div key={n} className="found-near">
            <Visible text={line} />
          </div>
        ))}
      </pre>
    </li>
  );
}
