/** The judge's answer for somebody who reads it. */
import { message } from '../../messages/index.ts';
import { type Finding, type Judgement, type Locale, type TargetPolicy, reasonOf } from '../../policy/index.ts';

interface Wording {
  readonly policy: TargetPolicy;
  readonly locale: Locale;
  /** Tables a parser of SQL found. */
  readonly tables?: readonly string[];
}

export function wordJudgement(judgement: Judgement, { policy, locale, tables = [] }: Wording): string {
  const { verdict, findings, copies, commands, digest } = judgement;
  const unguarded = policy.mode === 'recorded' || policy.assets.length === 0;
  const lines = [
    message(locale, `judge.${verdict}`),
    ...(unguarded ? [message(locale, 'judge.unguarded')] : []),
    ...findings.map((finding) => wordFinding(finding, locale)),
    ...copies.map((copy) =>
      message(locale, 'judge.copy', { asset: printable(copy.asset), path: printable(copy.path) }),
    ),
    ...commands.map((words) => message(locale, 'judge.runs', { argv: words.map(quoted).join(' ') })),
    ...(tables.length === 0 ? [] : [message(locale, 'judge.tables', { tables: tables.map(printable).join(', ') })]),
    message(locale, 'judge.digest', { digest }),
  ];
  return `${lines.join('\n')}\n`;
}

function wordFinding({ rule, class: name, span: [from, to], subject, assets }: Finding, locale: Locale): string {
  const reason = message(locale, `finding.${name}`, {
    subject: printable(subject),
    assets: assets.map(printable).join(', '),
  });
  const why = reasonOf(rule, locale);
  const found = message(locale, 'judge.reason', { reason, rule, from, to });
  return why === undefined ? found : `${found}\n    ${why}`;
}

/** Words that come from a command line are shown as characters: nothing in them moves a cursor or reorders text. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD').slice(0, 1_000);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", `'\\''`)}'`;
}
