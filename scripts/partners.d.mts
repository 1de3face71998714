export type Partner = 'ssh' | 'ssh-keygen' | 'sshd' | 'redis-server' | 'psql' | 'chromium' | 'root';
export const PARTNERS: readonly Partner[];
export function findPartner(name: Partner): string | undefined;
