/** What serves SSH in one process: the gateway's only one, or one of its workers. */
import { join } from 'node:path';
import type { Cleanup } from '../foundation/index.ts';
import {
  createSshServer,
  type HostKey,
  loadHostKey,
  SessionRegistry,
  type SshDeps,
  type SshServer,
} from '../gateway/index.ts';
import { type CertificateAuthority, loadCertificateAuthority } from '../identity/index.ts';
import { auditRecorderFault } from './recorder-fault.ts';
import { startSessionListeners } from './session-listeners.ts';

export interface SshKeys {
  readonly authority: CertificateAuthority;
  readonly hostKey: HostKey;
}

/** Reads the private keys of `directory`; the first start makes them. */
export async function loadSshKeys(directory: string): Promise<SshKeys> {
  return {
    authority: await loadCertificateAuthority(join(directory, 'user_ca_ed25519.pem')),
    hostKey: await loadHostKey(join(directory, 'ssh_host_ed25519_key')),
  };
}

/** Everything a process with sessions needs of its own; `keys` and places are the same in all of them. */
export type BastionOptions = Omit<SshDeps, 'authority' | 'registry' | 'signInDecided'> & { readonly keys: SshKeys };

/** Ready to serve admitted sockets. Closed with `cleanup`: its sessions end, told, and are sealed. */
export async function startBastion({ keys, ...options }: BastionOptions, cleanup: Cleanup): Promise<SshServer> {
  const deps: SshDeps = {
    ...options,
    authority: keys.authority,
    registry: new SessionRegistry(),
    signInDecided: new EventTarget(),
  };
  auditRecorderFault({ ...options, sessions: () => deps.registry.all().length }, cleanup);
  await startSessionListeners(deps);
  return cleanup.use(createSshServer(deps, { hostKey: keys.hostKey.privateKey }));
}
