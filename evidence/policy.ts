/**
 * Whose word is enough: c2sp.org/tlog-policy, and the same lines with bare hex keys as Sigsum writes them. A policy is
 * the verifier's own: one that comes with the evidence is the word of those whom the evidence is about.
 */
import { equal, EvidenceError, fromHex, fromUtf8, toHex, utf8 } from './bytes.ts';
import type { Hashing } from './crypto.ts';
import { KEY_TYPE, parseVerifierKey, type VerifierKey, verifierKey } from './keys.ts';
import { EVIDENCE_LIMITS } from './limits.ts';

export interface PolicyLog {
  /** Its name is the log's origin. */
  readonly key: VerifierKey;
  readonly url: string | null;
}

export interface PolicyWitness {
  /** What the policy calls it. */
  readonly name: string;
  readonly key: VerifierKey;
  readonly url: string | null;
}

interface Group {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly Group[];
  /** The name of a witness or group, or `none`. */
  readonly quorum: string;
}

const NONE = 'none';
const SIGSUM_KEY_BYTES = 32;

/** The origin of a Sigsum log: `sigsum.org/v1/tree/` and the hash of its key. */
export function sigsumOrigin(hashing: Hashing, publicKey: Uint8Array): string {
  return `sigsum.org/v1/tree/${toHex(hashing.sha256(publicKey))}`;
}

/**
 * Reads a policy to the letter.
 *
 * @throws {EvidenceError} with the number of the line: an unknown word, a name used before it is defined or twice, a
 *   key that stands there twice or anybody could sign for, no quorum or several.
 */
export function parsePolicy(hashing: Hashing, bytes: Uint8Array): Policy {
  return read(bytes, {
    log: (text) => parseVerifierKey(hashing, text),
    witness: (_name, text) => parseVerifierKey(hashing, text),
  });
}

/** The same of a Sigsum policy: keys are 64 hex digits. A witness's key takes the witness's name. */
export function parseSigsumPolicy(hashing: Hashing, bytes: Uint8Array): Policy {
  const keyOf = (text: string): Uint8Array => {
    const key = fromHex(text, SIGSUM_KEY_BYTES);
    if (key === undefined) throw new EvidenceError('This is no key of 64 hex digits.');
    return key;
  };
  return read(bytes, {
    log: (text) => verifierKey(hashing, sigsumOrigin(hashing, keyOf(text)), KEY_TYPE.ed25519, keyOf(text)),
    witness: (name, text) => verifierKey(hashing, name, KEY_TYPE.cosignature, keyOf(text)),
  });
}

interface KeyReading {
  readonly log: (text: string) => VerifierKey;
  readonly witness: (name: string, text: string) => VerifierKey;
}

function read(bytes: Uint8Array, keys: KeyReading): Policy {
  if (bytes.length > EVIDENCE_LIMITS.policyBytesMax) throw new EvidenceError('The policy is too long.');
  const text = fromUtf8(bytes);
  // The specification allows tab and newline alone; a CR would make `quorum q` and `quorum q\r` look the same.
  if (/[^\t\n\P{Cc}]/u.test(text)) throw new EvidenceError('The policy has control characters.');
  const policy = { logs: [], witnesses: [], groups: [], quorum: undefined };
  const draft: Draft = policy;
  for (const [at, line] of text.split('\n').entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0 || words[0]?.startsWith('#') === true) continue;
    try {
      take(draft, words, keys);
    } catch (thrown) {
      if (thrown instanceof EvidenceError) throw new EvidenceError(`Line ${at + 1} of the policy: ${thrown.message}`);
      throw thrown;
    }
  }
  const { quorum } = draft;
  if (quorum === undefined) throw new EvidenceError('The policy has no quorum line.');
  return { ...draft, quorum };
}

interface Draft {
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly groups: Group[];
  quorum: string | undefined;
}

type Taker = (draft: Draft, words: readonly string[], keys: KeyReading) => void;

function take(draft: Draft, [word = '', ...rest]: readonly string[], keys: KeyReading): void {
  const takers = new Map<string, Taker>([
    ['log', takeLog],
    ['witness', takeWitness],
    ['group', takeGroup],
    ['quorum', takeQuorum],
  ]);
  const taker = takers.get(word);
  if (taker === undefined) throw new EvidenceError('it begins with none of log, witness, group, quorum.');
  taker(draft, rest, keys);
}

function takeLog(draft: Draft, [text, url, ...more]: readonly string[], keys: KeyReading): void {
  if (text === undefined || more.length > 0) throw new EvidenceError('write: log KEY [URL].');
  const key = keys.log(text);
  if (key.type !== KEY_TYPE.ed25519) throw new EvidenceError('a log has no key of this type.');
  refuseKnown(draft.logs, key);
  draft.logs.push({ key, url: url ?? null });
}

function takeWitness(draft: Draft, [name, text, url, ...more]: readonly string[], keys: KeyReading): void {
  if (name === undefined || text === undefined || more.length > 0) {
    throw new EvidenceError('write: witness NAME KEY [URL].');
  }
  refuseName(draft, name);
  const key = keys.witness(name, text);
  if (key.type !== KEY_TYPE.cosignature) throw new EvidenceError('a witness has no key of this type.');
  // The name is not signed, so one witness under two names would count twice.
  refuseKnown(draft.witnesses, key);
  draft.witnesses.push({ name, key, url: url ?? null });
}

function takeGroup(draft: Draft, [name, rule, ...members]: readonly string[]): void {
  if (name === undefined || rule === undefined || members.length === 0) {
    throw new EvidenceError('write: group NAME all|any|K MEMBER….');
  }
  refuseName(draft, name);
  if (new Set(members).size !== members.length) throw new EvidenceError('a member stands there twice.');
  const inGroups = new Set(draft.groups.flatMap((group) => group.members));
  for (const member of members) {
    if (!isDefined(draft, member)) throw new EvidenceError(`${member} is not defined above.`);
    if (inGroups.has(member)) throw new EvidenceError(`${member} is a member of another group already.`);
  }
  draft.groups.push({ name, threshold: thresholdOf(rule, members.length), members });
}

function thresholdOf(rule: string, members: number): number {
  if (rule === 'all') return members;
  if (rule === 'any') return 1;
  const threshold = /^[1-9][0-9]{0,3}$/.test(rule) ? Number(rule) : 0;
  if (threshold < 1 || threshold > members) throw new EvidenceError('a threshold is all, any or 1 to the members.');
  return threshold;
}

function takeQuorum(draft: Draft, [name, ...more]: readonly string[]): void {
  if (name === undefined || more.length > 0) throw new EvidenceError('write: quorum NAME.');
  if (draft.quorum !== undefined) throw new EvidenceError('there is a quorum already.');
  if (name !== NONE && !isDefined(draft, name)) throw new EvidenceError(`${name} is not defined above.`);
  draft.quorum = name;
}

function refuseName(draft: Draft, name: string): void {
  if (name === NONE || isDefined(draft, name)) throw new EvidenceError(`the name ${name} is taken.`);
}

function isDefined({ witnesses, groups }: Draft, name: string): boolean {
  return witnesses.some((witness) => witness.name === name) || groups.some((group) => group.name === name);
}

function refuseKnown(known: readonly { key: VerifierKey }[], key: VerifierKey): void {
  if (known.some((other) => equal(other.key.publicKey, key.publicKey)))
    throw new EvidenceError('this key is there already.');
  if (known.length >= EVIDENCE_LIMITS.policyNamesMax) throw new EvidenceError('there are too many.');
}

/** Reports whether these witnesses (by the policy's names) make up the quorum. */
export function isQuorum(policy: Policy, witnesses: ReadonlySet<string>): boolean {
  const holds = new Set(witnesses);
  // A group stands behind its members, so one pass in order settles all.
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => holds.has(member)).length >= threshold) holds.add(name);
  }
  return policy.quorum === NONE || holds.has(policy.quorum);
}

/** A policy as text that `parsePolicy` reads. */
export function formatPolicy(policy: Policy, formatKey: (key: VerifierKey) => string): Uint8Array {
  const tail = (url: string | null): string => (url === null ? '' : ` ${url}`);
  const lines = [
    ...policy.logs.map(({ key, url }) => `log ${formatKey(key)}${tail(url)}`),
    ...policy.witnesses.map(({ name, key, url }) => `witness ${name} ${formatKey(key)}${tail(url)}`),
    ...policy.groups.map(({ name, threshold, members }) => `group ${name} ${threshold} ${members.join(' ')}`),
    `quorum ${policy.quorum}`,
  ];
  return utf8(`${lines.join('\n')}\n`);
}
