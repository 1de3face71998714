import { asError, GatewayError, hasErrno, LIMITS } from '../../../foundation/index.ts';
import { type MessageKey, message } from '../../../messages/index.ts';
import type { Locale } from '../../../policy/index.ts';

/** Where on the way to a target it stopped: at a relay host before it, or at the target itself. */
export interface Place {
  readonly name: string;
  readonly isRelay: boolean;
}

export type DialCode =
  | 'target_unreachable'
  | 'target_name_not_found'
  | 'target_address_refused'
  | 'target_connection_refused'
  | 'target_timed_out'
  | 'target_no_common_algorithm'
  | 'target_relay_refused'
  | 'target_host_key_mismatch'
  | 'target_host_certificate_refused'
  | 'target_sign_in_refused'
  | 'target_secret_missing'
  | 'authority_unavailable';

/** Why a target could not be joined. `detail` is for the audit event, not for the person. */
export class DialFailure extends GatewayError {
  override readonly code: DialCode;
  readonly place: Place;
  readonly detail: string;

  constructor(code: DialCode, place: Place, options: { detail?: string; cause?: unknown } = {}) {
    const { cause } = options;
    super(code, undefined, { cause });
    this.code = code;
    this.place = place;
    this.detail = options.detail ?? (cause === undefined ? code : asError(cause).message);
  }
}

/** The bound on one step of the way was reached. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';

  constructor(step: string, seconds: number) {
    super(`no answer within ${seconds} seconds: ${step}`);
  }
}

const ERRNO: Readonly<Record<string, DialCode>> = {
  ECONNREFUSED: 'target_connection_refused',
  ENOTFOUND: 'target_name_not_found',
  EAI_AGAIN: 'target_name_not_found',
  EAI_FAIL: 'target_name_not_found',
  EAI_NODATA: 'target_name_not_found',
  ETIMEDOUT: 'target_timed_out',
};

/** The failure as a DialFailure of this place, read from what the operating system or the library said. */
export function dialFailure(thrown: unknown, place: Place): DialFailure {
  if (thrown instanceof DialFailure) return thrown;
  if (thrown instanceof TimedOut) return new DialFailure('target_timed_out', place, { cause: thrown });
  // Whose key it is says the code; why it does not answer, the cause.
  if (thrown instanceof GatewayError && thrown.code === 'authority_unavailable') {
    return new DialFailure(thrown.code, place, { cause: thrown.cause ?? thrown });
  }
  return new DialFailure(codeOf(thrown), place, { cause: thrown });
}

function codeOf(thrown: unknown): DialCode {
  // Of several addresses the first one's answer counts: they are the operator's order.
  const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const named = Object.entries(ERRNO).find(([errno]) => hasErrno(first, errno));
  return named?.[1] ?? 'target_unreachable';
}

/** The message about a failure of the way, with the values it needs. `name` is what the person typed. */
export function wordDialFailure(
  { code, place }: DialFailure,
  locale: Locale,
  name: string,
): { key: MessageKey; values: Readonly<Record<string, string | number>> } {
  const seconds = LIMITS.targetDialSeconds;
  if (!place.isRelay) return { key: `error.${code}`, values: { name, seconds } };
  const why = message(locale, `error.${code}`, { name: place.name, seconds });
  return { key: 'error.at_relay', values: { name, why } };
}
