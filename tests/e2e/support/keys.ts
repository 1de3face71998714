/** Key files of the real ssh-keygen. */
import { join } from 'node:path';
import { runToEnd, type TestGateway } from '../../support/gateway.ts';
import { partner } from '../../support/partners.ts';

/** @returns the path of a new private key, enrolled by nobody. */
export async function newKey(gateway: TestGateway, name: string): Promise<string> {
  const path = join(gateway.directory, `key-${name}`);
  const made = await runToEnd(partner('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path]);
  if (made.status !== 0) throw new Error(made.stderr);
  return path;
}

/** A new key that this person enrolled. */
export async function enrolledKey(gateway: TestGateway, login: string, name: string) {
  const path = await newKey(gateway, name);
  const shown = await runToEnd(partner('ssh-keygen'), ['-y', '-f', path]);
  const person = await gateway.person(login);
  const publicKey = shown.stdout.toString().trim();
  const { json } = await person.post('/api/ssh-keys', { publicKey, label: name });
  const { fingerprint } = json['key'] as { fingerprint: string };
  const revoke = async (): Promise<number> => {
    const { running } = gateway;
    const url = new URL(`/api/ssh-keys/${encodeURIComponent(fingerprint)}`, running.publicUrl);
    const headers = { cookie: person.cookie, origin: running.publicUrl.origin };
    return (await fetch(url, { method: 'DELETE', headers })).status;
  };
  return { path, fingerprint, revoke };
}

/** The arguments of ssh with these keys instead. */
export function withKeys(args: readonly string[], paths: readonly string[]): string[] {
  const at = args.findIndex((arg) => arg.startsWith('IdentityFile='));
  return [...args.slice(0, at - 1), ...args.slice(at + 1), ...paths.flatMap((path) => ['-i', path])];
}
