/** Which rule a request falls under. Pure; whatever a path can be written as to look harmless is undone before. */
import type { WebMethod, WebRoute, WebSettings } from './settings.ts';

/** A request as it is judged: what the site gets is exactly this. */
export interface WebRequest {
  readonly method: string;
  /** As sent, beginning with a slash. */
  readonly path: string;
  /** Of the query, then of a form, in order. */
  readonly parameters: readonly (readonly [string, string])[];
}

/** `unreadable`: the path can be read in more than one way, so nobody can say what it names. */
export type PathFault = 'unreadable';

/** Encoded slashes, dots, backslashes, NUL and percent signs: servers disagree on what they are (path confusion). */
const TWO_WAYS = /%(?:2f|5c|00|25|2e)|\\|[^\x21-\x7e]/i;
const DOT_SEGMENT = /\/\.{1,2}(?:[/;]|$)/;

/** Why a path is not judged; undefined when it can be. */
function pathFault(path: string): PathFault | undefined {
  if (!path.startsWith('/') || TWO_WAYS.test(path) || DOT_SEGMENT.test(path)) return 'unreadable';
  return decoded(path) === undefined ? 'unreadable' : undefined;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** One spelling for all of a path: servers ignore case, doubled slashes, a slash at the end and `;jsessionid`. */
function folded(path: string): string {
  const plain = (decoded(path) ?? path).normalize('NFKC').toLowerCase();
  const whole = plain.replace(/;[^/]*/g, '').replace(/\/{2,}/g, '/');
  return whole.length > 1 ? whole.replace(/\/+$/, '') : whole;
}

function patternOf(glob: string): RegExp {
  const parts = glob.split(/(\*\*|\*)/).map((part) => {
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+^${}()|[\]\\?]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'su');
}

/** `fold`: refusals see through spellings; what is let through has to be written as the rule is. */
function matches(glob: string, path: string, fold: boolean): boolean {
  return fold ? patternOf(folded(glob)).test(folded(path)) : patternOf(glob).test(decoded(path) ?? path);
}

function isOfRoute(route: WebRoute, request: WebRequest, fold: boolean): boolean {
  const method: string = request.method === 'HEAD' ? 'GET' : request.method;
  if (!route.methods.some((one) => one === method)) return false;
  if (!matches(route.path, request.path, fold)) return false;
  return Object.entries(route.parameters).every(([name, value]) =>
    request.parameters.some(([known, given]) => known === name && (value === '*' || value === given)),
  );
}

/** The rule that says that this request is an export. */
export function exportRouteOf(settings: WebSettings, request: WebRequest): WebRoute | undefined {
  return settings.exports.find((route) => isOfRoute(route, request, true));
}

/** Whether the inventory says that what this request gets holds nothing of anybody. */
export function isKnownFile(settings: WebSettings, request: WebRequest): boolean {
  return settings.files.some((route) => isOfRoute(route, request, false));
}

export type RouteRefusal = 'path_unreadable' | 'method_refused' | 'path_refused' | 'read_only';

const READING: ReadonlySet<string> = new Set<WebMethod>(['GET', 'HEAD', 'OPTIONS']);

/** Why the request is not sent on at all; undefined: it may be. */
export function refuseRoute(settings: WebSettings, { method, path }: WebRequest): RouteRefusal | undefined {
  if (pathFault(path) !== undefined) return 'path_unreadable';
  if (!settings.methods.some((one) => one === method)) return 'method_refused';
  if (settings.pathsDenied.some((glob) => matches(glob, path, true))) return 'path_refused';
  if (settings.paths.length > 0 && !settings.paths.some((glob) => matches(glob, path, false))) return 'path_refused';
  return settings.readOnly && !READING.has(method) ? 'read_only' : undefined;
}
