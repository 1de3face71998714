import { Group, Loader, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from './Failure.tsx';

interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => Promise<unknown>;
}

/** What was asked: its answer when there is one, else why there is none. */
export function Answer<Data>(props: {
  readonly query: Asked<Data>;
  readonly children: (data: Data) => ReactNode;
  readonly refused?: (error: unknown) => ReactNode;
}) {
  const { t } = useTranslation();
  const { query } = props;
  if (query.data !== undefined) return <>{props.children(query.data)}</>;
  if (query.error === null) {
    return (
      <Group role="status" gap="sm">
        <Loader size="sm" aria-hidden />
        <Text>{t('common.loading')}</Text>
      </Group>
    );
  }
  return props.refused?.(query.error) ?? <Failure error={query.error} onRetry={() => void query.refetch()} />;
}
