/**
 * The one place that loads ssh2. It is used only with our patch in force (patches/, docs/adr/0004): without it a peer
 * can hang or exhaust the process, and certificates do not sign in.
 */
import ssh2, { type Connection } from 'ssh2';
import { GatewayError } from '../../../foundation/index.ts';

export type {
  AuthContext,
  ClientChannel,
  Connection,
  KeyboardAuthContext,
  ParsedKey,
  PublicKeyAuthContext,
  ServerChannel,
  Session,
} from 'ssh2';

export const { Client, Server, utils } = ssh2;
export type SshClient = InstanceType<typeof ssh2.Client>;

const PATCH = 1;

/** @throws {GatewayError} `start_refused` unless the patched library is installed. */
export function requirePatchedLibrary(): void {
  const marker: unknown = Reflect.get(ssh2, 'sekishoPatch');
  if (marker !== PATCH) {
    throw new GatewayError(
      'start_refused',
      'The SSH library is not patched: run `npm ci` again (it applies patches/).',
    );
  }
}

/** Ends the connection with a line that ssh prints; in English, for ssh shows every other script as octal (patched). */
export function endBecause(connection: Connection, line: string): void {
  const end: (description: string) => unknown = connection.end.bind(connection);
  end(line);
}
