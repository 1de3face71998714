/** The words a check ends in. They are fixed: whoever reads one must not be able to read it as another. */

export const VERDICTS = ['VERIFIED', 'VERIFIED-UNWITNESSED', 'INCOMPLETE', 'TAMPERED'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Exit codes of every verifier, in every language. */
export const EXIT_CODES: Record<Verdict, number> = {
  VERIFIED: 0,
  TAMPERED: 1,
  INCOMPLETE: 2,
  'VERIFIED-UNWITNESSED': 3,
};

/**
 * What was found, by what it does to the verdict. `where` in a finding is a path in the bundle, `leaf N` of the audit
 * log, `ledger leaf N`, `event N` or `session ID`.
 */
export const FINDINGS = {
  /** The file is no bundle, or no longer one. */
  bundle_damaged: 'tampered',
  /** The policy that came with the evidence cannot be read. */
  policy_unreadable: 'tampered',
  /** No log of the policy signed it, or a signature in it is false. */
  checkpoint_false: 'tampered',
  /** A checkpoint that the verifier holds is not a beginning of this log: there are two views. */
  held_differs: 'tampered',
  /** The entries are not those the checkpoint was signed over. */
  root_differs: 'tampered',
  /** A tile does not hold the hashes of the entries. */
  tile_differs: 'tampered',
  /** A bundle of entries cannot be read. */
  bundle_unreadable: 'tampered',
  /** A session's leaf does not name the one before it. */
  chain_broken: 'tampered',
  /** A session begins twice. */
  session_twice: 'tampered',
  /** A leaf of a session that did not begin, or has ended. */
  leaf_outside: 'tampered',
  /** A chunk is not the next one of its stream. */
  chunk_order: 'tampered',
  /** The close leaf counts other chunks or frames. */
  totals_differ: 'tampered',
  /** An object is not the bytes that its leaf names. */
  object_differs: 'tampered',
  /** A chunk says another thing of itself than its leaf. */
  object_says_other: 'tampered',
  /** What is sealed in a chunk or wrapped key is not what the log committed to; only who holds keys sees it. */
  content_differs: 'tampered',
  /** A wrapped key is not the one that the log names. */
  key_differs: 'tampered',
  /** `key.rotate` replaces a key that was not there. */
  rotate_broken: 'tampered',
  /** An event's text or salt is not the one that its leaf commits to. */
  event_differs: 'tampered',
  /** An event has no leaf, or two. */
  event_unlogged: 'tampered',
  /** The list of events cannot be read. */
  events_unreadable: 'tampered',
  /** A record of the ledger is not the one that was signed. */
  record_differs: 'tampered',
  /** The named submitter did not sign a leaf of the ledger. */
  submitter_differs: 'tampered',
  /** The description of the bundle cannot be read. */
  manifest_unreadable: 'tampered',
  /** A file is not the one that SHA256SUMS names. */
  sum_differs: 'tampered',
  /** A file that SHA256SUMS does not name. */
  file_unlisted: 'tampered',

  checkpoint_missing: 'missing',
  bundle_missing: 'missing',
  /** The verifier holds a newer checkpoint: what came after this one is not shown. */
  held_newer: 'missing',
  /** A leaf of a kind this verifier does not know. */
  leaf_unknown: 'missing',
  /** The log speaks of no such session. */
  session_unknown: 'missing',
  /** The session is not closed in this log. */
  session_open: 'missing',
  object_missing: 'missing',
  /** A wrapped key is gone and no leaf says that it was erased. */
  key_missing: 'missing',
  /** An event of the period whose text is not shown. */
  event_missing: 'missing',
  /** The log does not reach beyond the period: more of it may follow. */
  period_open: 'missing',
  /** Time runs backwards in the period, so what lies in it is not certain. */
  clock_backwards: 'missing',
  /** A leaf says a later time than a witness who saw it. */
  clock_ahead: 'missing',
  /** The policy knows a ledger and the bundle has none. */
  ledger_missing: 'missing',
  record_missing: 'missing',
  file_missing: 'missing',

  /** No policy of the verifier's own: whose word counts was said by those whom this is about. */
  policy_not_yours: 'unwitnessed',
  /** The policy asks for no witness. */
  no_witness_asked: 'unwitnessed',
  /** The quorum is not there. */
  witnesses_missing: 'unwitnessed',

  /** Erased lawfully: existence and order are still proven. */
  shredded: 'notice',
  rotated: 'notice',
  recovered: 'notice',
  keystrokes_left_out: 'notice',
  /** No leaf for minutes, not even a heartbeat: the gateway did not run. */
  silence: 'notice',
  /** Outside of a period this alone is no gap. */
  clock_odd: 'notice',
  /** The key of whoever submits to the ledger was taken from the bundle. */
  submitter_not_yours: 'notice',
} as const satisfies Record<string, 'tampered' | 'missing' | 'unwitnessed' | 'notice'>;

export type FindingCode = keyof typeof FINDINGS;
export type Severity = (typeof FINDINGS)[FindingCode];

export interface Finding {
  readonly severity: Severity;
  readonly code: FindingCode;
  readonly where: string;
  /** What is to be said besides: numbers, times, or what an error said. */
  readonly detail: string;
}

const SEVERITIES: readonly Severity[] = ['tampered', 'missing', 'unwitnessed', 'notice'];

/** The list that a check fills. */
export interface Findings {
  add(code: FindingCode, where: string, detail?: string): void;
  readonly count: number;
  /** The gravest first, then in the order found. */
  list(): Finding[];
}

export function createFindings(): Findings {
  const found: Finding[] = [];
  return {
    add(code, where, detail = '') {
      found.push({ severity: FINDINGS[code], code, where, detail });
    },
    get count() {
      return found.length;
    },
    list: () => SEVERITIES.flatMap((severity) => found.filter((finding) => finding.severity === severity)),
  };
}

export function verdictOf(findings: readonly Finding[]): Verdict {
  const has = (severity: Severity): boolean => findings.some((finding) => finding.severity === severity);
  if (has('tampered')) return 'TAMPERED';
  if (has('missing')) return 'INCOMPLETE';
  return has('unwitnessed') ? 'VERIFIED-UNWITNESSED' : 'VERIFIED';
}
