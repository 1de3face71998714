/** Keys that may lie elsewhere than in the data directory. */
import type { ConfigFile } from './schema.ts';

export interface TargetsConfig {
  /** CIDRs; an empty list of allowed ones allows everything that nothing denies. */
  readonly allowedNetworks: readonly string[];
  readonly deniedNetworks: readonly string[];
  /** The key that wraps the secrets of target accounts; absent: one in the data directory. */
  readonly secretKeyFile?: string;
}

export interface UserAuthorityConfig {
  /** Where the key lies that signs for targets; absent: a file of the data directory. */
  readonly userAuthority?: { readonly socket: string; readonly fingerprint: string };
}

export function completeTargets({ targets }: ConfigFile, place: (name: string) => string): TargetsConfig {
  const secretKeyFile = targets?.secret_key_file;
  return {
    allowedNetworks: targets?.allowed_networks ?? [],
    deniedNetworks: targets?.denied_networks ?? [],
    ...(secretKeyFile === undefined ? {} : { secretKeyFile: place(secretKeyFile) }),
  };
}

/** `agent:SOCKET#FINGERPRINT`; its shape is the schema's. */
export function userAuthorityOf(ssh: ConfigFile['ssh']): UserAuthorityConfig {
  const text = ssh?.user_authority;
  if (text === undefined) return {};
  const [socket = '', fingerprint = ''] = text.replace(/^agent:/, '').split('#');
  return { userAuthority: { socket, fingerprint } };
}
