/** Where evidence is read from: a bundle, or a recorder's directory that looks like one. */

export interface EvidenceSource {
  /** A whole file by its path in a bundle (docs/formats/bundle-v1.md); undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** What is being asked of the evidence. */
export type Scope =
  | { readonly kind: 'sessions'; readonly sessions: readonly string[] }
  /** RFC 3339 with milliseconds; both ends belong to it. */
  | { readonly kind: 'period'; readonly from: string; readonly to: string };

export interface Progress {
  readonly stage: 'log' | 'objects' | 'ledger' | 'files';
  readonly done: number;
  readonly total: number;
}

/** Paths in a bundle. */
export const PATHS = {
  manifest: 'manifest.json',
  policy: 'policy',
  log: 'log',
  ledger: 'ledger',
  submitter: 'ledger/submitter',
  events: 'events.jsonl',
  sums: 'SHA256SUMS',
  object: (id: string): string => `objects/${id}`,
  key: (sid: string, stream: string): string => `keys/${sid}.${stream}.age`,
  /** In a recorder's directory alone: what is about to take the place of a key. */
  waitingKey: (key: string, sha256: string): string => `${key}.${sha256}`,
  record: (index: number): string => `ledger/records/${index}.json`,
  recordProof: (index: number): string => `ledger/proofs/${index}.proof`,
} as const;
