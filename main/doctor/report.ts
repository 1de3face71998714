/** The findings as people read them, and as machines do. */
import { message } from '../../messages/index.ts';
import type { Locale } from '../../policy/index.ts';
import type { CheckResult, Level, Values } from './model.ts';

const SIGNS: Readonly<Record<Level, string>> = { ok: '+', warning: '!', problem: 'x' };

export function wordReport(results: readonly CheckResult[], locale: Locale): string {
  const lines = results.map((result) => {
    const head = `${SIGNS[result.level]} ${message(locale, `doctor.level.${result.level}`)}: ${textOf(result, locale)}`;
    const next = nextOf(result, locale);
    return next === null ? head : `${head}\n    ${message(locale, 'doctor.next', { text: next })}`;
  });
  const { ok, warning: warnings, problem: problems } = countLevels(results);
  return `${[...lines, message(locale, 'doctor.summary', { ok, warnings, problems })].join('\n')}\n`;
}

/** One line of JSON; `check` and `key` are stable words. */
export function jsonReport(results: readonly CheckResult[], locale: Locale): string {
  const checks = results.map((result) => ({
    check: result.check,
    key: result.key,
    level: result.level,
    text: textOf(result, locale),
    next: nextOf(result, locale),
  }));
  return `${JSON.stringify({ checks, summary: countLevels(results) })}\n`;
}

export function countLevels(results: readonly CheckResult[]): Readonly<Record<Level, number>> {
  const count = (level: Level): number => results.filter((result) => result.level === level).length;
  return { ok: count('ok'), warning: count('warning'), problem: count('problem') };
}

function textOf({ key, values }: CheckResult, locale: Locale): string {
  return message(locale, key, printable(values));
}

function nextOf({ next, values }: CheckResult, locale: Locale): string | null {
  return next === undefined ? null : message(locale, next, printable(values));
}

/** Servers and files say what stands in them: nothing of it may move the cursor or add a line. */
function printable(values: Values): Values {
  const clean = (value: string | number): string | number =>
    typeof value === 'number' ? value : value.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').slice(0, 1_000);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, clean(value)]));
}
