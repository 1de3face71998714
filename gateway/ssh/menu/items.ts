import type { OpenTarget } from '../../../identity/index.ts';
import { message } from '../../../messages/index.ts';
import type { Locale } from '../../../policy/index.ts';
import { shown } from '../printable.ts';
import { type MenuItem, searchForm } from './state.ts';

const TITLE_CHARACTERS_MAX = 80;

/** The open targets as lines of the menu: the inventory's words are printed filtered, whoever wrote them. */
export function itemsOf(
  targets: readonly OpenTarget[],
  { locale, offset }: { locale: Locale; offset: number },
): MenuItem[] {
  return targets.map((target) => {
    const { en, ja } = target.systemTitle;
    const mode = message(locale, target.mode === 'recorded' ? 'menu.mode.recorded' : 'menu.mode.guarded');
    const names = [target.loginName, target.systemName, en, ja, target.account];
    return {
      loginName: shown(target.loginName),
      title: shown(locale === 'ja' ? ja : en, TITLE_CHARACTERS_MAX),
      account: shown(target.account),
      mode,
      until: timeAt(target.expiresAt, offset),
      searched: searchForm(names.join('\n')),
    };
  });
}

/** Minutes by which the gateway's clock on the wall is ahead of UTC: a terminal does not tell the person's own. */
export function wallOffset(now: Date): number {
  return -now.getTimezoneOffset();
}

/** `UTC`, `UTC+9`, `UTC-3:30`. */
export function zoneName(offset: number): string {
  if (offset === 0) return 'UTC';
  const minutes = Math.abs(offset) % 60;
  const hours = Math.floor(Math.abs(offset) / 60);
  return `UTC${offset < 0 ? '-' : '+'}${hours}${minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`}`;
}

/** `2026-11-24 18:00`, of a clock so many minutes ahead of UTC. */
function timeAt(date: Date, offset: number): string {
  return new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 16).replace('T', ' ');
}

/** For a terminal that cannot draw, and for none: one target a line, and what to type. */
export function plainList(
  items: readonly MenuItem[],
  { locale, zone, example }: { locale: Locale; zone: string; example: string },
): string[] {
  return [
    message(locale, 'menu.plain', { example }),
    ...items.map(
      ({ loginName, title, account, mode, until }) =>
        `  ${loginName}  ${title}  (${[account, mode, `${until} ${zone}`].join(', ')})`,
    ),
  ];
}
