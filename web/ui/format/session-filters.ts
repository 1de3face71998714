import { fromLocalField } from './dates.ts';

/** What a list of sessions is narrowed to, as it stands behind the `?` of the page and of the API. */
export interface SessionFilters {
  readonly person?: string;
  readonly target?: string;
  readonly system?: string;
  readonly state?: string;
  readonly refusals?: string;
  readonly exports?: string;
  readonly verdict?: string;
  readonly from?: string;
  readonly until?: string;
}

export const SESSION_STATES = ['open', 'closed'] as const;
export const SESSION_VERDICTS = ['VERIFIED', 'VERIFIED-UNWITNESSED', 'INCOMPLETE', 'TAMPERED', 'none'] as const;

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;
const known = (words: readonly string[]) => (text: string) => words.includes(text);

const FITS: Readonly<Record<keyof SessionFilters, (text: string) => boolean>> = {
  person: (text) => ID.test(text),
  target: (text) => ID.test(text),
  system: (text) => ID.test(text),
  state: known(SESSION_STATES),
  refusals: known(['1']),
  exports: known(['1']),
  verdict: known(SESSION_VERDICTS),
  from: (text) => LOCAL.test(text),
  until: (text) => LOCAL.test(text),
};
const NAMES = Object.keys(FITS).filter((name): name is keyof SessionFilters => Object.hasOwn(FITS, name));

/** Whatever stands there is as untrusted as any link: what does not fit is not there. */
export function sessionFilters(search: Readonly<Record<string, unknown>>): SessionFilters {
  const named = NAMES.flatMap((name) => {
    const value = search[name];
    // The router reads `?refusals=1` as a number.
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && FITS[name](text) ? [[name, text] as const] : [];
  });
  return Object.fromEntries(named);
}

/** The same for the API, which wants moments with their offset. */
export function sessionSearch(filters: SessionFilters): URLSearchParams {
  const search = new URLSearchParams();
  for (const name of NAMES) {
    const value = filters[name];
    if (value === undefined) continue;
    const isMoment = name === 'from' || name === 'until';
    const text = isMoment ? fromLocalField(value)?.toISOString() : value;
    if (text !== undefined) search.set(name, text);
  }
  return search;
}
