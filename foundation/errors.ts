import { isNativeError } from 'node:util/types';

/**
 * The closed list of failures a caller can act on. docs/reference/errors.md is generated from this table.
 *
 * Refusals are values (`Verdict`, `Decision`), failures are `GatewayError`, bugs go through `invariant`.
 */
export const ERRORS = {
  not_authenticated: { status: 401, meaning: 'Nobody is signed in, or the sign-in has ended.' },
  sign_in_failed: { status: 401, meaning: 'The identity provider did not confirm the sign-in.' },
  person_locked: { status: 403, meaning: 'A security officer or administrator has locked this person.' },
  device_locked: { status: 403, meaning: 'The address or network that this comes from is locked.' },
  thing_locked: { status: 409, meaning: 'The target, system or ticket this is about, or who asked for it, is locked.' },
  grant_ended: { status: 409, meaning: 'The grant is not in force any more.' },
  host_key_pinned: { status: 409, meaning: 'This host key is the one that is pinned already.' },
  review_closed: {
    status: 409,
    meaning: 'The item is decided, the review is signed off, or not everything is decided yet.',
  },
  person_deactivated: { status: 403, meaning: 'This person has left, or was deactivated where people are kept.' },
  provider_unreachable: { status: 503, meaning: 'The identity provider does not answer; only new sign-ins need it.' },
  step_up_required: { status: 403, meaning: 'This act needs a second factor that was shown a moment ago.' },
  console_only: { status: 403, meaning: 'This is done in the console by who is signed in there, not with a token.' },
  factor_refused: { status: 403, meaning: 'The second factor does not prove who this is, or cannot be kept.' },
  words_wrong: { status: 409, meaning: 'Other words were picked than the terminal shows; the sign-in is denied.' },
  factor_missing: { status: 409, meaning: 'The person has no such second factor.' },
  factor_required: { status: 409, meaning: 'The last second factor cannot be removed where one is required.' },
  not_permitted: { status: 403, meaning: 'The role of the signed-in person does not include this act.' },
  own_request: { status: 403, meaning: 'Nobody approves what they asked for.' },
  origin_refused: { status: 403, meaning: 'The request came from another site.' },
  not_found: { status: 404, meaning: 'There is no such thing, or it is not yours to see; the answer is the same.' },
  request_invalid: { status: 400, meaning: 'A field is missing, malformed or unknown.' },
  request_too_large: { status: 413, meaning: 'The request is larger than its limit.' },
  too_many_requests: { status: 429, meaning: 'Too many attempts; wait and try again.' },
  too_many_terminals: {
    status: 429,
    meaning: 'The person, or the gateway, has as many terminals open in the browser as may be.',
  },
  key_invalid: { status: 400, meaning: 'The SSH public key cannot be read, is too weak or is of a kind not accepted.' },
  key_taken: { status: 409, meaning: 'The SSH public key is enrolled already; a key belongs to one person.' },
  account_shared: { status: 409, meaning: 'The account on the target belongs to somebody else or is a shared name.' },
  ticket_conflict: { status: 409, meaning: 'Somebody else changed this ticket first.' },
  transition_forbidden: { status: 409, meaning: 'The ticket is in a state that does not allow this step.' },
  ticket_unusable: { status: 409, meaning: 'No approved, unused ticket matches this very act now.' },
  copies_too_many: { status: 409, meaning: 'The act leaves more copies of protected things than are kept track of.' },
  reports_to_requester: {
    status: 403,
    meaning: 'Who reports to the requester alone does not decide on their request.',
  },
  emergency_locked: {
    status: 403,
    meaning: 'An earlier emergency of this person is overdue for its review; until then they have no other.',
  },
  link_altered: { status: 404, meaning: 'The link of a message is not whole, or was not made by this gateway.' },
  link_foreign: { status: 403, meaning: 'The link of a message was made for somebody else than who is signed in.' },
  link_expired: { status: 410, meaning: 'The time of the link of a message is over.' },
  link_replayed: { status: 409, meaning: 'The link of a message was used already; each opens once.' },
  no_approver: { status: 409, meaning: 'Nobody but the requester could approve this; an owner must be named first.' },
  login_unreachable: { status: 502, meaning: 'The gateway did not answer `sekisho login` or `logout`.' },
  login_answer_refused: { status: 502, meaning: 'What the gateway answered to `sekisho login` cannot be used.' },
  login_directory_refused: {
    status: 400,
    meaning: 'The directory of `sekisho login` is a link, belongs to somebody else, or others may reach it.',
  },
  login_not_approved: { status: 403, meaning: 'Nobody approved the `sekisho login` in the browser in time.' },
  session_not_live: {
    status: 409,
    meaning: 'The session has ended, or is in a state that does not allow this step.',
  },
  recording_unavailable: { status: 503, meaning: 'The recorder cannot store what happens, so nothing happens.' },
  recording_corrupt: { status: 422, meaning: 'A stored recording does not read as one.' },
  on_legal_hold: { status: 409, meaning: 'A legal hold stands on the session: nothing of it is erased.' },
  recording_erased: {
    status: 410,
    meaning: 'The keys of the recording were destroyed; what it held cannot be read any more.',
  },
  recording_locked: { status: 409, meaning: 'No identity held here opens the keys of the recording.' },
  storage_unavailable: {
    status: 503,
    meaning: 'The object storage of the recordings does not answer or cannot be used.',
  },
  log_conflict: { status: 503, meaning: 'Somebody knows more of our log than we do, or another history of it.' },
  witness_unreachable: {
    status: 503,
    meaning: 'Too few outside witnesses answer, so that what leaves could not be proven; exports stay closed.',
  },
  derived_unreadable: {
    status: 503,
    meaning: 'What was derived from a recording (its replay, the search index) cannot be read; it is made anew.',
  },
  vault_unavailable: { status: 503, meaning: 'The vault cannot store what an export brings, so it brings nothing.' },
  parcel_unavailable: { status: 409, meaning: 'The parcel is in a state that does not allow this step.' },
  scanner_unavailable: { status: 503, meaning: 'The malware scanner does not answer, so nothing is let go.' },
  idempotency_key_reused: { status: 422, meaning: 'The idempotency key was used for another request; take a new one.' },
  idempotency_unsettled: {
    status: 409,
    meaning: 'The same command runs, or its end is not known; look whether it was done, and ask again with a new key.',
  },
  precondition_failed: {
    status: 412,
    meaning: 'It was changed since it was read; read it again, and send the change with the ETag it has now.',
  },
  target_unreachable: { status: 502, meaning: 'There is no way to the target, or the connection broke.' },
  target_name_not_found: { status: 502, meaning: "The target's host name has no address." },
  target_address_refused: { status: 502, meaning: 'The target stands at an address that may not be dialled.' },
  target_connection_refused: { status: 502, meaning: 'Nothing listens at the target, or a firewall refused.' },
  target_timed_out: { status: 504, meaning: 'The target did not answer in time.' },
  target_no_common_algorithm: { status: 502, meaning: 'The target speaks only algorithms that are not offered to it.' },
  target_relay_refused: { status: 502, meaning: 'A relay host does not pass connections on.' },
  target_host_certificate_refused: { status: 502, meaning: "The target's host certificate is not to be believed." },
  target_host_key_mismatch: { status: 502, meaning: 'The target showed another host key than the pinned one.' },
  target_sign_in_refused: { status: 502, meaning: 'The target did not accept the certificate of this session.' },
  target_secret_missing: {
    status: 409,
    meaning: 'The target is entered with a secret, and none is kept for the account of this person.',
  },
  target_secret_unchanged: { status: 502, meaning: 'The target did not take a new secret for an account.' },
  authority_unavailable: {
    status: 503,
    meaning: 'The key that signs certificates lies in an agent, and that does not answer or did not sign.',
  },
  protocol_violation: { status: 400, meaning: 'The peer broke the protocol or one of its limits.' },
  database_unavailable: { status: 503, meaning: 'The database does not answer; every decision is therefore no.' },
  identifier_rule_invalid: { status: 400, meaning: 'A rule for identifiers does not compile or is over its limits.' },
  config_invalid: { status: 500, meaning: 'The configuration cannot be used; the message names every fault.' },
  policy_invalid: { status: 400, meaning: 'The policy file cannot be used; the message names every fault.' },
  start_refused: { status: 500, meaning: 'The process refuses to start; the message says why.' },
  internal: { status: 500, meaning: 'A fault of ours; the reference finds it in the operator log.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * A failure the caller can act on. `message` may reach the user, so it names no secret; those belong in `cause`.
 */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly status: number;

  /** When it is worth another try; undefined: nobody knows. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string = ERRORS[code].meaning,
    options?: ErrorOptions & { readonly retryAfterSeconds?: number },
  ) {
    super(message, options);
    this.code = code;
    this.status = ERRORS[code].status;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

/** Ends the present work when `fact` does not hold: a bug of ours, never a user's mistake. */
export function invariant(fact: unknown, message: string): asserts fact {
  if (fact === false || fact === undefined || fact === null) throw new Error(`invariant: ${message}`);
}

/**
 * The error inside an unknown thrown value, so that a log line always has a message and a stack. An error of another
 * realm (node's own, seen from inside a test's sandbox) is one too, though not `instanceof Error` there.
 */
export function asError(thrown: unknown): Error {
  return isNativeError(thrown) ? thrown : new Error(String(thrown));
}

/** Reports whether `thrown` is a GatewayError with this code. */
export function hasCode(thrown: unknown, code: ErrorCode): thrown is GatewayError {
  return thrown instanceof GatewayError && thrown.code === code;
}

/**
 * Reports whether `thrown` is the operating system's error of this name, e.g. `ENOENT` (errno(3)). Not by `instanceof`:
 * an error of the runtime may come from another realm than ours.
 */
export function hasErrno(thrown: unknown, name: string): boolean {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === name;
}
