import type { OpenTarget } from '../../../identity/index.ts';
import { message } from '../../../messages/index.ts';
import type { Locale } from '../../../policy/index.ts';
import { shown } from '../printable.ts';
import { type MenuItem, searchForm } from './state.ts';

const TITLE_CHARACTERS_MAX = 80;

/** The open targets as lines of the menu: the inventory's words are printed filtered, whoever wrote them. */
export function itemsOf(targets: readonly OpenTarget[], locale: Locale): MenuItem[] {
  return targets.map((target) => {
    const { en, ja } = target.systemTitle;
    const mode = message(locale, target.mode === 'recorded' ? 'menu.mode.recorded' : 'menu.mode.guarded');
    const names = [target.loginName, target.systemName, en, ja, target.account];
    return {
      loginName: shown(target.loginName),
      title: shown(locale === 'ja' ? ja : en, TITLE_CHARACTERS_MAX),
      account: shown(target.account),
      mode,
      until: localTime(target.expiresAt),
      searched: searchForm(names.join('\n')),
    };
  });
}

/** `2026-11-24 18:00`, in the gateway's own time zone: a terminal does not tell the person's. */
function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** For a terminal that cannot draw, and for none: one target a line, and what to type. */
export function plainList(
  items: readonly MenuItem[],
  { locale, example }: { locale: Locale; example: string },
): string[] {
  return [
    message(locale, 'menu.plain', { example }),
    ...items.map(
      ({ loginName, title, account, mode, until }) =>
        `  ${loginName}  ${title}  (${[account, mode, until].join(', ')})`,
    ),
  ];
}
