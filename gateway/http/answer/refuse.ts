/** The pages that stand in place of an answer. */
import { message } from '../../../messages/index.ts';
import type { Passed } from '../../../policy/index.ts';
import { ticketMessage } from '../../exports/refused.ts';
import { askToGoOn } from '../../metering/index.ts';
import { type Passage, textOf } from '../gate.ts';
import type { Work } from '../model.ts';
import { type Page, say, sendPage, wordFindings, wordPassed } from '../pages.ts';

const FORBIDDEN = 403;

export function sendRefusal(work: Work, refused: Extract<Passage, { kind: 'refused' }>): void {
  const { locale } = work.visit.session.authorization.person;
  const { name } = work.visit.site.target;
  const { judgement, ask, ticket, passed } = refused;
  const known = ticketMessage(ticket);
  const isLimit = passed !== undefined;
  const page: Page = {
    status: FORBIDDEN,
    locale,
    title: say(locale, isLimit ? 'site.limit.title' : 'site.refused.title'),
    texts: [
      isLimit ? say(locale, 'site.limit.text', wordPassed(locale, passed)) : say(locale, 'site.refused.text', { name }),
      ...(known === undefined ? [] : [message(locale, known)]),
      say(locale, 'site.refused.again'),
    ],
    facts: [
      ...(isLimit ? [] : [[say(locale, 'site.refused.found'), wordFindings(locale, judgement)] as const]),
      [say(locale, 'site.refused.act'), textOf(work)],
    ],
    links: ask === undefined ? [] : [{ text: say(locale, 'site.refused.ask'), url: ask.href }],
  };
  sendPage(work.request, work.response, page);
}

export async function sendQuestion(work: Work, which: Passed): Promise<void> {
  const { locale } = work.visit.session.authorization.person;
  const { deps, sourceAddress } = work;
  const { meter, session } = work.visit;
  const { url, code } = await askToGoOn({ deps, session, meter, sourceAddress, until: session.signal }, which);
  sendPage(work.request, work.response, {
    ...{ status: FORBIDDEN, locale, title: say(locale, 'site.soft.title') },
    texts: [say(locale, 'site.soft.text', wordPassed(locale, which))],
    links: [{ text: say(locale, 'site.soft.link', { code }), url }],
  });
}
