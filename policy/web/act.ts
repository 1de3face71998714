/** A request as an act that a ticket can be about, and what was found in it or its answer. */
import { digestOfForm } from '../digest.ts';
import type { Finding, Judgement, ProtectedAsset, TargetPolicy } from '../model.ts';
import { guards } from '../verdict.ts';
import { type ContentKind, isFileKind } from './content.ts';
import { exportRouteOf, isKnownFile, type WebRequest } from './routes.ts';
import type { WebSettings } from './settings.ts';

/** Another value each time, and never what is asked for: tokens against forged requests, and the state of a form. */
const CHANGING = new Set(
  `_csrf _token csrf csrf_token csrftoken csrfmiddlewaretoken authenticity_token xsrf __requestverificationtoken
   __viewstate __eventvalidation javax.faces.viewstate`.split(/\s+/),
);
/** Cache busters of the usual libraries: left out where the value is a moment in milliseconds, and no page or date. */
const BUSTERS = new Set(['_', '_dc', 'cb']);
const MOMENT = /^1[5-9]\d{11}$/;
const TEXT_CHARACTERS_MAX = 8_000;

export interface WebAct extends WebRequest {
  /** SHA-256 of a body that is no form, 64 hex digits; null without one. */
  readonly bodySha256: string | null;
}

/** As people read it: `GET /customers/export.csv?from=2026-01`. Secrets in it are the caller's to take out before. */
export function textOfAct({ method, path, parameters }: WebRequest): string {
  const query = parameters.map(([name, value]) => `${name}=${value}`).join('&');
  return `${method} ${path}${query === '' ? '' : `?${query}`}`.slice(0, TEXT_CHARACTERS_MAX);
}

/** Equal for two askings of the same thing: what changes each time is left out, and order does not count. */
function digestOfAct(act: WebAct, settings: Pick<WebSettings, 'changingParameters'>): string {
  const changing = new Set(settings.changingParameters);
  // `token`, `cursor`, `ts` and the like may say which records are meant: of them only an inventory can tell.
  const kept = act.parameters.filter(
    ([name, value]) =>
      !changing.has(name) && !CHANGING.has(name.toLowerCase()) && !(BUSTERS.has(name) && MOMENT.test(value)),
  );
  const sorted = kept
    .map(([name, value]) => [name, value])
    .sort((one, other) => (one.join('\0') < other.join('\0') ? -1 : 1));
  return digestOfForm('web', [act.method === 'HEAD' ? 'GET' : act.method, act.path, sorted, act.bodySha256]);
}

/** What is known of an answer before its first byte is let through. */
export interface AnswerFacts {
  readonly kind: ContentKind;
  /** The site says it is to be saved. */
  readonly isAttachment: boolean;
  /** It is packed in a way that is not read here, or its body is not what a page would be. */
  readonly isUnreadable: boolean;
  /** The site calls it a picture, font, sound or film. */
  readonly claimsAsset: boolean;
  readonly rows: number;
}

interface Judging {
  readonly settings: WebSettings;
  readonly policy: TargetPolicy;
}

/** Before the site is asked: by the rules of its routes. */
export function judgeRequest(act: WebAct, judging: Judging): Judgement {
  const route = exportRouteOf(judging.settings, act);
  return judged(
    act,
    judging,
    route === undefined ? [] : [['web.route', route.title === '' ? route.path : route.title]],
  );
}

/** Once what the site answers is known: by what it is. */
export function judgeAnswer(act: WebAct, facts: AnswerFacts, judging: Judging): Judgement {
  const { kind, isAttachment, isUnreadable, claimsAsset, rows } = facts;
  const found: Found[] = [];
  const isFile = isKnownFile(judging.settings, act);
  if (isUnreadable) found.push(['web.unreadable', kind]);
  else if (claimsAsset && kind === 'opaque') found.push(['web.false-type', kind]);
  else if (!isFile && isAttachment && kind !== 'empty') found.push(['web.attachment', kind]);
  else if (!isFile && isFileKind(kind)) found.push([`web.${kind}`, kind]);
  if (rows > judging.settings.pageRows) found.push(['web.many-rows', `${rows}`]);
  return judged(act, judging, found);
}

type Found = readonly [rule: string, subject: string];

function judged(act: WebAct, { settings, policy }: Judging, found: readonly Found[]): Judgement {
  const text = textOfAct(act);
  const assets = policy.assets.map(({ name }: ProtectedAsset) => name);
  const findings = found.map(([rule, subject]): Finding => {
    const isUnread = rule === 'web.unreadable' || rule === 'web.opaque' || rule === 'web.false-type';
    return { rule, class: isUnread ? 'unreadable' : 'bulk_read', span: [0, text.length], subject, assets };
  });
  const refuses = findings.length > 0 && guards(policy);
  return {
    verdict: refuses ? 'needs_ticket' : 'allow',
    findings,
    commands: [['http', act.method, act.path, ...act.parameters.map(([name, value]) => `${name}=${value}`)]],
    objects: refuses ? assets : [],
    copies: [],
    digest: digestOfAct(act, settings),
  };
}
