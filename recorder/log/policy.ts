/** Whose cosignatures make a checkpoint one that nobody can take back: a trust policy (c2sp.org/tlog-policy). */
import {
  EvidenceError,
  parsePolicy as parse,
  type Policy,
  policyAccepts,
  type VerifierKey,
} from '../../evidence/index.ts';
import { GatewayError } from '../../foundation/index.ts';
import { nodeCrypto } from '../node-crypto.ts';

export const NOBODY: Policy = { logs: [], witnesses: [], groups: [], quorum: 'none' };

interface Acceptance {
  readonly accepted: boolean;
  /** The newest time in the cosignatures, Unix seconds; 0 without any. */
  readonly seconds: number;
}

/** @throws {GatewayError} `config_invalid` naming the line. */
export function parsePolicy(text: string): Policy {
  try {
    return parse(nodeCrypto, Buffer.from(text));
  } catch (cause) {
    if (cause instanceof EvidenceError) throw new GatewayError('config_invalid', cause.message, { cause });
    throw cause;
  }
}

/** Whether enough witnesses of the policy cosigned this note of our own log. @throws {EvidenceError} when it is not ours. */
export function acceptance(policy: Policy, log: VerifierKey, note: Uint8Array): Acceptance {
  const ours = { ...policy, logs: [{ key: log, url: null }] };
  const { accepted, times } = policyAccepts(nodeCrypto, ours, note);
  return { accepted, seconds: Math.max(0, ...times.values()) };
}
