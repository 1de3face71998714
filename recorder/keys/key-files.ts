/** Where wrapped keys lie: `keys/` of the recorder's directory, a file a stream, deletable on purpose. */
import { basename, dirname, join } from 'node:path';
import { GatewayError, hasErrno, LIMITS } from '../../foundation/index.ts';
import { DirectorySync } from '../directory-sync.ts';
import { type FileSystem, FILE_MODE, nodeFiles, readWhole, removeFile, replaceFile, writeAll } from '../files.ts';
import { isSessionId } from '../frames.ts';
import { type PerStream, type StreamName, STREAMS } from './session-keys.ts';

/** Under the recorder's directory; made by whoever starts the recorder. */
export const KEYS = 'keys';

/** The wrapped key of one stream. @throws {GatewayError} `request_invalid` when the session id is none. */
export function keyFilePath(directory: string, sessionId: string, stream: StreamName): string {
  // Stops a session id from a command line or URL that climbs out of the directory.
  if (!isSessionId(sessionId)) throw new GatewayError('request_invalid', 'A session id is a UUID.');
  return join(directory, KEYS, `${sessionId}.${stream}.age`);
}

/** Reads and writes the wrapped keys under one recorder's directory. */
export class KeyFiles implements AsyncDisposable {
  readonly #directory: string;
  readonly #files: FileSystem;
  readonly #names: DirectorySync;

  constructor(directory: string, files: FileSystem = nodeFiles) {
    this.#directory = directory;
    this.#files = files;
    this.#names = new DirectorySync(files, join(directory, KEYS));
  }

  /**
   * Keeps both wrapped keys of a session; durable when it resolves, which has to be before its `session.open` leaf. Call
   * it again after a crash: what was torn is replaced. @throws what the file system said.
   */
  async store(sessionId: string, wraps: PerStream<Buffer>): Promise<void> {
    await Promise.all(STREAMS.map((stream) => this.#create(sessionId, stream, wraps[stream])));
    await this.#names.sync();
  }

  /** Puts other bytes in the place of a wrapped key, whole or not at all. */
  async replace(sessionId: string, stream: StreamName, wrap: Buffer): Promise<void> {
    await replaceFile(this.#files, keyFilePath(this.#directory, sessionId, stream), wrap);
  }

  /** The age file of a stream, or undefined when it was erased. */
  read(sessionId: string, stream: StreamName): Promise<Buffer | undefined> {
    return readWhole(this.#files, keyFilePath(this.#directory, sessionId, stream), LIMITS.wrappedKeyBytesMax);
  }

  /** Erases the wrapped key of a stream and what waits to replace it, for good when it resolves. */
  async remove(sessionId: string, stream: StreamName): Promise<void> {
    const path = keyFilePath(this.#directory, sessionId, stream);
    const name = basename(path);
    const all = await this.#files.readdir(dirname(path));
    for (const found of all.filter((one) => one.startsWith(name)))
      await removeFile(this.#files, join(dirname(path), found));
    await this.#names.sync();
  }

  /** Puts a key wrapped anew beside the one it is to replace, under the SHA-256 (hex) of its file. */
  async stage(
    sessionId: string,
    stream: StreamName,
    { wrap, digest }: { wrap: Buffer; digest: string },
  ): Promise<void> {
    await replaceFile(this.#files, this.#stagedPath(sessionId, stream, digest), wrap);
  }

  readStaged(sessionId: string, stream: StreamName, digest: string): Promise<Buffer | undefined> {
    return readWhole(this.#files, this.#stagedPath(sessionId, stream, digest), LIMITS.wrappedKeyBytesMax);
  }

  async unstage(sessionId: string, stream: StreamName, digest: string): Promise<void> {
    await removeFile(this.#files, this.#stagedPath(sessionId, stream, digest));
  }

  #stagedPath(sessionId: string, stream: StreamName, digest: string): string {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new GatewayError('request_invalid', 'A digest is a SHA-256.');
    return `${keyFilePath(this.#directory, sessionId, stream)}.${digest}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#names[Symbol.asyncDispose]();
  }

  async #create(sessionId: string, stream: StreamName, wrap: Buffer): Promise<void> {
    const path = keyFilePath(this.#directory, sessionId, stream);
    try {
      const file = await this.#files.open(path, 'wx', FILE_MODE);
      try {
        await writeAll(file, wrap, 0);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (thrown) {
      if (!hasErrno(thrown, 'EEXIST')) throw thrown;
      await replaceFile(this.#files, path, wrap);
    }
  }
}
