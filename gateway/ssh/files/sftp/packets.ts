/** SFTP version 3 on the wire: draft-ietf-secsh-filexfer-02 and OpenSSH's PROTOCOL file, section 4. */
import { ByteReader, GatewayError, sshString, uint32, uint64 } from '../../../../foundation/index.ts';

export const INIT = 1;
export const VERSION = 2;
export const OPEN = 3;
export const CLOSE = 4;
export const READ = 5;
export const WRITE = 6;
export const LSTAT = 7;
export const FSTAT = 8;
export const SETSTAT = 9;
export const FSETSTAT = 10;
export const OPENDIR = 11;
export const READDIR = 12;
export const REMOVE = 13;
export const MKDIR = 14;
export const RMDIR = 15;
export const REALPATH = 16;
export const STAT = 17;
export const RENAME = 18;
export const READLINK = 19;
export const SYMLINK = 20;
export const STATUS = 101;
export const HANDLE = 102;
export const DATA = 103;
export const NAME = 104;
export const ATTRS = 105;
export const EXTENDED = 200;
export const EXTENDED_REPLY = 201;

export const FX_OK = 0;
export const FX_EOF = 1;
export const FX_NO_SUCH_FILE = 2;
export const FX_PERMISSION_DENIED = 3;
export const FX_FAILURE = 4;
export const FX_OP_UNSUPPORTED = 8;

export const OPEN_READ = 0x01;
/** Write, append, create, truncate: any of them changes the target. */
export const OPEN_CHANGES = 0x02 | 0x04 | 0x08 | 0x10;

/** Where the fields of a packet's body begin: behind length, type and request number. */
export const BODY_AT = 9;

export function malformed(message: string): GatewayError {
  return new GatewayError('protocol_violation', message);
}

/** Type and request number of a packet that has both. */
export function numberOf(packet: Buffer): number {
  if (packet.length < BODY_AT) throw malformed('An SFTP packet has no number.');
  return packet.readUInt32BE(5);
}

/** Reads the fields of one packet and insists that nothing is left over. */
export class Fields {
  readonly #reader: ByteReader;

  constructor(packet: Buffer) {
    this.#reader = new ByteReader(packet.subarray(BODY_AT));
  }

  /** A path, one character a byte. No file is named with NUL; a server in C would see another name than we did. */
  path(): string {
    const path = this.#reader.sshString().toString('latin1');
    if (path.includes('\0')) throw malformed('An SFTP path has a NUL.');
    return path;
  }

  handle(): string {
    const handle = this.#reader.sshString();
    if (handle.length > 256) throw malformed('An SFTP handle is too long.');
    return handle.toString('latin1');
  }

  bytes(): Buffer {
    return this.#reader.sshString();
  }

  text(): string {
    return this.#reader.sshString().toString('latin1');
  }

  uint32(): number {
    return this.#reader.uint32();
  }

  uint64(): number {
    return offsetOf(this.#reader.uint64());
  }

  end(): void {
    if (this.#reader.remaining > 0) throw malformed('An SFTP packet has bytes behind its fields.');
  }

  /** File attributes of version 3. @returns the permissions with the file's type (stat(2) st_mode), where they are told. */
  attributes(): number | undefined {
    let mode: number | undefined;
    const reader = this.#reader;
    const flags = reader.uint32();
    if ((flags & 0x01) !== 0) reader.take(8);
    if ((flags & 0x02) !== 0) reader.take(8);
    if ((flags & 0x04) !== 0) mode = reader.uint32();
    if ((flags & 0x08) !== 0) reader.take(8);
    if ((flags & 0x80000000) !== 0) {
      for (let left = reader.uint32(); left > 0; left -= 1) {
        reader.sshString();
        reader.sshString();
      }
    }
    return mode;
  }
}

export function offsetOf(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed('An SFTP offset is beyond every file.');
  return Number(value);
}

export function statusPacket(id: number, code: number, text: string): Buffer {
  return packet(STATUS, [uint32(id), uint32(code), sshString(text), sshString('en')]);
}

export function initPacket(): Buffer {
  return packet(INIT, [uint32(3)]);
}

export function realPathPacket(id: number, path: string): Buffer {
  return packet(REALPATH, [uint32(id), sshString(Buffer.from(path, 'latin1'))]);
}

/** A request about one path: LSTAT, OPENDIR. */
export function pathPacket(type: number, id: number, path: string): Buffer {
  return packet(type, [uint32(id), sshString(Buffer.from(path, 'latin1'))]);
}

/** A request about an open handle: READDIR, CLOSE. */
export function handlePacket(type: number, id: number, handle: string): Buffer {
  return packet(type, [uint32(id), sshString(Buffer.from(handle, 'latin1'))]);
}

export function openToReadPacket(id: number, path: string): Buffer {
  return packet(OPEN, [uint32(id), sshString(Buffer.from(path, 'latin1')), uint32(OPEN_READ), uint32(0)]);
}

export function readPacket(id: number, handle: string, offset: number, length: number): Buffer {
  const at = uint64(BigInt(offset));
  return packet(READ, [uint32(id), sshString(Buffer.from(handle, 'latin1')), at, uint32(length)]);
}

function packet(type: number, fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from([type]), ...fields]);
  return Buffer.concat([uint32(body.length), body]);
}
