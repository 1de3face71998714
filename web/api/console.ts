/** The built console. */
import { join } from 'node:path';
import express, { Router } from 'express';
import { GatewayError } from '../../foundation/index.ts';

/** Files of the build, whose names carry their hash; for any other path the page itself, which knows what it shows. */
export function consoleRoutes(uiDirectory: string): Router {
  const router = Router();
  const files = { index: false, redirect: false, dotfiles: 'ignore' } as const;
  router.use('/assets', express.static(join(uiDirectory, 'assets'), { ...files, immutable: true, maxAge: '1y' }));
  router.use('/assets', () => {
    throw new GatewayError('not_found'); // A page for a missing script would be read as one.
  });
  router.use(express.static(uiDirectory, { ...files, maxAge: 0 }));
  router.get('/{*path}', (_request, response, next) => {
    response.set('cache-control', 'no-cache');
    response.sendFile('index.html', { root: uiDirectory }, (thrown: unknown) => {
      if (thrown !== undefined && thrown !== null) next(thrown);
    });
  });
  return router;
}
