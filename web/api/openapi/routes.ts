import { Router } from 'express';
import { z } from 'zod';
import type { WebApiDeps } from '../deps.ts';
import { principalOf } from '../guards.ts';
import { query } from '../request.ts';
import { apiDocument } from './document.ts';
import { apiPage } from './page.ts';

const LangQuery = z.strictObject({ lang: z.enum(['en', 'ja']).optional() });

/** The description of the API, for programs and for people; in the language of who asks, unless they say another. */
export function openApiRoutes({ publicUrl }: WebApiDeps): Router {
  const router = Router();
  router.get('/openapi.json', (request, response) => {
    response.json(apiDocument(publicUrl, query(LangQuery, request).lang ?? 'en'));
  });
  router.get('/reference', (request, response) => {
    const { lang = principalOf(request).person.locale } = query(LangQuery, request);
    response.type('html').send(apiPage(apiDocument(publicUrl, lang), lang));
  });
  return router;
}
