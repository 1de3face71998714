import type { Connection } from 'ssh2';

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
export {
  lend,
  onBreak,
  onEow,
  onOtherChannel,
  onXonXoff,
  sendBreak,
  sendEow,
  subsystem,
  windowOf,
} from './channels.ts';
export { startRekeying } from './rekeying.ts';
export { clientKey, serverKey } from './signers.ts';
export { Client, requireNativeBinding, requirePatchedLibrary, Server, type SshClient, utils } from './ssh2.ts';
export { shareTurns } from './turns.ts';

/** Ends the connection with a line that ssh prints; in English, for ssh shows every other script as octal (patched). */
export function endBecause(connection: Connection, line: string): void {
  connection.end(line);
}
