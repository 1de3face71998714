/** The menu as a value: what is listed, what was typed, which line is selected. Pure. */
import { LIMITS } from '../../../foundation/index.ts';
import type { Key } from './keys.ts';
import { withoutLast } from './width.ts';

/** One target, every word of it fit to be printed. */
export interface MenuItem {
  readonly loginName: string;
  readonly title: string;
  readonly account: string;
  readonly mode: string;
  readonly until: string;
  /** What typing finds it by. */
  readonly searched: string;
}

export interface MenuState {
  readonly items: readonly MenuItem[];
  readonly filter: string;
  /** Index into `listed`. */
  readonly selected: number;
}

export type Step =
  | { readonly kind: 'stay'; readonly state: MenuState }
  | { readonly kind: 'chosen'; readonly item: MenuItem }
  | { readonly kind: 'left' };

/** The items that hold every word typed, in their order. */
export function listed({ items, filter }: MenuState): readonly MenuItem[] {
  const words = searchForm(filter).split(/\s+/).filter(Boolean);
  return items.filter(({ searched }) => words.every((word) => searched.includes(word)));
}

/** Full-width letters, half-width kana and capitals find what their ordinary forms find. */
export function searchForm(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** What a key does; `page` is the number of lines that are shown at once. */
export function press(state: MenuState, key: Key, page: number): Step {
  const count = listed(state).length;
  const move = (to: number): Step => stay({ ...state, selected: Math.min(Math.max(to, 0), Math.max(count - 1, 0)) });
  switch (key.kind) {
    case 'leave':
      return { kind: 'left' };
    case 'enter': {
      const item = listed(state)[state.selected];
      return item === undefined ? stay(state) : { kind: 'chosen', item };
    }
    case 'up':
      return move(state.selected - 1);
    case 'down':
      return move(state.selected + 1);
    case 'page_up':
      return move(state.selected - page);
    case 'page_down':
      return move(state.selected + page);
    case 'first':
      return move(0);
    case 'last':
      return move(count - 1);
    case 'backspace':
      return stay({ ...state, filter: withoutLast(state.filter), selected: 0 });
    case 'clear':
      return stay({ ...state, filter: '', selected: 0 });
    case 'redraw':
      return stay(state);
    case 'text':
      return typed(state, key.text);
  }
}

function typed(state: MenuState, text: string): Step {
  if (state.filter === '' && text === 'q') return { kind: 'left' };
  const filter = (state.filter + text).slice(0, LIMITS.menuFilterCharactersMax);
  return stay({ ...state, filter, selected: 0 });
}

function stay(state: MenuState): Step {
  return { kind: 'stay', state };
}
