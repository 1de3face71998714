export interface OpenSsh {
  /** `10.3p1`; `system` when the machine's own stands in. */
  readonly version: string;
  readonly prefix: string;
  readonly ssh: string;
  readonly scp: string;
  readonly sftp: string;
  readonly sshd: string;
  readonly sshKeygen: string;
  readonly sshAdd: string;
  readonly sshAgent: string;
  readonly sftpServer: string;
  /** SSH_SK_PROVIDER of a security key without hardware, where the build has it. */
  readonly skDummy: string | undefined;
  /** OpenSSH's own regress scripts. */
  readonly regress: string | undefined;
}
export function findNewestOpenSsh(): OpenSsh | { readonly missing: string };
