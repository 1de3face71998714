/** What a check finds. A finding is about one thing, says what it means, and what to do next. */
import type { MessageKey } from '../../messages/index.ts';

export type Level = 'ok' | 'warning' | 'problem';
export type Values = Readonly<Record<string, string | number>>;

export interface Finding {
  readonly level: Level;
  readonly key: MessageKey;
  readonly values: Values;
  /** The next step; none where nothing is to be done. */
  readonly next?: MessageKey;
}

/** One check. It changes nothing, whatever it finds; what it throws becomes a finding. */
export interface Check {
  /** A stable word for machines. */
  readonly name: string;
  readonly run: () => Promise<readonly Finding[]>;
}

export interface CheckResult extends Finding {
  readonly check: string;
}

export function ok(key: MessageKey, values: Values = {}, next?: MessageKey): Finding {
  return { level: 'ok', key, values, ...(next === undefined ? {} : { next }) };
}

export function warning(key: MessageKey, next: MessageKey, values: Values = {}): Finding {
  return { level: 'warning', key, values, next };
}

export function problem(key: MessageKey, next: MessageKey, values: Values = {}): Finding {
  return { level: 'problem', key, values, next };
}
