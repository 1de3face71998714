/** The words of the output guard. Everything here works on a stream of bytes, cut anywhere, and keeps a bounded part of it. */

/** How the bytes of a target are to be read. In a `legacy` one (Shift_JIS, EUC-JP, Latin-1) 0x80-0x9F are letters. */
export type TerminalEncoding = 'utf8' | 'legacy';

/** Offers of a file transfer inside a terminal, which some terminals accept without asking. */
export type TransferOffer = 'zmodem' | 'trzsz' | 'kermit' | 'ymodem';

/** Why bytes were left out. `osc52` and the like name the sequence; docs/output-guard.md lists them all. */
export type DroppedKind =
  | 'answerback'
  | 'apc'
  | 'c0'
  | 'c1'
  | 'csi'
  | 'dcs'
  | 'device_report'
  | 'escape'
  | 'osc'
  | 'osc_clipboard'
  | 'osc_colour_query'
  | 'osc_file'
  | 'osc_hyperlink'
  | 'osc_notify'
  | 'osc_prompt'
  | 'pm'
  | 'private_mode'
  | 'sos'
  | 'title_report'
  | 'too_long'
  | 'unfinished'
  | TransferOffer;

export interface Dropped {
  readonly kind: DroppedKind;
  readonly bytes: number;
}

/** What of a chunk may reach the person's terminal, and what was left out. */
export interface Guarded {
  /** May be the chunk itself. */
  readonly pass: Buffer;
  readonly dropped: readonly Dropped[];
  /** A transfer was offered: the caller sends `CANCEL[cancel]` to the target. */
  readonly cancel?: TransferOffer;
}

export interface TerminalGuard {
  take(chunk: Uint8Array): Guarded;
  /** The stream has ended: what was held back as the beginning of a sequence is dropped. */
  finish(): Guarded;
}

export const IDENTIFIER_KINDS = [
  'my_number',
  'card',
  'iban',
  'email',
  'phone',
  'name',
  'kana_name',
  'address',
  'postal_code',
  'customer_id',
  'custom',
] as const;
/** Strongest first: a record counts as the person its strongest identifier names. */
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** A person not seen by this meter before. */
export interface Sighting {
  /** The first 64 bits of HMAC-SHA-256(key, kind and NFKC of the identifier). */
  readonly person: bigint;
  readonly kind: IdentifierKind;
  /** Where in this chunk the record begins; 0 where it began before. Bytes before it tell nothing of this person. */
  readonly at: number;
}

/** Bytes that are encoded, compressed or encrypted and could not be read. */
export interface OpaquePart {
  readonly bytes: number;
  /** How many persons so many bytes are taken for; every part has its own, to be summed. */
  readonly persons: number;
  /** Where in this chunk they begin; 0 where they began before. */
  readonly at: number;
}

export interface Metered {
  /** In order of `at`. */
  readonly persons: readonly Sighting[];
  /** In order of `at`. */
  readonly opaque: readonly OpaquePart[];
}

export interface PersonalDataMeter {
  /** Reads what the guard let pass. */
  take(chunk: Uint8Array): Metered;
  /** The stream has ended or is idle at a prompt: an unfinished line is read as one. */
  finish(): Metered;
  /** Identifiers found so far, every occurrence. */
  counts(): Readonly<Record<IdentifierKind, number>>;
  /** Bytes so far that could not be read. */
  opaqueBytes(): number;
}

/** A rule of an administrator. `pattern` is RE2 syntax: it is matched in linear time, whatever it says. */
export interface IdentifierRule {
  readonly id: string;
  readonly kind: IdentifierKind;
  readonly pattern: string;
  /** Of `i`, `m`, `s`. */
  readonly flags: string;
}
