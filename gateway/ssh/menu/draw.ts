/** The menu as what a terminal shows (ECMA-48). Pure; everything in it was made printable before. */
import { message } from '../../../messages/index.ts';
import type { Locale } from '../../../policy/index.ts';
import { shown } from '../printable.ts';
import { listed, type MenuItem, type MenuState } from './state.ts';
import { columnsOf, fitted } from './width.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Wording {
  readonly locale: Locale;
  readonly zone: string;
}

type Field = 'loginName' | 'title' | 'account' | 'mode' | 'until';

const CSI = '\x1b[';
/** The other screen, so that the menu leaves nothing behind; and no wrapping, whatever a terminal thinks of a width. */
export const ENTER_SCREEN = `${CSI}?1049h${CSI}?7l`;
export const LEAVE_SCREEN = `${CSI}?7h${CSI}?1049l`;

/** From the roomiest layout to the narrowest. */
const LAYOUTS: readonly (readonly Field[])[] = [
  ['loginName', 'title', 'account', 'mode', 'until'],
  ['loginName', 'title', 'account', 'until'],
  ['loginName', 'title', 'until'],
  ['loginName', 'title'],
  ['loginName'],
];
const WIDTH_MAX: Readonly<Record<Field, number>> = { loginName: 32, title: 40, account: 16, mode: 12, until: 16 };
const TITLE_WIDTH_MIN = 12;
const GAP = '  ';
const MARK = '> ';

/** Lines of targets that fit. The rest: title, search, headings, help. */
export function pageRows({ rows }: Size): number {
  return Math.max(rows - (hasFrame(rows) ? 4 : 1), 1);
}

/** `zone`: of the times in it, e.g. `UTC+9`. */
export function draw(state: MenuState, size: Size, { locale, zone }: Wording): string {
  const items = listed(state);
  const page = pageRows(size);
  const top = Math.max(0, Math.min(state.selected - Math.floor(page / 2), items.length - page));
  const headings = headingsOf(locale, zone);
  const columns = layOut([headings, ...state.items], size.columns);
  const rows = items.slice(top, top + page).map((item, index) => {
    const isSelected = top + index === state.selected;
    const line = fitted(`${isSelected ? MARK : '  '}${row(item, columns)}`, size.columns);
    return isSelected ? `${CSI}7m${line}${CSI}0m` : line;
  });
  if (items.length === 0) rows.push(fitted(`  ${message(locale, 'menu.nothing_found')}`, size.columns));
  const search = `${message(locale, 'menu.search')} ${shown(state.filter)}`;
  const counted = message(locale, 'menu.title', { listed: items.length, all: state.items.length });
  const lines = hasFrame(size.rows)
    ? [
        counted,
        search,
        `  ${row(headings, columns)}`,
        ...rows,
        ...blank(page - rows.length),
        message(locale, 'menu.help'),
      ]
    : [search, ...rows];
  const shownLines = lines.slice(0, Math.max(size.rows, 1)).map((line) => clip(line, size.columns));
  const cursor = `${CSI}${hasFrame(size.rows) ? 2 : 1};${Math.min(columnsOf(search) + 1, size.columns)}H`;
  return `${CSI}H${shownLines.map((line) => `${line}${CSI}K`).join('\r\n')}${CSI}J${cursor}`;
}

/** A window of few lines shows the search and the targets, nothing else. */
function hasFrame(rows: number): boolean {
  return rows >= 7;
}

function clip(line: string, columns: number): string {
  return line.startsWith(CSI) ? line : fitted(line, columns).trimEnd();
}

function blank(count: number): string[] {
  return Array.from({ length: Math.max(count, 0) }, () => '');
}

type Columns = readonly { readonly field: Field; readonly width: number }[];

function layOut(all: readonly Pick<MenuItem, Field>[], columns: number): Columns {
  const natural = (field: Field): number =>
    Math.min(WIDTH_MAX[field], Math.max(...all.map((item) => columnsOf(item[field]))));
  for (const fields of LAYOUTS) {
    const others = fields.filter((field) => field !== 'title').reduce((sum, field) => sum + natural(field), 0);
    const left = columns - MARK.length - GAP.length * (fields.length - 1) - others;
    const needed = fields.includes('title') ? Math.min(TITLE_WIDTH_MIN, natural('title')) : 0;
    if (left < needed) continue;
    return fields.map((field) => ({
      field,
      width: field === 'title' ? Math.min(natural('title'), left) : natural(field),
    }));
  }
  return [{ field: 'loginName', width: Math.max(columns - MARK.length, 1) }];
}

function row(item: Pick<MenuItem, Field>, columns: Columns): string {
  return columns.map(({ field, width }) => fitted(item[field], width)).join(GAP);
}

function headingsOf(locale: Locale, zone: string): Pick<MenuItem, Field> {
  return {
    loginName: message(locale, 'menu.heading.target'),
    title: message(locale, 'menu.heading.system'),
    account: message(locale, 'menu.heading.account'),
    mode: message(locale, 'menu.heading.mode'),
    until: message(locale, 'menu.heading.until', { zone }),
  };
}
