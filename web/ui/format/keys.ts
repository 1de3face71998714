/** What a pasted text is, as far as the page must know before it sends anything. */
export type PastedKey = 'empty' | 'private' | 'public' | 'unknown';

const PRIVATE =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----|PuTTY-User-Key-File|AGE-SECRET-KEY-|openssh-key-v1|b3BlbnNzaC1rZXktdjE/;
const PUBLIC = /^(ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[a-z0-9@.-]+ [A-Za-z0-9+/=]+/;

/** Recognises a private key before it leaves the browser: a private key that was sent anywhere is no longer private. */
export function recognisePastedKey(text: string): PastedKey {
  const trimmed = text.trim();
  if (trimmed === '') return 'empty';
  if (PRIVATE.test(trimmed)) return 'private';
  return PUBLIC.test(trimmed) ? 'public' : 'unknown';
}
