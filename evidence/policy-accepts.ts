/** Whether a policy accepts a checkpoint. */
import { type Checkpoint, parseCheckpoint } from './checkpoints.ts';
import { EvidenceError } from './bytes.ts';
import type { Verifying } from './crypto.ts';
import { type Note, openNote, parseNote } from './notes.ts';
import { isQuorum, type Policy } from './policy.ts';

export interface PolicyDecision {
  /** A log of the policy signed it, and its quorum of witnesses cosigned. */
  readonly accepted: boolean;
  readonly checkpoint: Checkpoint;
  /** The policy's names of the witnesses who cosigned. */
  readonly by: readonly string[];
  /** Those of the policy who did not. */
  readonly missing: readonly string[];
  /** Unix seconds of each cosignature, by witness. */
  readonly times: ReadonlyMap<string, number>;
}

/**
 * @throws {EvidenceError} when the note is no checkpoint, when no log of the policy signed it under its own origin, and
 *   when a known key's signature is false. Only a lack of witnesses is no error: `accepted` is false then.
 */
export function policyAccepts(crypto: Verifying, policy: Policy, note: Uint8Array | Note): PolicyDecision {
  const { body, signatures } = note instanceof Uint8Array ? parseNote(note) : note;
  const checkpoint = parseCheckpoint(body);
  const keys = [...policy.logs, ...policy.witnesses].map(({ key }) => key);
  const verified = openNote(crypto, { body, signatures }, keys);
  // The origin is the log's name: a log cannot speak for another that the policy knows, too.
  const ours = policy.logs.some(
    ({ key }) => key.name === checkpoint.origin && verified.some((signature) => signature.key === key),
  );
  if (!ours) throw new EvidenceError(`No log of the policy signed the checkpoint of ${checkpoint.origin}.`);
  const times = new Map<string, number>();
  for (const { name, key } of policy.witnesses) {
    const time = verified.find((signature) => signature.key === key)?.time;
    if (time !== undefined) times.set(name, time);
  }
  const by = [...times.keys()];
  const missing = policy.witnesses.map(({ name }) => name).filter((name) => !times.has(name));
  return { accepted: isQuorum(policy, new Set(by)), checkpoint, by, missing, times };
}
