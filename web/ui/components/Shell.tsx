import { Container, Group, Text } from '@mantine/core';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { Fragment, type ReactElement, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, isSignedOut } from '../api/client.ts';
import { useMe } from '../api/queries.ts';
import { zoneName } from '../format/dates.ts';
import { isMessageKey } from '../i18n.ts';
import { SignInPage } from '../pages/SignIn.tsx';
import { Answer } from './Answer.tsx';
import { Failure } from './Failure.tsx';
import { Header } from './Header.tsx';
import { useLocale } from './use-locale.ts';
import { SchemeSwitch, ZoneSwitch } from './Switches.tsx';
import { WitnessBanner } from './WitnessBanner.tsx';
import { useZone } from './zone.tsx';

/** The frame of every page; whoever is not signed in sees the way in, and nothing else. */
export function Shell(): ReactElement {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const locale = me.data?.person.locale;
  useEffect(() => {
    if (locale !== undefined) void i18n.changeLanguage(locale);
  }, [locale, i18n]);
  const signedOut = isSignedOut(me.error);
  const main = useFocusOnNavigation();
  const { choice } = useZone();
  return (
    <>
      <a className="skip-link" href="#main">
        {t('app.skip')}
      </a>
      <Header me={signedOut ? undefined : me.data} />
      {!signedOut && <WitnessBanner delay={me.data?.witnessDelay ?? undefined} />}
      <Container component="main" id="main" size={1080} py="xl" ref={main} tabIndex={-1} style={{ outline: 'none' }}>
        {signedOut ? (
          <SignInPage />
        ) : (
          <Answer query={me} refused={(error) => <Failure error={error} onRetry={() => void me.refetch()} />}>
            {() => (
              <>
                <CameBackWith />
                <Fragment key={choice}>
                  <Outlet />
                </Fragment>
              </>
            )}
          </Answer>
        )}
      </Container>
      <Footer signedIn={me.data !== undefined} />
    </>
  );
}

/** A sign-in page that failed sends the browser here with `?error=CODE`. */
function CameBackWith() {
  const search = useRouterState({ select: (state) => state.location.searchStr });
  const code = new URLSearchParams(search).get('error');
  return code !== null && isMessageKey(`error.${code}.message`) ? <Failure error={new ApiError(code, 0, '')} /> : null;
}

function Footer({ signedIn }: { readonly signedIn: boolean }) {
  const { t } = useTranslation();
  const locale = useLocale();
  return (
    <Container component="footer" size={1080} pb="lg">
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed">
          {t('app.zone', { zone: zoneName(locale, new Date()) })}
        </Text>
        <Group gap="sm">
          {signedIn && (
            <a href="/api/reference" className="quiet-link">
              {t('app.reference')}
            </a>
          )}
          <ZoneSwitch />
          <SchemeSwitch />
        </Group>
      </Group>
    </Container>
  );
}

/** After a step to another page, reading begins at its content; the first page keeps the browser's own focus. */
function useFocusOnNavigation() {
  const main = useRef<HTMLDivElement>(null);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return main;
}
