/** What a webhook's receiver reads: a message of Slack, a card of Teams, or an event of Standard Webhooks. Pure. */
import { message } from '../../messages/index.ts';
import type { Locale } from '../../policy/index.ts';
import { plainName, type Written } from './letter.ts';
import { isTicketLetter, type Letter, type Topic, type WebhookKind } from './model.ts';

export interface About {
  readonly topic: Topic;
  readonly letter: Letter;
  readonly at: Date;
  readonly locale: Locale;
}

export function webhookBody(kind: WebhookKind, written: Written, about: About): string {
  switch (kind) {
    case 'slack':
      return JSON.stringify(slackMessage(written, about));
    case 'teams':
      return JSON.stringify(teamsMessage(written, about));
    case 'standard':
      return JSON.stringify(standardEvent(written, about));
    default:
      return kind satisfies never;
  }
}

/** A section's text in Slack's mrkdwn, which has exactly these three characters to escape. */
function slackMessage({ headline, facts, url, note, ...written }: Written, { locale }: About) {
  const escape = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  // `|` ends a link's address; in its label nothing but `>` would end the link.
  const link = (label: string, to: string): string => `<${to.replaceAll('|', '%7C')}|${escape(label)}>`;
  const links = linesOf(written, url, locale).map(({ label, to }) => link(label, to));
  const lines = [
    `*${escape(headline)}*`,
    ...facts.map(([name, value]) => `${escape(name)}: ${escape(value)}`),
    links.join(' · '),
    ...(note === undefined ? [] : [`_${escape(note)}_`]),
  ];
  const text = lines.join('\n');
  return { text, unfurl_links: false, unfurl_media: false };
}

/** An adaptive card; text is set as text, where Markdown of a name draws nothing. */
function teamsMessage({ headline, facts, url, note, ...written }: Written, { locale }: About) {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', text: unmarked(headline), weight: 'Bolder', wrap: true },
      { type: 'FactSet', facts: facts.map(([title, value]) => ({ title: unmarked(title), value: unmarked(value) })) },
      ...(note === undefined ? [] : [{ type: 'TextBlock', text: unmarked(note), isSubtle: true, wrap: true }]),
    ],
    actions: linesOf(written, url, locale).map(({ label, to }) => ({ type: 'Action.OpenUrl', title: label, url: to })),
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** Cards read a little Markdown: a name could be drawn as a link to elsewhere. */
function unmarked(text: string): string {
  return text.replace(/[\\`*_[\]()<>#~|]/g, '\\$&');
}

/** https://www.standardwebhooks.com: `type`, `timestamp`, `data`. Names and numbers alone. */
function standardEvent({ url }: Written, { topic, letter, at }: About) {
  const data = isTicketLetter(letter)
    ? {
        ...{ ticket: letter.ticket, number: letter.number, kind: letter.kind ?? null, state: letter.state },
        ...{ requester: plainName(letter.requesterName), target: plainName(letter.targetName) },
        ...{ lookalike: letter.lookalike ?? false, audience: letter.to ?? null, url },
      }
    : { subject: plainName(letter.subject), review: letter.review ?? null, url };
  return { type: topic, timestamp: at.toISOString(), data };
}

function linesOf({ links }: Pick<Written, 'links'>, url: string, locale: Locale) {
  if (links.length === 0) return [{ label: message(locale, 'letter.open.ticket'), to: url }];
  return links.map((link) => ({
    label: message(locale, 'letter.open.for', { name: plainName(link.name) }),
    to: link.url,
  }));
}
