/** A session's own file, written behind the write-ahead log and made durable once, when it is sealed. */
import { dirname } from 'node:path';
import { FILE_MODE, type FileSystem, syncDirectory, writeAll } from './files.ts';

const PIECE_BYTES = 64 * 1024;
const SEALED_MODE = 0o400;

export interface RecordingFile {
  /** Bytes taken and not yet given to the file system. */
  readonly backlogBytes: number;
  /** Takes the next bytes; they are written soon, and for certain before `seal` resolves. */
  push(bytes: Buffer): void;
  /** Resolves when the backlog is written. @throws what the file system said. */
  flush(): Promise<void>;
  /** Writes everything, makes it read-only and durable, under `path` when it was made under another name. */
  seal(path: string): Promise<void>;
  /** Closes the file as it is; harmless after `seal`. */
  abandon(): Promise<void>;
}

/** Creates the file. `onFault` is told of the first failed write; nothing more is written then. */
export async function createRecordingFile(
  files: FileSystem,
  path: string,
  onFault: (cause: unknown) => void,
): Promise<RecordingFile> {
  const file = await files.open(path, 'wx', FILE_MODE);
  let parts: Buffer[] = [];
  let partBytes = 0;
  let writingBytes = 0;
  let position = 0;
  let closed = false;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    const piece = Buffer.concat(parts);
    parts = [];
    partBytes = 0;
    writingBytes = piece.length;
    await writeAll(file, piece, position);
    position += piece.length;
    writingBytes = 0;
  };
  const start = (bytesMin: number): void => {
    if (writing !== undefined || partBytes < bytesMin) return;
    writing = write().then(() => {
      writing = undefined;
      start(PIECE_BYTES);
    });
    writing.catch(onFault); // Stays rejected, so that nothing more is written and `seal` tells.
  };
  const flush = async (): Promise<void> => {
    start(1);
    while (writing !== undefined) {
      await writing;
      start(1);
    }
  };

  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await file.close();
  };

  return {
    get backlogBytes() {
      return partBytes + writingBytes;
    },
    push(bytes) {
      parts.push(bytes);
      partBytes += bytes.length;
      start(PIECE_BYTES);
    },
    flush,
    async seal(sealedPath) {
      await flush();
      await file.chmod(SEALED_MODE);
      await file.sync();
      await close();
      if (sealedPath !== path) await files.rename(path, sealedPath);
      await syncDirectory(files, dirname(sealedPath));
    },
    async abandon() {
      await writing?.catch(() => undefined);
      await close();
    },
  };
}
