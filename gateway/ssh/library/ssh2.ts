/**
 * The one place that loads ssh2. It is used only with our patch in force (patches/, docs/adr/0004): without it a peer
 * can hang or exhaust the process, and certificates do not sign in.
 */
import ssh2 from 'ssh2';
import { GatewayError } from '../../../foundation/index.ts';
import { createMlKem, type MlKem } from './ml-kem.ts';

declare module 'ssh2' {
  /** What the patch adds. */
  interface Client {
    end(description?: string): this;
    rekey(): void;
    subsys(
      name: string,
      options: { env?: Readonly<Record<string, string>>; pty?: PseudoTtyOptions },
      callback: (error: Error | undefined, channel: ClientChannel) => void,
    ): this;
  }
  interface Connection {
    end(description?: string): this;
  }
  interface ClientChannel {
    sendBreak(milliseconds: number): void;
    sendEow(): void;
  }
  interface ServerChannel {
    sendEow(): void;
    xonXoff(clientCanDo: boolean): void;
  }
  interface ConnectConfig {
    /** Sends the first packet of the key exchange before the server's algorithms are known (RFC 4253 §7). */
    guess?: boolean;
  }
  interface ServerConfig {
    /** Host keys that clients may learn: for a rotation before they are shown. */
    announcedHostKeys?: readonly ParsedKey[];
    /** Methods that OpenSSH, which always asks for them first, is told before it asks: two round trips less. */
    answersAhead?: readonly string[];
  }
}

export const { Client, Server, utils } = ssh2;
export type SshClient = InstanceType<typeof ssh2.Client>;

const PATCH = 2;

/** @throws {GatewayError} `start_refused` unless the patched library is installed. */
export function requirePatchedLibrary(): void {
  if (patched('sekishoPatch') !== PATCH) {
    throw new GatewayError(
      'start_refused',
      'The SSH library is not patched: run `npm ci` again (it applies patches/).',
    );
  }
}

/**
 * Without its native part the library encrypts in JavaScript: the same bytes for twice the CPU time and more. A
 * production gateway must have it; a demo says that it runs without.
 * @returns whether it is there. @throws {GatewayError} `start_refused` in production without it.
 */
export function requireNativeBinding(mode: 'demo' | 'production'): boolean {
  const isThere = patched('bindingAvailable') === true;
  if (isThere || mode === 'demo') return isThere;
  throw new GatewayError(
    'start_refused',
    'The SSH library runs without its native part, which production does not accept: install a C++ compiler, make ' +
      'and Python 3, then run `npm rebuild ssh2` and see that it says no error.',
  );
}

/** Whether the library copies what it keeps of what was read: only then is the memory used again. */
export function copiesReads(): boolean {
  return patched('copiesReads') === true;
}

function patched(name: 'sekishoPatch' | 'bindingAvailable' | 'setMLKEM768' | 'copiesReads'): unknown {
  return Reflect.get(ssh2, name);
}

/** Gives the library its post-quantum half; without the patch there is nobody to take it, and the start says so. */
function provideMlKem(implementation: MlKem): void {
  const take = patched('setMLKEM768');
  if (typeof take === 'function') Reflect.apply(take, undefined, [implementation]);
}

provideMlKem(await createMlKem());
