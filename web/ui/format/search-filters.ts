import { fromLocalField } from './dates.ts';

/** What is looked for and where, as it stands behind the `?` of the page. */
export interface SearchFilters {
  readonly text?: string;
  readonly fields?: string;
  readonly session?: string;
  readonly person?: string;
  readonly target?: string;
  readonly ticket?: string;
  readonly client?: string;
  readonly after?: string;
  readonly before?: string;
}

const NAMES = ['text', 'fields', 'session', 'person', 'target', 'ticket', 'client', 'after', 'before'] as const;

/** Whatever stands there is as untrusted as any link: only texts under known names are taken, empty ones are none. */
export function searchFilters(search: Readonly<Record<string, unknown>>): SearchFilters {
  const named = NAMES.flatMap((name) => {
    const value = search[name];
    // The router reads `?ticket=7` as a number.
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text.trim() !== '' ? [[name, text] as const] : [];
  });
  return Object.fromEntries(named);
}

/** The same for the API, which wants moments with their offset. */
export function apiSearch(filters: SearchFilters): string {
  const search = new URLSearchParams();
  for (const name of NAMES) {
    const value = filters[name];
    if (value === undefined) continue;
    const isMoment = name === 'after' || name === 'before';
    search.set(name, isMoment ? momentOf(value) : value);
  }
  return search.toString();
}

function momentOf(field: string): string {
  return fromLocalField(field)?.toISOString() ?? field;
}
