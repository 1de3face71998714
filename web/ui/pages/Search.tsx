import { Button, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearch, useSearchHealth } from '../api/replay.ts';
import { Answer } from '../components/Answer.tsx';
import { Failure } from '../components/Failure.tsx';
import { Empty, Page, Part } from '../components/Page.tsx';
import { HealthNote } from '../components/search/HealthNote.tsx';
import { Hits } from '../components/search/Hits.tsx';
import { SearchForm } from '../components/search/SearchForm.tsx';
import { apiSearch, type SearchFilters } from '../format/search-filters.ts';

/** Search over what was shown, typed and executed. The filters stand in the address, so that a search can be kept and sent. */
export function SearchPage({ filters }: { readonly filters: SearchFilters }): ReactElement {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const health = useSearchHealth();
  return (
    <Page title={t('search.title')} intro={t('search.intro')}>
      <Answer query={health} refused={(error) => <Failure error={error} />}>
        {({ health: state, persons, targets }) => (
          <Stack gap="lg">
            <HealthNote health={state} />
            <Part title={t('search.what')}>
              <SearchForm
                key={JSON.stringify(filters)}
                filters={filters}
                persons={persons}
                targets={targets}
                onSearch={(search) => void navigate({ to: '/search', search })}
              />
            </Part>
            {filters.text !== undefined && <Found filters={filters} text={filters.text} />}
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function Found({ filters, text }: { readonly filters: SearchFilters; readonly text: string }) {
  const { t } = useTranslation();
  const search = useSearch(apiSearch(filters), true);
  const last = search.data?.pages.at(-1);
  return (
    <Part title={t('search.found')}>
      <Answer query={search} refused={(error) => <Failure error={error} onRetry={() => void search.refetch()} />}>
        {({ pages }) => (
          <Stack gap="md">
            {pages.every(({ hits }) => hits.length === 0) ? (
              <Empty
                text={last?.ranOut === true ? t('search.ranOut') : t('search.none')}
                next={last?.health.state === 'complete' ? t('search.none.complete') : t('search.none.behind')}
              />
            ) : (
              <Hits pages={pages} text={text} filters={filters} />
            )}
            {search.error !== null && <Failure error={search.error} />}
            {search.hasNextPage && (
              <div>
                {last?.ranOut === true && <Text mb="xs">{t('search.ranOut')}</Text>}
                <Button
                  variant="default"
                  loading={search.isFetchingNextPage}
                  onClick={() => void search.fetchNextPage()}
                >
                  {t('search.more')}
                </Button>
              </div>
            )}
          </Stack>
        )}
      </Answer>
    </Part>
  );
}
