import '@mantine/core/styles.css';
import './global.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client.ts';
import { startTexts } from './i18n.ts';
import { router } from './router.tsx';
import { cssVariables, theme } from './theme.ts';

/** A refusal stays a refusal however often it is asked; only a silent gateway is asked once more. */
function tryAgain(failures: number, error: unknown): boolean {
  return failures < 1 && error instanceof ApiError && (error.code === 'network' || error.status >= 502);
}

const queries = new QueryClient({ defaultOptions: { queries: { retry: tryAgain, staleTime: 2_000 } } });

const place = document.getElementById('root');
if (place === null) throw new Error('the page has no #root');

await startTexts();
createRoot(place).render(
  <StrictMode>
    <MantineProvider theme={theme} forceColorScheme="light" cssVariablesResolver={cssVariables}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
