import { Button, Container, Group, SegmentedControl, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useSetLocale, useSignOut } from '../api/commands.ts';
import type { Me, Role } from '../api/schemas.ts';
import type { Locale } from '../messages/index.ts';
import { Failure } from './Failure.tsx';
import { useLocale } from './use-locale.ts';

const ALL: readonly Role[] = [];
const PEOPLE: readonly Role[] = ['security_officer', 'administrator'];
const GATE: readonly Role[] = ['owner', 'auditor', 'security_officer', 'administrator'];
const AUDIT: readonly Role[] = ['auditor', 'security_officer'];
/** Where one goes, in this order, and which roles have something there. */
const LINKS = [
  ['/reconciliation', 'nav.reconcile', GATE],
  ['/sessions', 'nav.sessions', ALL],
  ['/relay', 'nav.relay', ALL],
  ['/keys', 'nav.keys', ALL],
  ['/security', 'nav.security', ALL],
  ['/gate', 'nav.gate', GATE],
  ['/people', 'nav.people', PEOPLE],
  ['/locks', 'nav.locks', GATE],
  ['/reviews', 'nav.reviews', GATE],
  ['/accounts', 'nav.accounts', GATE],
  ['/deliveries', 'nav.deliveries', PEOPLE],
  ['/search', 'nav.search', AUDIT],
  ['/audit', 'nav.audit', AUDIT],
  ['/check', 'nav.check', AUDIT],
  ['/custody', 'nav.custody', AUDIT],
] as const;

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

function Navigation({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  const shown = LINKS.filter(([, , roles]) => roles === ALL || me.person.roles.some((role) => roles.includes(role)));
  return (
    <nav className="main-nav" aria-label={t('nav.main')}>
      <ul>
        <li>
          <Link to="/" activeOptions={{ exact: true }}>
            {t('nav.home')}
          </Link>
        </li>
        <li>
          <Link to="/tickets">
            {t('nav.tickets')} {me.inboxCount > 0 && <span className="count">{me.inboxCount}</span>}
          </Link>
        </li>
        {shown.map(([to, key]) => (
          <li key={to}>
            <Link to={to}>{t(key)}</Link>
          </li>
        ))}
        <li>
          <Link to="/notifications" aria-label={t('app.notifications', { n: me.notificationCount })}>
            <Bell /> {me.notificationCount > 0 && <span className="count">{me.notificationCount}</span>}
          </Link>
        </li>
      </ul>
    </nav>
  );
}

function Bell() {
  return (
    <svg viewBox="0 0 24 24" width={20} height={20} fill="none" stroke="currentColor" strokeWidth={2} aria-hidden>
      <path d="M6 9a6 6 0 0 1 12 0c0 6 2 7 2 8H4c0-1 2-2 2-8ZM10 20a2 2 0 0 0 4 0" strokeLinejoin="round" />
    </svg>
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
