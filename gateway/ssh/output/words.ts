import { message } from '../../../messages/index.ts';
import type { Locale, Passed } from '../../../policy/index.ts';

/** A limit in a person's language. */
export function wordPassed(locale: Locale, { kind, window, limit, count }: Passed) {
  return {
    kind: message(locale, `meter.kind.${kind}`),
    window: message(locale, `meter.window.${window}`),
    limit,
    count: Math.ceil(count),
  };
}
