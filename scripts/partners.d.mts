export type Partner =
  | 'ssh'
  | 'ssh-keygen'
  | 'sshd'
  | 'sftp'
  | 'scp'
  | 'rsync'
  | 'git'
  | 'ansible'
  | 'redis-server'
  | 'psql'
  | 'sqlite3'
  | 'bash'
  | 'python3'
  | 'sudo'
  | 'tmux'
  | 'chromium'
  | 'root';
export const PARTNERS: readonly Partner[];
export function findPartner(name: Partner): string | undefined;
