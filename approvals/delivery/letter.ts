/** A message in the words of its reader. Pure. */
import { message, type MessageKey } from '../../messages/index.ts';
import type { Locale } from '../../policy/index.ts';
import { isTicketLetter, type Letter, type TicketLetter, type Topic } from './model.ts';

export interface WrittenLink {
  readonly name: string;
  readonly url: string;
}

export interface Written {
  readonly subject: string;
  /** What happened, in one sentence. */
  readonly headline: string;
  /** Names and values, in order. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Each for one person alone; none where nothing is to be done. */
  readonly links: readonly WrittenLink[];
  /** The page for everybody else. */
  readonly url: string;
  readonly note: string | undefined;
  readonly foot: string;
}

export interface LetterContext {
  readonly locale: Locale;
  readonly zone: string;
  readonly publicUrl: URL;
  readonly now: Date;
  /** Since when the ticket stands as it does. */
  readonly since: Date | undefined;
  readonly links: readonly WrittenLink[];
  readonly linkHours: number;
}

/** What nobody sees and what turns the direction of text is left out: a name could write another name with it. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;
const NAME_CHARACTERS_MAX = 200;

/** A name as it may stand in a line of a message. */
export function plainName(name: string): string {
  const seen = name.normalize('NFC').replace(UNSEEN, '').replace(/\s+/g, ' ').trim();
  const characters = Array.from(seen);
  return characters.length <= NAME_CHARACTERS_MAX ? seen : `${characters.slice(0, NAME_CHARACTERS_MAX).join('')}…`;
}

export function writeLetter(topic: Topic, letter: Letter, context: LetterContext): Written {
  const { locale } = context;
  const foot = message(locale, 'letter.foot', { url: new URL('/notifications', context.publicUrl).href });
  if (isTicketLetter(letter)) return { ...writeTicket(topic, letter, context), foot };
  const headline = message(locale, headlineOf(topic, undefined));
  const url = new URL(letter.review === undefined ? '/notifications' : `/reviews/${letter.review}`, context.publicUrl);
  const subject = plainName(letter.subject);
  const facts = [[message(locale, 'letter.about'), subject]] as const;
  return { subject: headline, headline, facts, links: [], url: url.href, note: undefined, foot };
}

function writeTicket(topic: Topic, letter: TicketLetter, context: LetterContext): Omit<Written, 'foot'> {
  const { locale, links, since } = context;
  const { number, requesterName, targetName, kind, lookalike, state } = letter;
  const say = (key: MessageKey, values?: Record<string, string | number>): string => message(locale, key, values);
  const headline = say(headlineOf(topic, letter));
  const name = plainName(requesterName);
  const facts: [string, string][] = [[say('letter.ticket'), `T-${number}`]];
  if (kind !== undefined) facts.push([say('letter.kind'), say(`letter.kind.${kind}`)]);
  facts.push([say('letter.requester'), lookalike === true ? say('letter.lookalike', { name }) : name]);
  facts.push([say('letter.target'), plainName(targetName)]);
  facts.push([say('letter.state'), say(`letter.state.${state}`)]);
  if (since !== undefined) facts.push([say('letter.since'), sinceText(since, context)]);
  return {
    subject: say('letter.subject', { headline, number }),
    ...{ headline, facts, links },
    url: new URL(`/tickets/${letter.ticket}`, context.publicUrl).href,
    note: links.length === 0 ? undefined : say('letter.link.note', { hours: context.linkHours }),
  };
}

/** A moment by the clock of the zone, and how long ago it is. */
function sinceText(since: Date, { locale, zone, now }: LetterContext): string {
  const format = new Intl.DateTimeFormat(locale === 'ja' ? 'ja-JP' : 'en-GB', {
    ...{ timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    timeZoneName: 'short',
  });
  const minutes = Math.max(0, Math.floor((now.getTime() - since.getTime()) / 60_000));
  const [key, n] =
    minutes < 120
      ? (['letter.age.minutes', minutes] as const)
      : minutes < 48 * 60
        ? (['letter.age.hours', Math.floor(minutes / 60)] as const)
        : (['letter.age.days', Math.floor(minutes / (24 * 60))] as const);
  return message(locale, 'letter.moment', { moment: format.format(since), age: message(locale, key, { n }) });
}

/** A decided ticket is named by what was decided, a reminder by whom it is for. */
function headlineOf(topic: Topic, letter: TicketLetter | undefined): MessageKey {
  if (topic === 'ticket.decided' && letter !== undefined) {
    const decided = (['approved', 'rejected', 'revoked', 'expired', 'asked_back', 'reviewed'] as const).find(
      (state) => state === letter.state,
    );
    return decided === undefined ? 'letter.ticket.decided' : `letter.decided.${decided}`;
  }
  if (topic === 'ticket.waiting') return `letter.waiting.${letter?.to ?? 'owners'}`;
  return `letter.${topic}`;
}

/** The whole as plain text. */
export function asText({ headline, facts, links, url, note, foot }: Written, open: string): string {
  const lines = [headline, '', ...facts.map(([name, value]) => `${name}: ${value}`), ''];
  const [own] = links;
  lines.push(`${open}:`, own?.url ?? url, '');
  if (note !== undefined) lines.push(note, '');
  return [...lines, '-- ', foot, ''].join('\n');
}
