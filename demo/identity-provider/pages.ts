import type { ServerResponse } from 'node:http';
import { sha256 } from '../../foundation/index.ts';
import type { Locale } from '../../policy/index.ts';
import { DEMO_PEOPLE, type DemoPerson } from '../people.ts';
import { TEXTS } from './messages.ts';
import { STYLE } from './style.ts';

/** The answer's headers. No script at all and one style sheet of ours: injected markup stays text. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Not no-referrer: with it a browser posts `Origin: null` and our own form would look like another site's.
  'referrer-policy': 'same-origin',
};

export const STYLE_PATH = '/style.css';
const styleVersion = sha256(STYLE).toString('hex').slice(0, 12);

export function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { ...PAGE_HEADERS }).end(html);
}

export function sendStyle(response: ServerResponse): void {
  response
    .writeHead(200, {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'x-content-type-options': 'nosniff',
    })
    .end(STYLE);
}

interface PageFacts {
  readonly locale: Locale;
  /** Path of the issuer, e.g. `/oidc`. */
  readonly base: string;
}

/** The seven people, a button each. Posts `login=SUBJECT`, or `cancel=yes`, to the page's own address. */
export function peoplePage(facts: PageFacts & { readonly action: string; readonly unknown: boolean }): string {
  const texts = TEXTS[facts.locale];
  const other: Locale = facts.locale === 'ja' ? 'en' : 'ja';
  const notice = facts.unknown ? `<p class="notice" role="alert">${escapeHtml(texts.unknownPerson)}</p>` : '';
  return page(
    facts,
    `<h1>${escapeHtml(texts.heading)}</h1>
<p>${escapeHtml(texts.explanation)}</p>${notice}
<form method="post" action="${escapeHtml(facts.action)}">
<ul aria-label="${escapeHtml(texts.people)}">${DEMO_PEOPLE.map((person) => personButton(person, facts.locale)).join('')}</ul>
<div class="foot"><button name="cancel" value="yes">${escapeHtml(texts.cancel)}</button>
<a href="${escapeHtml(facts.action)}?lang=${other}" lang="${other}" hreflang="${other}">${escapeHtml(texts.otherLanguage)}</a></div>
</form>`,
  );
}

function personButton(person: DemoPerson, locale: Locale): string {
  const texts = TEXTS[locale];
  const roles = person.roles.map((role) => texts.roles[role]).join(', ');
  const label = `${texts.signInAs.replace('{name}', person.name)}, ${roles}, ${person.employer}`;
  return `<li><button class="person" name="login" value="${escapeHtml(person.subject)}" aria-label="${escapeHtml(label)}"><strong>${escapeHtml(person.name)}</strong><span class="role">${escapeHtml(roles)}</span><span class="employer">${escapeHtml(person.employer)}</span></button></li>`;
}

/** Asks before signing out, so that a link on another site cannot. `form` is the provider's own, with its xsrf field. */
export function signOutPage(facts: PageFacts & { readonly form: string }): string {
  const texts = TEXTS[facts.locale];
  return page(
    facts,
    `<h1>${escapeHtml(texts.signOutHeading)}</h1>
${facts.form}
<div class="buttons"><button class="main" form="op.logoutForm" name="logout" value="yes">${escapeHtml(texts.signOut)}</button>
<button form="op.logoutForm">${escapeHtml(texts.stay)}</button></div>`,
  );
}

export function signedOutPage(facts: PageFacts): string {
  return page(facts, `<h1>${escapeHtml(TEXTS[facts.locale].signedOut)}</h1>`);
}

/** What went wrong, as the provider names it (RFC 6749 §4.1.2.1: error and error_description). */
export function failurePage(facts: PageFacts & { readonly error: string; readonly description: string }): string {
  const texts = TEXTS[facts.locale];
  return page(
    facts,
    `<h1>${escapeHtml(texts.failedHeading)}</h1>
<p>${escapeHtml(texts.failed)}</p>
<p class="notice"><strong>${escapeHtml(facts.error)}</strong> ${escapeHtml(facts.description)}</p>`,
  );
}

function page({ locale, base }: PageFacts, content: string): string {
  const title = escapeHtml(TEXTS[locale].title);
  return `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${escapeHtml(base)}${STYLE_PATH}?v=${styleVersion}">
</head>
<body><main>
<p class="brand">関所 Sekisho</p>
${content}
</main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
