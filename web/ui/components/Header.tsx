import { Button, Container, Group, SegmentedControl, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSetLocale, useSignOut } from '../api/commands.ts';
import type { Me } from '../api/schemas.ts';
import type { Locale } from '../messages/index.ts';
import { Failure } from './Failure.tsx';
import { Navigation } from './Navigation.tsx';
import { useLocale } from './use-locale.ts';

export function Header({ me }: { readonly me: Me | undefined }) {
  const { t } = useTranslation();
  const setLocale = useSetLocale();
  const signOut = useSignOut();
  const failure = signOut.error ?? setLocale.error;
  return (
    <header className="top">
      <Container size={1080} pt="sm" pb={me === undefined ? 'sm' : 0}>
        <Group justify="space-between" gap="sm">
          <Link to="/" className="wordmark">
            <img src="/favicon.svg" alt="" width={28} height={28} />
            {t('app.name')}
          </Link>
          <Group gap="sm">
            <LanguageSwitch onChoose={me === undefined ? undefined : setLocale.mutate} />
            {me !== undefined && <SignOut signOut={signOut} />}
          </Group>
        </Group>
        {me !== undefined && (
          <>
            <Text size="sm" c="dimmed" mt={4}>
              {t('app.signedInAs', { name: me.person.name, employer: me.person.employer })}
              {me.mode === 'demo' && <> · {t('app.demo')}</>}
            </Text>
            {failure !== null && <Failure error={failure} />}
            <Navigation me={me} />
          </>
        )}
      </Container>
    </header>
  );
}

function LanguageSwitch({ onChoose }: { readonly onChoose: ((locale: Locale) => void) | undefined }) {
  const { t, i18n } = useTranslation();
  const locale = useLocale();
  const change = (chosen: Locale): void => {
    void i18n.changeLanguage(chosen);
    onChoose?.(chosen);
  };
  return (
    <SegmentedControl<Locale>
      size="xs"
      aria-label={t('app.language')}
      value={locale}
      onChange={change}
      data={[
        { value: 'ja', label: '日本語' },
        { value: 'en', label: 'English' },
      ]}
    />
  );
}

function SignOut({ signOut }: { readonly signOut: ReturnType<typeof useSignOut> }) {
  const { t } = useTranslation();
  const leave = (): void => {
    signOut.mutate(undefined, { onSuccess: ({ url }) => window.location.assign(url) });
  };
  return (
    <Button size="compact-sm" variant="default" loading={signOut.isPending} onClick={leave}>
      {t('app.signOut')}
    </Button>
  );
}
