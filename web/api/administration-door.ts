/** What the administration pages ask of the gateway itself; main connects it. */
import type { Target } from '../../policy/index.ts';

export interface CheckedTarget {
  readonly target: Target;
  /** The gateway's own account there, if it has one. */
  readonly inspectAs: string | null;
  /** A relay host stands before it. */
  readonly isBehind: boolean;
}

export interface TargetCheck {
  /** `other`: another host than the pinned one, or a certificate that is refused. `behind`: a relay host is before it. */
  readonly outcome: 'known' | 'other' | 'failed' | 'behind';
  readonly ident: string | null;
  readonly shown: { readonly algorithm: string; readonly fingerprint: string } | null;
  /** Negotiated algorithms that nobody should use any more. */
  readonly legacy: readonly string[];
  /** `entered`, the code of the refusal, or null where the gateway has no account. */
  readonly signIn: string | null;
  readonly code: string | null;
  readonly detail: string | null;
}

export interface Administration {
  readonly checkTarget: (asked: CheckedTarget) => Promise<TargetCheck>;
  /** `algorithm base64`. @throws {GatewayError} `target_host_key_mismatch`: another key than this fingerprint's. */
  readonly hostKeyShown: (target: Target, fingerprint: string) => Promise<string>;
  readonly authorities: () => Promise<
    readonly {
      readonly kind: 'user' | 'host' | 'login';
      readonly step: 'none' | 'announced' | 'switched';
      readonly keys: readonly { readonly line: string; readonly fingerprint: string }[];
    }[]
  >;
  readonly witnesses: () => Promise<{
    readonly origin: string;
    readonly graceMinutes: number;
    /** Lines of c2sp.org/tlog-policy. */
    readonly policy: string;
  }>;
  readonly configuration: () => {
    readonly version: string;
    readonly entries: readonly { readonly key: string; readonly value: string }[];
  };
}
