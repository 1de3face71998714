/** What a page says of itself where the inventory wants it: that it is recorded, and who sees it when. */
import { say, text } from '../pages.ts';
import type { Work } from '../model.ts';

/** Behind the page's own markup: browsers take it into the body. Undefined: the page stays as it is. */
export function pageAdditions({ deps, visit }: Work, contentType: string): Buffer | undefined {
  if (!visit.site.web.banner || !/^\s*(?:text\/html|application\/xhtml)/i.test(contentType)) return undefined;
  const { person } = visit.session.authorization;
  const at = deps.clock.now().toISOString().slice(0, 16).replace('T', ' ');
  const words = text(say(person.locale, 'site.recorded', { name: visit.site.target.name, person: person.name }));
  const mark = text(`${person.name} ${at}Z`);
  // Numeric references alone: right in whatever character set the page is.
  const line = `<div id="sekisho-banner" style="position:fixed;left:0;right:0;bottom:0;z-index:2147483647;padding:2px 8px;background:#b4232c;color:#fff;font:12px system-ui;opacity:.9;pointer-events:none">${words}</div>`;
  const water = `<div id="sekisho-watermark" style="position:fixed;inset:0;z-index:2147483646;pointer-events:none;display:grid;place-items:center;transform:rotate(-24deg);font:48px system-ui;color:#0001">${mark}</div>`;
  const ascii = (line + water).replace(/[^\x20-\x7e]/gu, (character) => `&#${character.codePointAt(0)};`);
  return Buffer.from(ascii, 'latin1');
}
