import { Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type ReactElement, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useOpenLink } from '../api/deliveries.ts';
import { Failure } from '../components/Failure.tsx';
import { TextLink } from '../components/Links.tsx';
import { Page } from '../components/Page.tsx';

/** A link of a message, for who is signed in by now. It opens the ticket's page, where everything is decided as ever. */
export function OpenLinkPage({ token }: { readonly token: string }): ReactElement {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { mutate, error } = useOpenLink();
  const asked = useRef<string | undefined>(undefined);
  useEffect(() => {
    // A page that is drawn twice must not use the link twice: the second time would be a replay.
    if (asked.current === token) return;
    asked.current = token;
    mutate(token, {
      // In place of the link, so that the way back does not lead through it again.
      onSuccess: ({ ticket }) => void navigate({ to: '/tickets/$id', params: { id: ticket }, replace: true }),
    });
  }, [token, mutate, navigate]);
  return (
    <Page title={t('link.title')}>
      {error === null ? <p role="status">{t('link.opening')}</p> : <Failure error={error} />}
      {error !== null && (
        <Group mt="md">
          <TextLink to="/tickets" search={{ box: 'inbox' }}>
            {t('link.inbox')}
          </TextLink>
        </Group>
      )}
    </Page>
  );
}
