/** The signed log and its witnesses: the keys of `recorder.log`, and what becomes of them. */
import { join } from 'node:path';
import { z } from 'zod';
import { LIMITS } from '../foundation/index.ts';
import { path, urlOf } from './fields.ts';

export const transparencyLog = z
  .strictObject({
    origin: z
      .string()
      .regex(/^[^\s+]{1,255}$/u, 'a name without spaces and plus signs, for example sekisho.example.com/audit')
      .optional()
      .describe(
        'Name of the audit log in its checkpoints, for ever: a domain of yours and a path. Default `sekisho.local/audit`.',
      ),
    head_file: path
      .optional()
      .describe(
        'File that says what the log signed last; best on another disk, and never in the same backup: an older copy of the log is told by it. The export ledger has one of its own beside it (`.ledger`). Default: `keys/log-head` in the data directory.',
      ),
    witnesses: z
      .array(
        z.strictObject({
          key: z.string().min(1).max(512).describe('Its verifier key, as `sekisho witness` prints it.'),
          url: urlOf('http:', 'https:').describe('Where it takes checkpoints: its submission prefix.'),
        }),
      )
      .max(LIMITS.witnessesMax)
      .optional()
      .describe(
        'Witnesses outside the house that cosign every checkpoint of the audit log and the export ledger. Without `policy_file` all of them have to. None by default: then nobody outside can tell a history that was rewritten from the true one.',
      ),
    policy_file: path
      .optional()
      .describe(
        'Trust policy (c2sp.org/tlog-policy) that says which cosignatures are enough; its witness lines may carry the addresses too. Exports stay closed while a checkpoint is not accepted by it.',
      ),
    heartbeat_seconds: z
      .number()
      .int()
      .min(0)
      .max(3_600)
      .optional()
      .describe('Seconds between two leaves that say nothing but that the gateway runs. `0`: none. Default `60`.'),
    witness_grace_minutes: z
      .number()
      .int()
      .min(0)
      .max(LIMITS.witnessGraceMinutesMax)
      .optional()
      .describe(
        'Minutes for which new sessions still open while too few witnesses answer, under a red line in the console and at the sign-in. Default `60`.',
      ),
  })
  .describe('The signed log of everything that happened, and who outside cosigns it.');

export interface TransparencyConfig {
  readonly origin: string;
  /** Absolute path. */
  readonly headFile: string;
  readonly witnesses: readonly { readonly key: string; readonly url: string }[];
  /** Absolute path of the trust policy; null: every witness has to cosign. */
  readonly policyFile: string | null;
  /** 0: none. */
  readonly heartbeatSeconds: number;
  readonly witnessGraceMinutes: number;
}

const AUDIT_ORIGIN = 'sekisho.local/audit';
const HEARTBEAT_SECONDS = 60;
const WITNESS_GRACE_MINUTES = 60;

export function completeLog(
  log: z.infer<typeof transparencyLog> | undefined,
  absolute: (file: string) => string,
  dataDirectory: string,
): TransparencyConfig {
  const at = (file: string | undefined): string | null => (file === undefined ? null : absolute(file));
  return {
    origin: log?.origin ?? AUDIT_ORIGIN,
    headFile: at(log?.head_file) ?? join(dataDirectory, 'keys', 'log-head'),
    witnesses: log?.witnesses ?? [],
    policyFile: at(log?.policy_file),
    heartbeatSeconds: log?.heartbeat_seconds ?? HEARTBEAT_SECONDS,
    witnessGraceMinutes: log?.witness_grace_minutes ?? WITNESS_GRACE_MINUTES,
  };
}
