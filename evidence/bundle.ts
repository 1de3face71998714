/** An evidence bundle: a list of files, a description, and everything in it checked (docs/formats/bundle-v1.md). */
import { z } from 'zod';
import { fromUtf8, toHex, utf8 } from './bytes.ts';
import { canonicalJson, parseCanonicalJson } from './canonical-json.ts';
import type { Hashing } from './crypto.ts';
import { STREAMS } from './leaves.ts';
import { type EvidenceSource, PATHS, type Scope } from './source.ts';
import { createFindings, type Findings } from './verdicts.ts';
import { verifyEvidence, type VerifyOptions, type VerifyReport, withFindings } from './verify.ts';

const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

const ManifestSchema = z.strictObject({
  v: z.literal(1),
  type: z.literal('sekisho.evidence'),
  /** When the bundle was made. */
  made: time,
  /** The program that made it. */
  build: z.string().min(1).max(200),
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('sessions'), sessions: z.array(z.uuid()).max(100_000).readonly() }),
    z.strictObject({ kind: z.literal('period'), from: time, to: time }),
  ]),
  /** The number of the ticket whose sessions these are. */
  ticket: z.int().positive().nullable(),
  /** Whose chunks are in it: both, or `screen` alone. */
  streams: z.array(z.enum(STREAMS)).min(1).max(2).readonly(),
});

export type Manifest = z.infer<typeof ManifestSchema>;

export function encodeManifest(manifest: Manifest): Uint8Array {
  return utf8(`${canonicalJson(ManifestSchema.parse(manifest))}\n`);
}

function parseManifest(bytes: Uint8Array): Manifest | undefined {
  try {
    const text = fromUtf8(bytes);
    const parsed = ManifestSchema.safeParse(parseCanonicalJson(text.slice(0, -1)));
    return text.endsWith('\n') && parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // Not UTF-8.
  }
}

export interface BundleSource extends EvidenceSource {
  /** Every path in it. */
  readonly paths: readonly string[];
}

export interface BundleReport extends VerifyReport {
  readonly manifest: Manifest | null;
}

/** What is said of a file that cannot even be opened as a bundle. */
export function damagedBundle(detail: string): BundleReport {
  const findings = createFindings();
  findings.add('bundle_damaged', 'bundle', detail);
  return {
    ...{
      verdict: 'TAMPERED',
      findings: findings.list(),
      scope: { kind: 'sessions', sessions: [] },
      log: null,
      policy: '',
    },
    ...{ sessions: [], events: { logged: 0, shown: 0 }, ledger: null, manifest: null },
  };
}

/** `SHA256SUMS`, as `sha256sum -c` reads it. */
export function formatSums(sums: ReadonlyMap<string, string>): Uint8Array {
  return utf8([...sums].map(([path, sum]) => `${sum}  ${path}\n`).join(''));
}

/**
 * Checks a bundle. What is asked is what the bundle says it answers, unless the verifier asks himself.
 *
 * @throws {EvidenceError} when what the verifier himself brought cannot be used.
 */
export async function verifyBundle(
  options: Omit<VerifyOptions, 'source' | 'scope' | 'streams'> & { source: BundleSource; scope?: Scope | undefined },
): Promise<BundleReport> {
  const { source, crypto } = options;
  const findings = createFindings();
  await checkSums(source, crypto, findings, options.onProgress);
  const bytes = await source.read(PATHS.manifest);
  const manifest = bytes === undefined ? undefined : parseManifest(bytes);
  if (manifest === undefined)
    findings.add(bytes === undefined ? 'file_missing' : 'manifest_unreadable', PATHS.manifest);
  // Without a description everything that the log tells of has to be there.
  const scope = options.scope ?? manifest?.scope ?? WHOLE_LOG;
  const report = await verifyEvidence({ ...options, scope, streams: manifest?.streams ?? STREAMS });
  return { ...withFindings(report, findings.list()), manifest: manifest ?? null };
}

const WHOLE_LOG: Scope = { kind: 'period', from: '0000-01-01T00:00:00.000Z', to: '9999-12-31T23:59:59.999Z' };

async function checkSums(
  source: BundleSource,
  hashing: Hashing,
  findings: Findings,
  onProgress: VerifyOptions['onProgress'],
): Promise<void> {
  const file = await source.read(PATHS.sums);
  if (file === undefined) {
    findings.add('file_missing', PATHS.sums);
    return;
  }
  const sums = parseSums(file);
  if (sums === undefined) {
    findings.add('sum_differs', PATHS.sums);
    return;
  }
  let done = 0;
  for (const path of source.paths) {
    if (path !== PATHS.sums && !sums.has(path)) findings.add('file_unlisted', path);
  }
  for (const [path, sum] of sums) {
    const bytes = await source.read(path);
    if (bytes === undefined) findings.add('file_missing', path);
    else if (toHex(hashing.sha256(bytes)) !== sum) findings.add('sum_differs', path);
    done += 1;
    onProgress?.({ stage: 'files', done, total: sums.size });
  }
}

function parseSums(bytes: Uint8Array): Map<string, string> | undefined {
  const sums = new Map<string, string>();
  let text: string;
  try {
    text = fromUtf8(bytes);
  } catch {
    return undefined;
  }
  if (!text.endsWith('\n')) return undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const match = /^([0-9a-f]{64}) {2}([!-~]+)$/.exec(line);
    const [, sum, path] = match ?? [];
    if (sum === undefined || path === undefined || sums.has(path)) return undefined;
    sums.set(path, sum);
  }
  return sums;
}
