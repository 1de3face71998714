export interface SshRun {
  /** The command's exit status; null when a signal or a lost connection ended it. */
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface SshDestination {
  readonly host: string;
  readonly port: number;
  readonly loginName: string;
  readonly keyPath: string;
  /** The only host key that is accepted: `ssh-ed25519 AAAA…`. */
  readonly hostKeyLine: string;
  readonly knownHostsPath: string;
}

/** What the tour drives: the real OpenSSH client, or a built-in one where none is installed. */
export interface SshClientTool {
  readonly name: string;
  readonly isOpenSsh: boolean;
  /** Makes an Ed25519 key pair at `path` unless one is there. @returns the public key line. */
  createKey(path: string): Promise<string>;
  run(destination: SshDestination, command: string): Promise<SshRun>;
  /** Types `lines` into a terminal, all at once as a fast typist would; the last one should leave the shell. */
  type(destination: SshDestination, lines: readonly string[]): Promise<SshRun>;
  /** Gets a file by the sftp subsystem and writes it to `to`. */
  getFile(destination: SshDestination, path: string, to: string): Promise<SshRun>;
  /** Puts the file `from` there by the sftp subsystem. */
  putFile(destination: SshDestination, from: string, path: string): Promise<SshRun>;
  /** Signs the file at `path` as `ssh-keygen -Y sign` does. @returns the armoured signature (PROTOCOL.sshsig). */
  sign(keyPath: string, namespace: string, path: string): Promise<string>;
}

export function typed(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r`).join('');
}
