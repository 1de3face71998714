import '@mantine/core/styles.css';
import './global.css';
import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, isSignedOut } from './api/client.ts';
import { meQuery } from './api/queries.ts';
import { ZoneProvider } from './components/zone.tsx';
import { startTexts } from './i18n.ts';
import { fetchPages, router } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

/** A refusal stays a refusal however often it is asked; only a silent gateway is asked once more. */
function tryAgain(failures: number, error: unknown): boolean {
  return failures < 1 && error instanceof ApiError && (error.code === 'network' || error.status >= 502);
}

/** Whoever learns from any answer that the sign-in has ended sees the way in again, not a page of refusals. */
function noticeSignedOut(error: unknown): void {
  if (isSignedOut(error)) void queries.invalidateQueries({ queryKey: meQuery.queryKey });
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      if (query.queryKey[0] !== meQuery.queryKey[0]) noticeSignedOut(error);
    },
  }),
  mutationCache: new MutationCache({ onError: noticeSignedOut }),
  defaultOptions: { queries: { retry: tryAgain, staleTime: 2_000 } },
});

const FETCH_AHEAD_MILLIS = 3_000;
const place = document.getElementById('root');
if (place === null) throw new Error('the page has no #root');

await startTexts();
createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={cssVariables}>
      <ZoneProvider>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ZoneProvider>
    </MantineProvider>
  </StrictMode>,
);

// Not while the first page is still asking for what it shows: the scripts would stand in its way.
window.setTimeout(() => requestIdleCallback(fetchPages), FETCH_AHEAD_MILLIS);
