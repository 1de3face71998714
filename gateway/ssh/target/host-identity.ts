/** Whether the server that answers is the target: by its pinned key, or by a certificate of its named authority. */
import { asError, type Clock, equalInConstantTime, sshString } from '../../../foundation/index.ts';
import { fingerprintOf, verifyHostCertificate } from '../../../identity/index.ts';
import type { Target } from '../../../policy/index.ts';

export type HostVerdict =
  | { readonly known: true }
  | {
      readonly known: false;
      readonly code: 'target_host_key_mismatch' | 'target_host_certificate_refused';
      readonly detail: string;
    };

const CERTIFICATE = /-cert-v\d\d@openssh\.com$/;

/** Judges what a server showed as its host key: the plain key's SSH blob, or a certificate. */
export function judgeHost(target: Target, shown: Buffer, clock: Clock): HostVerdict {
  if (target.hostCa !== null && isCertificate(shown)) return judgeCertificate(target, target.hostCa, shown, clock);
  const [, pinned] = target.hostKey?.split(' ') ?? [];
  if (pinned !== undefined && equalInConstantTime(shown.toString('base64'), pinned)) return { known: true };
  const detail = `shown: ${nameOf(shown)} ${fingerprintOf(shown)}`;
  return { known: false, code: 'target_host_key_mismatch', detail };
}

function judgeCertificate(target: Target, hostCa: string, shown: Buffer, clock: Clock): HostVerdict {
  const [, authority = ''] = hostCa.split(' ');
  try {
    verifyHostCertificate(shown, {
      authority: Buffer.from(authority, 'base64'),
      names: [target.host, target.name],
      now: clock.now(),
    });
    return { known: true };
  } catch (thrown) {
    return { known: false, code: 'target_host_certificate_refused', detail: asError(thrown).message };
  }
}

function isCertificate(blob: Buffer): boolean {
  return CERTIFICATE.test(nameOf(blob));
}

/** The algorithm at the beginning of a key blob, as far as it is one. */
function nameOf(blob: Buffer): string {
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0);
  const name = blob.subarray(4, 4 + Math.min(length, 64)).toString('latin1');
  return sshString(name).length === 4 + length && /^[\w.@-]+$/.test(name) ? name : 'unreadable';
}
