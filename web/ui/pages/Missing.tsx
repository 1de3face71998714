import { Anchor, Text } from '@mantine/core';
import { type ErrorComponentProps, Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Failure } from '../components/Failure.tsx';
import { Page } from '../components/Page.tsx';

export function MissingPage(): ReactElement {
  const { t } = useTranslation();
  return (
    <Page title={t('common.notFound.title')} intro={t('common.notFound.body')}>
      <Text>
        <Anchor component={Link} to="/" underline="always">
          {t('common.backHome')}
        </Anchor>
      </Text>
    </Page>
  );
}

/** A bug of this page: said, never left blank. */
export function BrokenPage({ error }: ErrorComponentProps): ReactElement {
  const { t } = useTranslation();
  return (
    <Page title={t('common.broken.title')}>
      <Failure error={error} onRetry={() => window.location.reload()} />
    </Page>
  );
}
