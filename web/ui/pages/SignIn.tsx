import { Button, Paper, Stack, Text, Title } from '@mantine/core';
import { useRouterState } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useProviders } from '../api/factors.ts';
import { useNameOf } from '../components/use-locale.ts';
import { isMessageKey } from '../i18n.ts';

/** The way in. The identity provider asks who it is; this page asks for nothing. */
export function SignInPage() {
  const { t } = useTranslation();
  const nameOf = useNameOf();
  const location = useRouterState({ select: (state) => state.location });
  const refused = new URLSearchParams(location.searchStr).get('error');
  const href = `/auth/sign-in?return=${encodeURIComponent(refused === null ? location.href : location.pathname)}`;
  const { data: providers = [] } = useProviders();
  const several = providers.length > 1 ? providers : [];
  const title = t('signIn.title');
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <Paper withBorder p="xl" maw={620} mx="auto">
      <Stack align="flex-start">
        <Title order={1}>{title}</Title>
        <Text>{t('signIn.sentence')}</Text>
        {refused !== null && isMessageKey(`error.${refused}.message`) && (
          <Text role="alert" fw={600} c="red.9">
            {nameOf('error', `${refused}.message`)} {nameOf('error', `${refused}.next`)}
          </Text>
        )}
        {location.pathname !== '/' && refused === null && <Text c="dimmed">{t('signIn.again')}</Text>}
        {several.length > 0 && <Text>{t('signIn.choose')}</Text>}
        {several.map(({ name, title: provider }) => (
          <Button key={name} component="a" href={`${href}&provider=${encodeURIComponent(name)}`} size="md">
            {t('signIn.with', { title: provider })}
          </Button>
        ))}
        {several.length === 0 && (
          <Button component="a" href={href} size="md">
            {t('signIn.button')}
          </Button>
        )}
      </Stack>
    </Paper>
  );
}
